"""What a request is about, as text that can be compared: what it holds while it is open, and what it can be found by.

Two open requests may be about the same territory, but not about the same account, the same rep's place, the same rule or
the same target.
"""

from collections.abc import Iterator

from domain.requests.concerned import named_by, territories_of
from domain.requests.model import (
    Change,
    ChangeBoundary,
    ChangeRep,
    ChangeTarget,
    Cover,
    Merge,
    MoveAccounts,
    Reversal,
    Split,
)


def thing(kind: str, *name: object) -> str:
    """`account:17`, `rule:3:north`."""
    return ":".join((kind, *map(str, name)))


def held_by(change: Change) -> frozenset[str]:
    """What nobody else can ask to change as long as the request is open."""
    return frozenset(_held(change))


def _held(change: Change) -> Iterator[str]:
    match change:
        case MoveAccounts(accounts=accounts):
            yield from (thing("account", one) for one in accounts)
        case ChangeRep(territory=territory):
            yield thing("rep", territory)
        case Cover(territory=territory):
            yield thing("cover", territory)
        case ChangeBoundary(territory=territory, rule=rule):
            yield thing("rule", territory, rule)
        case Split(key=key, accounts=accounts):
            yield thing("new", key)
            yield from (thing("account", one) for one in accounts)
        case Merge(territory=territory):
            yield from (thing(kind, territory) for kind in ("merge", "rep", "cover"))
        case ChangeTarget(subject_kind=kind, subject=subject, period=period, metric=metric):
            yield thing("target", kind.value, subject, period, metric.value)
        case Reversal(request=request):
            yield thing("request", request)


def found_by(change: Change) -> frozenset[str]:
    """The territories and people by whom it is listed."""
    territories = (thing("territory", one) for one in territories_of(change))
    return frozenset((*territories, *(thing("person", one) for one in named_by(change))))
