"""Collects what is wrong with a piece of JSON, each with the place where it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.limits import most


@dataclass(slots=True)
class Problems:
    """A list of complaints; the checks return early where going on would only repeat one."""

    found: list[str] = field(default_factory=list)

    def add(self, words: str, at: str) -> None:
        self.found.append(f"{words} [json-pointer:{at}]")

    def object(self, value: Any, at: str) -> bool:
        """Complain unless `value` is a JSON object."""
        if isinstance(value, dict):
            return True
        self.add("must provide an object", at)
        return False

    def fields(self, value: dict[str, Any], at: str, *, required: Collection[str], optional: Collection[str]) -> None:
        """Complain about missing fields and about ones that this object does not have."""
        for name in required:
            if value.get(name) is None:
                self.add(f"missing required field: {name}", at)
        allowed = {*required, *optional, "type"}
        for name in value:
            if name not in allowed:
                self.add(f"invalid additional property: {name}", at)

    def string(self, value: Any, at: str, limit: str, *, least: int = 1) -> None:
        """Complain unless `value` is a string of `least` to the named limit's characters."""
        if not isinstance(value, str):
            self.add("must be a string", at)
        elif len(value) < least:
            self.add(f"must be more than {least - 1} characters", at)
        elif len(value) > most(limit):
            self.add(f"must be less than {most(limit) + 1} characters", at)

    def unique(self, value: Any, seen: set[str], words: str, at: str) -> None:
        """Complain if the string `value` is among `seen`, else put it there."""
        if isinstance(value, str):
            if value in seen:
                self.add(words, at)
            seen.add(value)

    def optional_string(self, owner: dict[str, Any], name: str, at: str, limit: str, *, least: int = 1) -> None:
        if owner.get(name) is not None:
            self.string(owner[name], f"{at}/{name}", limit, least=least)

    def items(self, value: Any, at: str, limit: str, *, least: int = 1) -> Iterator[tuple[str, Any]]:
        """Complain unless `value` is a list of the right length; give out its items with their places."""
        if not isinstance(value, list):
            self.add("must be an array", at)
            return
        if len(value) < least:
            self.add(f"no fewer than {least} items allowed", at)
        if len(value) > most(limit):
            self.add(f"no more than {most(limit)} items allowed", at)
        for number, item in enumerate(value):
            yield f"{at}/{number}", item

    def number(self, value: Any, at: str) -> bool:
        """Complain unless `value` is a finite number."""
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or value != value
            or abs(value) == float("inf")
        ):
            self.add("must be a number", at)
            return False
        return True

    def one_of(self, value: Any, at: str, allowed: Collection[Any]) -> None:
        if value not in allowed:
            self.add(f"must be one of the following: {', '.join(map(str, allowed))}", at)
