"""A direct message, for who asked for it, when an import moves their number."""
