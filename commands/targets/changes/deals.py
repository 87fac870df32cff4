"""The deals that moved a figure: as they were and are for the subject, and how people know them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from commands.targets.changes.reach import Reach
from commands.targets.changes.weighing import Weighing
from domain.bridges import Booked, DealAt, Held
from domain.company import PersonId
from storage.bridges import DealRow, booked, deal_rows, held

OPEN = "open"


@dataclass(frozen=True, slots=True)
class DealFacts:
    """A deal as it is known now, or was last. `amount` in minor units of the workspace's currency, None without one.

    `owner` is whose figure it is in (the largest part of it in the scope), None for nobody's; `reason` why it was lost.
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
    held: Mapping[int, frozenset[Held]] = field(default_factory=dict)

    def of(self, deal: int) -> DealAt | None:
        """None: it was not there."""
        row, parts = self.rows.get(deal), self.booked.get(deal, frozenset())
        if row is None:
            return None
        is_due = row.status == OPEN and row.expected is not None and self._is_due(row)
        return DealAt(
            status=row.status,
            booked=parts,
            held=self.held.get(deal, frozenset()),
            inside=sum(part.base for part in parts if self.reach.has(part)),
            in_period=any(part.on_day in self.reach.period for part in parts),
            is_due=is_due,
            expected=row.expected,
            amount=row.amount or 0,
            currency=row.currency,
            stage=row.stage,
            category=row.category,
            chance=self.weighing.chance(row.stage, row.probability),
            rate=self.weighing.rate(row.currency),
        )

    def _is_due(self, row: DealRow) -> bool:
        at = self.weighing.open
        return row.expected is not None and at.since <= row.expected < at.until

    def whose(self, deal: int) -> tuple[PersonId | None] | None:
        """The person with the largest part of a deal in the scope, in a tuple; None if nothing of it is."""
        parts: list[Booked | Held] = [part for part in self.booked.get(deal, ()) if self.reach.has(part)]
        parts += self.held.get(deal, ())
        most = min(parts, key=lambda part: (-part.share, part.person or 0), default=None)
        return None if most is None else (most.person,)

    def amount(self, deal: int) -> int | None:
        """What it is worth as a whole: as it was booked, else at the latest rate."""
        revenue = [part.base for part in self.booked.get(deal, ()) if part.kind == "revenue"]
        row = self.rows[deal]
        return sum(revenue) if revenue else self.weighing.base(row.amount, row.currency)


async def state_of(reach: Reach, weighing: Weighing, deals: Collection[int]) -> State:
    connection, snapshot = weighing.repo.at
    return State(
        reach,
        weighing,
        await deal_rows(connection, snapshot, deals),
        await booked(connection, snapshot, deals),
        await held(connection, weighing.open, deals),
    )


def facts(was: State, now: State, deal: int, owner: PersonId | None = None) -> DealFacts:
    """How people know a deal; `owner` unless one of the states knows whose it is."""
    state = now if deal in now.rows else was
    row = state.rows[deal]
    found = now.whose(deal) or was.whose(deal) or (owner,)
    return DealFacts(row.key, row.name, row.account, state.amount(deal), found[0], row.reason)
