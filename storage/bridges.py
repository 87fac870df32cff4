"""What differs between two states: the credit of each deal, the parts of open deals, and the deals themselves.

Rows of the ledger never change, so credit differs by the rows that came between, and by those of people or territories
that count in one state only. Parts of open deals have revisions and days on which they hold: those that hold in one
state only differ.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, and_, false, func, literal, not_, null, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.bridges import Booked, Held
from domain.company import PersonId, TerritoryId
from domain.credit import Kind
from storage.pipeline import ALIKE, holding, month_number
from storage.scopes import CREDITS, Owners, Scope, owned, stands, within
from storage.snapshot import AtRevision
from storage.tables import crm, ledger, table_of

SHARES = table_of(ledger.OpenShare)
AT_ONCE = 5_000
"""Deals that one statement names: databases take a limited number of values."""


class Group(NamedTuple):
    """What parts of open deals have in common that are added up before they are converted and weighed."""

    person: PersonId | None
    territory: TerritoryId | None
    currency: str
    stage: str | None
    forecast_category: str | None
    probability: int | None
    month: int


@dataclass(frozen=True, slots=True)
class Open:
    """The open deals of a state that count in a forecast: held by these on `today`, expected from `since` to before `until`."""

    snapshot: AtRevision
    whose: Owners
    today: date
    since: date
    until: date


class Differing(NamedTuple):
    """One deal's part in a group, before and after, in minor units of its currency; `stayed`: the row holds in both."""

    deal: int
    group: Group
    before: int
    after: int
    stayed: bool


@dataclass(frozen=True, slots=True)
class DealRow:
    """A deal as the CRM had it."""

    key: str
    name: str | None
    account: str | None
    status: str
    currency: str
    stage: str | None
    category: str | None
    probability: int | None
    expected: date | None
    reason: str | None


async def credit_by_deal(
    connection: AsyncConnection,
    snapshot: AtRevision,
    scopes: Sequence[Scope],
    kinds: Collection[Kind],
    *,
    since: int = 0,
) -> dict[int, int]:
    """The credit of each deal in the union of the scopes, from rows that came after revision `since`; none of 0."""
    total = func.sum(CREDITS.c.base)
    query = select(CREDITS.c.deal_id, total).where(
        CREDITS.c.workspace_id == snapshot.workspace_id,
        CREDITS.c.rev > since,
        CREDITS.c.rev <= snapshot.revision,
        CREDITS.c.kind.in_(sorted(kinds)),
        or_(false(), *(and_(*within(CREDITS, scope)) for scope in scopes)),
    )
    rows = await connection.execute(query.group_by(CREDITS.c.deal_id).having(total != 0))
    return {deal: int(base) for deal, base in rows}


async def open_differences(
    connection: AsyncConnection,
    before: Open,
    after: Open,
    *,
    currencies: Collection[str] = (),
    stages: Collection[str | None] = (),
) -> list[Differing]:
    """The parts that count in one state only, and all of these currencies and stages."""
    was, now = (and_(*_counting(one)) for one in (before, after))
    # Named, so that the same questions are asked once a row.
    rows = select(SHARES, was.label("was"), now.label("now")).where(*_near(before, after)).subquery("shares")
    anyway = or_(rows.c.currency.in_(sorted(currencies)), *_in_stages(rows, stages))
    month = month_number(rows.c.expected_close_on).label("month")
    columns = rows.c.deal_id, *(rows.c[name] for name in ALIKE), month, rows.c.amount, rows.c.was, rows.c.now
    one, both = or_(rows.c.was, rows.c.now), and_(rows.c.was, rows.c.now)
    query = select(*columns).where(one, or_(not_(both), anyway))
    return [_differing(row) for row in (await connection.execute(query)).all()]


def _in_stages(rows: FromClause, stages: Collection[str | None]) -> Iterator[ColumnElement[bool]]:
    yield rows.c.stage.in_(sorted(stage for stage in stages if stage is not None))
    if None in stages:
        yield rows.c.stage.is_(None)


def _differing(row: Any) -> Differing:
    minor = row.amount or 0
    group = Group(
        row.person_id,
        row.territory_id,
        row.currency,
        row.stage,
        row.forecast_category,
        row.probability,
        int(row.month),
    )
    before, after = minor if row.was else 0, minor if row.now else 0
    return Differing(row.deal_id, group, before, after, stayed=bool(row.was and row.now))


def _counting(state: Open) -> Iterator[ColumnElement[bool]]:
    yield from _stands(state.snapshot, state.today)
    yield SHARES.c.expected_close_on >= state.since
    yield SHARES.c.expected_close_on < state.until
    yield from owned(SHARES, state.whose)


def _near(before: Open, after: Open) -> Iterator[ColumnElement[bool]]:
    """What every part has that counts in either: what an index finds."""
    yield SHARES.c.workspace_id == after.snapshot.workspace_id
    yield SHARES.c.expected_close_on >= min(before.since, after.since)
    yield SHARES.c.expected_close_on < max(before.until, after.until)
    yield SHARES.c.rev_from <= after.snapshot.revision
    yield SHARES.c.rev_to > before.snapshot.revision
    whose = [and_(*conditions) for one in (before, after) if (conditions := tuple(owned(SHARES, one.whose)))]
    if len(whose) == 2:
        yield or_(*whose)


def _stands(snapshot: AtRevision, today: date) -> Iterator[ColumnElement[bool]]:
    """Whatever the snapshot: two are asked for at once, so that neither may be the one that has no end."""
    yield SHARES.c.rev_from <= snapshot.revision
    yield SHARES.c.rev_to > snapshot.revision
    yield from holding(SHARES, today)


async def booked(
    connection: AsyncConnection, snapshot: AtRevision, whose: Owners, deals: Collection[int]
) -> Mapping[int, frozenset[Booked]]:
    """The parts of won deals that are of these as they stand in a state, on any day."""
    found: defaultdict[int, set[Booked]] = defaultdict(set)
    names = ("person_id", "territory_id", "share", "on_day", "amount", "currency", "base")
    for some in chunks(deals):
        query = select(CREDITS.c.deal_id, CREDITS.c.kind, *(CREDITS.c[name] for name in names)).where(
            CREDITS.c.workspace_id == snapshot.workspace_id,
            CREDITS.c.rev <= snapshot.revision,
            CREDITS.c.deal_id.in_(some),
            CREDITS.c.kind != Kind.LOST.value,
            *owned(CREDITS, whose),
            stands(snapshot),
        )
        for deal, kind, *rest in await connection.execute(query):
            found[deal].add(Booked(Kind(kind), *rest))
    return {deal: frozenset(parts) for deal, parts in found.items()}


class OpenParts(NamedTuple):
    """What some hold of an open deal, and the amount of that, in minor units of the deal's currency."""

    held: frozenset[Held]
    amount: int


async def held(connection: AsyncConnection, state: Open, deals: Collection[int]) -> Mapping[int, OpenParts]:
    """The parts of open deals that are held by these on the day, whenever they are expected to close."""
    found: defaultdict[int, set[Held]] = defaultdict(set)
    amounts: defaultdict[int, int] = defaultdict(int)
    columns = SHARES.c.deal_id, SHARES.c.amount, SHARES.c.person_id, SHARES.c.territory_id, SHARES.c.share
    here = SHARES.c.workspace_id == state.snapshot.workspace_id
    holds = here, *_stands(state.snapshot, state.today), *owned(SHARES, state.whose)
    for some in chunks(deals):
        for deal, amount, *rest in await connection.execute(select(*columns).where(*holds, SHARES.c.deal_id.in_(some))):
            found[deal].add(Held(*rest))
            amounts[deal] += amount or 0
    return {deal: OpenParts(frozenset(parts), amounts[deal]) for deal, parts in found.items()}


async def deal_rows(
    connection: AsyncConnection, snapshot: AtRevision, deals: Collection[int], *, named: bool = True
) -> Mapping[int, DealRow]:
    """Deals as the CRM had them in a state; those that were not there (any more) are left out.

    What they are called is looked up elsewhere: unless `named`, key, name and account are blank.
    """
    deal, version = table_of(crm.Deal), table_of(crm.DealVersion)
    of_version = ("status", "currency", "stage", "forecast_category", "probability", "expected_close_on", "loss_reason")
    states = [version.c[one] for one in of_version]
    query = select(version.c.id, literal(""), null(), null(), *states).where(snapshot.holds(version))
    if named:
        account = snapshot.source(crm.AccountVersion)
        same = and_(deal.c.workspace_id == version.c.workspace_id, deal.c.id == version.c.id)
        joined = version.join(deal, same).outerjoin(account, account.c.id == version.c.account_id)
        names = deal.c.key, version.c.name, account.c.name.label("account")
        query = select(version.c.id, *names, *states).select_from(joined).where(snapshot.holds(version))
    found: dict[int, DealRow] = {}
    for some in chunks(deals):
        for number, *rest in await connection.execute(query.where(version.c.id.in_(some))):
            found[number] = DealRow(*rest)
    return found


def chunks(deals: Iterable[int]) -> Iterator[list[int]]:
    """As many at a time as one statement may name."""
    in_order = sorted(deals)
    for start in range(0, len(in_order), AT_ONCE):
        yield in_order[start : start + AT_ONCE]
