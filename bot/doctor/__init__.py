"""Checks of an installation: each finds something out and says what to do where it is not as it should be."""
