"""One line of the report."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """`remedy` says what to do unless all is well."""

    check: str
    state: State
    found: str
    remedy: str = ""


def age_in_words(age: timedelta) -> str:
    """`12 s`, `3 min`, `5 h 7 min` or `2 days`."""
    seconds = max(0, round(age.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours >= 48:
        return f"{hours // 24} days"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
