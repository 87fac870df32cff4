"""Which rows of the local workspace's table of rules have a test."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from sandbox.rules import rows

Test = TypeVar("Test", bound=Callable[..., object])
KEYS = frozenset(row.key for row in rows())
PROVEN: set[str] = set()


def proves(*keys: str) -> Callable[[Test], Test]:
    """Mark a test as the one that shows these rules: what breaks them is refused, a good neighbour passes."""
    proven(keys)
    return lambda test: test


def proven(keys: Iterable[str]) -> None:
    """The same for the keys of a parametrized test."""
    for key in keys:
        assert key in KEYS, f"the table has no rule {key!r}"
        PROVEN.add(key)
