"""The composition root: settings, transports, wiring and the command line."""
