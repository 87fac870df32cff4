"""Changes and the rows that they wrote as JSON, the same text for the same value."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from pydantic import TypeAdapter

from domain.requests.model import KIND_OF, Change, RequestKind
from domain.requests.writes import Writes

_CHANGES: Mapping[RequestKind, TypeAdapter[Any]] = {kind: TypeAdapter(made) for made, kind in KIND_OF.items()}
_WRITES = TypeAdapter(Writes)


def change_to_json(change: Change) -> str:
    return _json(change)


def change_from_json(kind: RequestKind, text: str) -> Change:
    """Raises pydantic's ValidationError for what is no change of this kind."""
    change: Change = _CHANGES[kind].validate_json(text, strict=True)
    return change


def writes_to_json(writes: Writes) -> str:
    return _json(writes)


def writes_from_json(text: str) -> Writes:
    return _WRITES.validate_json(text, strict=True)


def _json(value: Any) -> str:
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, frozenset):
        return sorted(map(_plain, value))
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
