"""The demonstration: a sample company and everything that shows it on one machine."""
