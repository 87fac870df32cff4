"""Values made by hand for tests that are about a few of their fields."""

from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")
NOTHING: dict[str, Any] = {"bool": False, "int": 0, "str": "", "dict": {}, "tuple": (), "frozenset": frozenset()}


def filled(kind: type[T], **known: Any) -> T:
    """A dataclass with these fields, and nothing in its other ones: none where that is allowed, else empty, no or zero."""
    for one in fields(kind):  # type: ignore[arg-type]
        if one.name not in known and one.init:
            annotation = str(getattr(one.type, "__name__", one.type))
            known[one.name] = None if "None" in str(one.type) else NOTHING[annotation.partition("[")[0]]
    return kind(**known)
