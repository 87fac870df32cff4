"""Carrying out a change of territories: its rows as versions at one revision, and the credit that follows from them."""

from storage.changing.apply import Applied, apply
from storage.changing.preview import previewed

__all__ = ["Applied", "apply", "previewed"]
