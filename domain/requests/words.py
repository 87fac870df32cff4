"""The few words that sentences about requests share. They are plain text: nothing in them is mark-up."""

from collections.abc import Sequence
from datetime import date

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_words(day: date, today: date) -> str:
    """`3 Nov`, or `3 Nov 2025` in another year than today's."""
    words = f"{day.day} {_MONTHS[day.month - 1]}"
    return words if day.year == today.year else f"{words} {day.year}"


def some_of(names: Sequence[str], most: int = 3) -> str:
    """The first names and how many there are more: `Acme, Hooli, Wayne and 4 more`."""
    shown, more = list(names[:most]), len(names) - most
    if more > 0:
        return f"{', '.join(shown)} and {more} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
