"""Filters for templates (money, dates, percentages).

A filter that returns `str` is escaped like any supplied text; one that returns `Mrkdwn` is not.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from templates.escaping import name

F = TypeVar("F", bound=Callable[..., Any])

FILTERS: dict[str, Callable[..., Any]] = {"name": name}
"""Filter functions by the name that templates use."""


def template_filter(name: str) -> Callable[[F], F]:
    """Make the decorated function the filter `name`; raises ValueError if there is one already."""

    def register(function: F) -> F:
        if name in FILTERS:
            raise ValueError(f"there is a template filter {name!r} already")
        FILTERS[name] = function
        return function

    return register
