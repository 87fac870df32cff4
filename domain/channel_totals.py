"""Which totals may stand in a channel: what anyone could find out by adding and subtracting them is about many people.

One answer for the whole company and for every channel, so that nothing follows from reading several of them.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from domain.company import PersonId
from domain.disclosure import Portion
from domain.policies import TOO_SMALL, Decision, Readable, Refusal

Key: TypeAlias = int

NOTHING = Readable()
LEAST = 3
"""Of two people each would know the other's part, whatever the setting says."""
GIVES_AWAY = Refusal("With what else people here can see, this total would give someone's own figure away.")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may read along: what they read on its own, and which of the totals they are shown anyway."""

    readable: Readable = NOTHING
    shown: frozenset[Key] = frozenset()


def channel_totals(
    totals: Mapping[Key, Sequence[Collection[Portion]]], readers: Collection[Reader], small_group: int
) -> dict[Key, Decision]:
    """Which totals may be told to everybody; each key has one total for each of its figures.

    From the smallest group up, each beside those that were accepted: where one is too small, the next level up may do.
    Whatever all the totals that a reader knows cut each other into is of at least `small_group` people, and without what
    they read on its own of nobody or of at least `small_group` - 1 others, never of one. What follows from the totals
    with any weights is made of such pieces, so it is about as many.
    """
    pieces = _pieces(totals)
    least = max(small_group, LEAST)
    views = [_View.of(pieces, reader) for reader in {Reader(), *readers}]
    decided: dict[Key, Decision] = {}
    accepted: set[Key] = set()
    for key in sorted(totals, key=lambda key: (len({one.person for total in totals[key] for one in total}), key)):
        decided[key] = _decide(key, accepted, pieces, views, least)
        if decided[key]:
            accepted.add(key)
    return decided


@dataclass(frozen=True, slots=True)
class _Piece:
    """Portions that are in exactly the same totals."""

    members: frozenset[tuple[Key, int]]
    people: frozenset[PersonId]
    portions: frozenset[Portion]


def _pieces(totals: Mapping[Key, Sequence[Collection[Portion]]]) -> list[_Piece]:
    members: defaultdict[Portion, set[tuple[Key, int]]] = defaultdict(set)
    for key, figures in totals.items():
        for number, total in enumerate(figures):
            for portion in total:
                members[portion].add((key, number))
    together: defaultdict[frozenset[tuple[Key, int]], set[Portion]] = defaultdict(set)
    for portion, where in members.items():
        together[frozenset(where)].add(portion)
    return [
        _Piece(where, frozenset(one.person for one in portions), frozenset(portions))
        for where, portions in together.items()
    ]


@dataclass(frozen=True, slots=True)
class _View:
    """The pieces as a reader sees them: whom of each they can't read on its own, and who is left of these without those
    whose days are in a line "moved elsewhere" of theirs; None if nobody's are."""

    shown: frozenset[Key]
    unread: tuple[frozenset[PersonId], ...]
    unmoved: tuple[frozenset[PersonId] | None, ...]

    @classmethod
    def of(cls, pieces: Sequence[_Piece], reader: Reader) -> "_View":
        readable = reader.readable
        unread = [[one for one in piece.portions if not readable.has(one)] for piece in pieces]
        unmoved = [[one for one in some if (one.person, one.stretch) not in readable.moved] for some in unread]
        return cls(
            reader.shown,
            tuple(_people(some) for some in unread),
            tuple(
                None if len(left) == len(some) else _people(left) for left, some in zip(unmoved, unread, strict=True)
            ),
        )


def _people(portions: Collection[Portion]) -> frozenset[PersonId]:
    return frozenset(one.person for one in portions)


def _decide(
    key: Key, accepted: Collection[Key], pieces: Sequence[_Piece], views: Sequence[_View], least: int
) -> Decision:
    own = [at for at, piece in enumerate(pieces) if any(other == key for other, _ in piece.members)]
    if len(frozenset().union(*(pieces[at].people for at in own))) < least:
        return TOO_SMALL
    for view in views:
        family = _connected(key, {*accepted, *view.shown}, pieces)
        if not _is_of_many(family, pieces, view, least):
            return GIVES_AWAY
    return True


def _connected(key: Key, known: Collection[Key], pieces: Sequence[_Piece]) -> set[Key]:
    """The total and all known ones that overlap with it, with those that overlap with these, and so on."""
    groups = [{other for other, _ in piece.members if other == key or other in known} for piece in pieces]
    found, new = {key}, True
    while new:
        touched = set[Key]().union(*(group for group in groups if group & found))
        new = bool(touched - found)
        found |= touched
    return found


def _is_of_many(family: Collection[Key], pieces: Sequence[_Piece], view: _View, least: int) -> bool:
    """Whether everything that the totals of the family cut each other into is of many."""
    people: defaultdict[frozenset[tuple[Key, int]], set[PersonId]] = defaultdict(set)
    unread: defaultdict[frozenset[tuple[Key, int]], set[PersonId]] = defaultdict(set)
    unmoved: defaultdict[frozenset[tuple[Key, int]], set[PersonId]] = defaultdict(set)
    moved = set()
    for at, piece in enumerate(pieces):
        where = frozenset(one for one in piece.members if one[0] in family)
        if where:
            people[where] |= piece.people
            unread[where] |= view.unread[at]
            left = view.unmoved[at]
            unmoved[where] |= view.unread[at] if left is None else left
            moved |= set() if left is None else {where}
    return (
        all(len(some) >= least for some in people.values())
        and all(not some or len(some) >= least - 1 for some in unread.values())
        # A line "moved elsewhere" can take those away who are in it, so that enough others have to be there.
        and all(len(unmoved[where]) >= least - 1 for where in moved)
    )
