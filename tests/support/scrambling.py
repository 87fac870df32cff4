"""Changes at random everything that someone may not see: a card that stays the same to the byte cannot depend on it."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, not_, or_, select, true, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from commands.kit.names import Kind, Subject
from domain.company import Person, PersonId, Role, Span, TeamId, TerritoryId
from domain.periods import Period
from storage.database import Database
from storage.store import Repositories
from storage.tables import OPEN_REV, crm, ledger, people, table_of, targets, territories
from tests.support.sample import TODAY

CREDITS, SHARES, DEALS = table_of(ledger.Credit), table_of(ledger.OpenShare), table_of(crm.DealVersion)
ACTIVITIES = table_of(crm.ActivityVersion)
TARGETS, LAND = table_of(targets.Target), table_of(territories.TerritoryVersion)
HELD = table_of(territories.Assignment)
PEOPLE, VERSIONS, ABSENCES = table_of(people.Person), table_of(people.PersonVersion), table_of(people.Absence)
NOBODY = -1
"""An id that nothing has, in place of none: SQL compares nothing with NULL."""


@dataclass(frozen=True)
class Seen:
    """What an answer may depend on.

    `people` with all their figures; of those who `moved` out of the line the sums of some days, without any name; all of
    the `territories`; of `vacant` ones what is nobody's; the targets of the territories that are `held`, and of `teams`.
    """

    people: frozenset[PersonId] = frozenset()
    moved: Mapping[PersonId, tuple[Span, ...]] = field(default_factory=dict)
    territories: frozenset[TerritoryId] = frozenset()
    vacant: frozenset[TerritoryId] = frozenset()
    held: frozenset[TerritoryId] = frozenset()
    teams: frozenset[TeamId] = frozenset()
    opened: frozenset[PersonId] = frozenset()
    """Of whom an old card has the open deals in a sum, without any name."""
    accounts: frozenset[int] = frozenset()
    """What these bought is shown, whoever was credited for it."""

    def rows(self, table: Any) -> ColumnElement[bool]:
        """The rows of credit or of open deals whose deals may be named."""
        person, territory = func.coalesce(table.c.person_id, NOBODY), func.coalesce(table.c.territory_id, NOBODY)
        nobody_s = and_(table.c.person_id.is_(None), territory.in_(self.vacant))
        bought = table.c.deal_id.in_(select(DEALS.c.id).where(DEALS.c.account_id.in_(self.accounts)))
        theirs = or_(person.in_(self.people), territory.in_(self.territories), nobody_s)
        return or_(theirs, bought) if self.accounts else theirs

    def holders(self) -> Any:
        """Whoever ever held one of the territories: their days and their name are in its target."""
        return select(HELD.c.person_id).where(HELD.c.territory_id.in_(self.territories))

    def sums(self) -> ColumnElement[bool]:
        """The rows of credit that are in some sum."""
        days = [
            and_(CREDITS.c.person_id == one, CREDITS.c.on_day >= span.start, CREDITS.c.on_day < span.end)
            for one, spans in self.moved.items()
            for span in spans
        ]
        return or_(self.rows(CREDITS), *days)


def seen(repo: Repositories, by: Person, subject: Subject, period: Period) -> Seen:
    """What someone's card of a subject that they see with its rows may depend on: the lines of today and of the period."""
    lines = repo.model.lines
    match subject.kind:
        case Kind.TERRITORY:
            return Seen(territories=frozenset({subject.id, *lines.territories_below(subject.id)}))
        case Kind.TEAM:
            teams = (subject.id, *lines.teams_below(subject.id))
            now = frozenset(one for team in teams for one in lines.members(team, TODAY))
            spans = [lines.spans_in_team(team, period.span) for team in teams]
            found = _seen(repo, now, {one: days for team in spans for one, days in team.items()})
            return replace(found, teams=frozenset(teams))
        case _ if by.role in (Role.REP, Role.PARTNER):
            return _seen(repo, frozenset({subject.id}), {})
        case _:
            now = lines.below(subject.id, TODAY) | {subject.id}
            return _seen(repo, now, lines.spans_below(subject.id, period.span), lines.teams_led(subject.id))


def _seen(
    repo: Repositories,
    now: frozenset[PersonId],
    past: Mapping[PersonId, tuple[Span, ...]],
    led: frozenset[TeamId] = frozenset(),
) -> Seen:
    lines = repo.model.lines
    return Seen(
        people=now,
        moved={one: spans for one, spans in past.items() if one not in now},
        vacant=frozenset(one for one in repo.company.territories if lines.team_of_territory(one) in led),
        held=frozenset(holding.territory for one in {*now, *past} for holding in lines.held_by(one)),
    )


async def scramble(database: Database, seen: Seen, seed: int, *, names: bool = True) -> int:
    """How many rows were changed. How stages turned out is the company's common knowledge, and so may names be."""
    chance = random.Random(seed)
    async with database.write() as connection:
        changed = await _amounts(connection, seen, chance)
        changed += await _meetings(connection, seen, chance.randint(0, 2))
        changed += await _targets(connection, seen, chance)
        changed += await _days(connection, seen, chance.randint(3, 30))
    return changed + (await rename(database, seen, seed) if names else 0)


async def _amounts(connection: AsyncConnection, seen: Seen, chance: random.Random) -> int:
    factor, plus, third = chance.randint(2, 9), chance.randint(1, 10**6), chance.randint(0, 2)
    changed = 0
    # Whoever has a part of a deal is told how often its credit was corrected.
    own = select(CREDITS.c.deal_id).where(seen.rows(CREDITS))
    for table, key, theirs in (
        (CREDITS, "id", seen.sums()),
        (SHARES, "deal_id", or_(seen.rows(SHARES), SHARES.c.person_id.in_(seen.opened))),
    ):
        gone = not_(theirs), table.c[key] % 3 == third, table.c.deal_id.not_in(own)
        changed += (await connection.execute(delete(table).where(*gone))).rowcount
        amounts = [name for name in ("base", "amount") if name in table.c]
        values = {name: table.c[name] * factor + plus for name in amounts}
        changed += (await connection.execute(update(table).where(not_(theirs)).values(values))).rowcount
    return changed


async def _meetings(connection: AsyncConnection, seen: Seen, third: int) -> int:
    """Some that others held; of those that may have been in one of the territories, none."""
    others = [ACTIVITIES.c.person_id.not_in({*seen.people, *seen.moved}), ACTIVITIES.c.id % 3 == third]
    if seen.territories:
        nowhere = ACTIVITIES.c.account_id.is_(None), ACTIVITIES.c.deal_id.is_(None)
        others += [*nowhere, ACTIVITIES.c.person_id.not_in(seen.holders())]
    return (await connection.execute(delete(ACTIVITIES).where(*others))).rowcount


async def _targets(connection: AsyncConnection, seen: Seen, chance: random.Random) -> int:
    land = seen.territories | seen.vacant | seen.held
    shown = {"person": {*seen.people, *seen.moved}, "territory": land, "team": seen.teams}
    theirs = or_(*(and_(TARGETS.c.subject_kind == kind, TARGETS.c.subject_id.in_(ids)) for kind, ids in shown.items()))
    values = {"amount": TARGETS.c.amount * chance.randint(2, 9) + chance.randint(1, 10**6)}
    return (await connection.execute(update(TARGETS).where(not_(theirs)).values(values))).rowcount


async def _days(connection: AsyncConnection, seen: Seen, ago: int) -> int:
    """Everybody else was away for a week some days ago, and is a new hire."""
    held = select(CREDITS.c.person_id).where(CREDITS.c.territory_id.in_(seen.territories))
    others = PEOPLE.c.id.not_in({*seen.people, *seen.moved}), PEOPLE.c.id.not_in(held.where(CREDITS.c.person_id > 0))
    ids = select(PEOPLE.c.id).where(*others, PEOPLE.c.id.not_in(seen.holders()))
    hired = update(VERSIONS).where(VERSIONS.c.id.in_(ids)).values(hired_on=TODAY - timedelta(days=40), ramp="standard")
    changed = (await connection.execute(hired)).rowcount
    await connection.execute(delete(ABSENCES).where(ABSENCES.c.person_id.in_(ids)))
    away = {"from_on": TODAY - timedelta(days=ago + 7), "to_on": TODAY - timedelta(days=ago), "relief": 700_000}
    frame = {"workspace_id": 1, "rev_from": 1, "rev_to": OPEN_REV}
    for one in (await connection.execute(ids)).scalars().all():
        changed += (await connection.execute(insert(ABSENCES).values(person_id=one, **away, **frame))).rowcount
    return changed


async def rename(database: Database, seen: Seen, seed: int) -> int:
    """People, territories and deals that no line of an answer is about: how many got another name."""
    in_lines = [
        select(table.c[column]).where(seen.rows(table), table.c[column].is_not(None))
        for table in (CREDITS, SHARES)
        for column in ("person_id", "deal_id")
    ]
    named, deals = union(in_lines[0], in_lines[2], seen.holders()), union(in_lines[1], in_lines[3], _met_about(seen))
    shown = seen.territories | seen.vacant | seen.held
    where = [
        select(table.c.territory_id).where(seen.rows(table), table.c.territory_id.is_not(None))
        for table in (CREDITS, SHARES)
    ]
    changed = 0
    for table, others in (
        (PEOPLE, and_(PEOPLE.c.id.not_in(seen.people), PEOPLE.c.id.not_in(named))),
        (LAND, and_(LAND.c.id.not_in(shown), LAND.c.id.not_in(union(*where)))),
        (DEALS, DEALS.c.id.not_in(deals)),
    ):
        renamed = update(table).where(others).values(name=f"Renamed {seed}")
        async with database.write() as connection:
            changed += (await connection.execute(renamed)).rowcount
    return changed


def _met_about(seen: Seen) -> Any:
    """The deals of meetings that may be shown: of those people, and of whoever was in one of the territories."""
    theirs = true() if seen.territories else ACTIVITIES.c.person_id.in_(seen.people)
    return select(ACTIVITIES.c.deal_id).where(theirs, ACTIVITIES.c.deal_id.is_not(None))
