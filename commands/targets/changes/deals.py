"""The deals that moved a figure: as they were and are for the subject, and how people know them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from commands.targets.changes.reach import Reach
from commands.targets.changes.weighing import Weighing
from domain.bridges import Booked, DealAt
from domain.company import PersonId
from storage.bridges import DealRow, OpenParts, booked, deal_rows, held

OPEN = "open"
NO_PARTS = OpenParts(frozenset(), 0)


@dataclass(frozen=True, slots=True)
class DealFacts:
    """A deal as it is known now, or was last. `amount` is what the subject has of it, in minor units of the workspace's
    currency, None if that cannot be said.

    `owner` is whose figure it is in, None for nobody's; `reason` why it was lost. Of several people it is who has most
    of it, but first who has left the subject's team: what they had stands alone for nobody.
    """

    key: str
    name: str | None
    account: str | None
    amount: int | None
    owner: PersonId | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Some deals in one state, seen from a subject and a period."""

    reach: Reach
    weighing: Weighing
    rows: Mapping[int, DealRow]
    booked: Mapping[int, frozenset[Booked]] = field(default_factory=dict)
    open: Mapping[int, OpenParts] = field(default_factory=dict)

    def of(self, deal: int) -> DealAt | None:
        """None: it was not there."""
        row, parts = self.rows.get(deal), self.booked.get(deal, frozenset())
        if row is None:
            return None
        mine = self.open.get(deal, NO_PARTS)
        return DealAt(
            status=row.status,
            booked=parts,
            held=mine.held,
            inside=sum(part.base for part in parts if self.reach.has(part)),
            in_period=any(part.on_day in self.reach.period for part in parts),
            is_due=row.status == OPEN and self._is_due(row),
            expected=row.expected,
            amount=mine.amount,
            currency=row.currency,
            stage=row.stage,
            category=row.category,
            chance=self.weighing.chance(row.stage, row.probability),
            rate=self.weighing.rate(row.currency),
        )

    def _is_due(self, row: DealRow) -> bool:
        at = self.weighing.open
        return row.expected is not None and at.since <= row.expected < at.until

    def people(self, deal: int) -> Iterator[tuple[PersonId | None, int]]:
        """Who has a part in the scope, and how much of the deal."""
        yield from ((part.person, part.share) for part in self.booked.get(deal, ()) if self.reach.has(part))
        yield from ((part.person, part.share) for part in self.open.get(deal, NO_PARTS).held)

    def amount(self, deal: int) -> int | None:
        """What the scope has of it: as it was booked, else at the latest rate."""
        booked = [part.base for part in self.booked.get(deal, ()) if self.reach.has(part)]
        return (
            sum(booked)
            if booked
            else self.weighing.base(self.open.get(deal, NO_PARTS).amount, self.rows[deal].currency)
        )


async def state_of(reach: Reach, weighing: Weighing, deals: Collection[int], *, named: bool = True) -> State:
    connection, snapshot = weighing.repo.at
    return State(
        reach,
        weighing,
        await deal_rows(connection, snapshot, deals, named=named),
        await booked(connection, snapshot, reach.whose, deals),
        await held(connection, weighing.open, deals),
    )


def facts(was: State, now: State, deal: int, gone: Mapping[int, DealRow]) -> DealFacts:
    """How people know a deal that moved a figure; `gone` are those that are not there any more, as they were."""
    state, rows = (was, gone) if deal in gone else (now, now.rows)
    people = [*now.people(deal), *was.people(deal)]
    return known_as(rows[deal], state.amount(deal), whose(people, now.weighing))


def known_as(row: DealRow, amount: int | None, owner: PersonId | None) -> DealFacts:
    return DealFacts(row.key, row.name, row.account, amount, owner, row.reason)


def whose(people: Iterable[tuple[PersonId | None, int]], now: Weighing) -> PersonId | None:
    """Whose a deal is said to be: who is no longer there comes first, then who has most."""
    present = now.open.whose.people

    def order(one: tuple[PersonId | None, int]) -> tuple[bool, int, int]:
        person, share = one
        return present is None or person is None or person in present, -share, person or 0

    return min(people, key=order, default=(None, 0))[0]
