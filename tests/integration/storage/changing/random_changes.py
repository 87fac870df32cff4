"""Random changes to a random company: whatever rows a request might write, whether or not anybody would ask for them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import WHOLE, Assignment, AssignmentRole, Company, Metric, Span, SubjectKind, Target, Territory
from domain.holdings import Condition, Pin
from domain.requests.writes import OpenDeal, Row, Writes
from domain.requests.written import assignment_key, target_key
from storage.credit.accounts import load_conditions
from storage.snapshot import Latest, rows_of
from storage.tables import crm, territories
from tests.integration.commands.random_company import ACCOUNTS
from tests.support.ledger import World
from tests.unit.domain.companies import PEOPLE, TERRITORIES, Dice

R = TypeVar("R")
REGIONS = ("north", "south", "east")
MORE_ACCOUNTS = range(1, 13)


def add_land(world: World, dice: Dice) -> None:
    """Subsidiaries, and rules that claim accounts by their region and size."""
    for account in MORE_ACCOUNTS:
        parent = dice.choice([None, *(other for other in MORE_ACCOUNTS if other < account)])
        place = {"region": dice.choice(REGIONS), "employees": dice.randint(1, 100)}
        world.put(crm.AccountVersion, id=account, name=f"A{account}", parent_id=parent, **place)
    for one in _conditions(dice):
        days = {"from_on": one.span.start, "to_on": one.span.end}
        named = {"territory_id": one.territory, "rule": one.rule, "dimension": one.dimension}
        world.put(territories.Rule, **named, value=one.value, **days)
    rows = world.rows(crm.DealVersion)
    returns = {row["id"] for row in rows if row["reverses_id"] is not None}
    for row in rows:
        account = None if row["account_id"] is None else dice.choice(MORE_ACCOUNTS)
        # What a return of a return was credited to is settled by the second pass only.
        sold = None if row["reverses_id"] in returns else row["reverses_id"]
        world.put(crm.DealVersion, **row | {"account_id": account, "reverses_id": sold})


def _conditions(dice: Dice) -> Iterable[Condition]:
    for territory in TERRITORIES:
        for rule in dice.sample(["first", "second"], dice.randint(0, 2)):
            span = dice.span()
            yield Condition(territory, rule, "region", ";".join(dice.sample(REGIONS, dice.randint(1, 2))), span)
            if dice.random() < 0.4:
                yield Condition(territory, rule, "employees_min", str(dice.randint(1, 100)), span)


@dataclass(frozen=True, slots=True)
class Held:
    """The rows that hold now and that a change may rewrite."""

    company: Company
    pins: tuple[Pin, ...]
    conditions: tuple[Condition, ...]
    deals: tuple[OpenDeal, ...]


async def held_now(connection: AsyncConnection, company: Company, workspace_id: int) -> Held:
    now = Latest(workspace_id, company.revision)
    pins = await connection.execute(rows_of(now, territories.Pin))
    deal = now.source(crm.DealVersion)
    opened = await connection.execute(select(deal).where(deal.c.status == "open").order_by(deal.c.id))
    return Held(
        company,
        tuple(Pin(row.account_id, row.territory_id, Span(row.from_on, row.to_on)) for row in pins),
        tuple(await load_conditions(connection, now)),
        tuple(OpenDeal(row.id, row.owner_id, row.territory_id) for row in opened),
    )


def random_writes(held: Held, dice: Dice) -> Writes:
    """Rows of some kinds that end, change or begin."""
    company = held.company
    kinds = dice.sample(["territories", "rules", "pins", "assignments", "targets", "deals"], dice.randint(1, 3))
    made = {
        "territories": lambda: _territories(company, dice),
        "rules": lambda: _rows(
            held.conditions, _conditions(dice), _condition_key, lambda one: _other_rule(one, dice), dice
        ),
        "pins": lambda: _rows(held.pins, _pins(dice), _pin_key, lambda one: _other_pin(one, dice), dice),
        "assignments": lambda: _rows(
            company.assignments, _assignments(dice), assignment_key, lambda one: replace(one, share=_share(dice)), dice
        ),
        "targets": lambda: _rows(
            company.targets, _targets(dice), target_key, lambda one: replace(one, amount=dice.randrange(10**6)), dice
        ),
        "deals": lambda: tuple(
            Row(one, replace(one, owner=dice.choice([None, *PEOPLE]), territory=dice.choice([None, *TERRITORIES])))
            for one in dice.sample(held.deals, min(3, len(held.deals)))
        ),
    }
    return Writes(**{kind: made[kind]() for kind in kinds})


def _rows(
    held: Iterable[R], new: Iterable[R], key: Callable[[R], object], other: Callable[[R], R], dice: Dice
) -> tuple[Row[R], ...]:
    """Some rows end, some are otherwise, and those new ones begin whose place is free."""
    rows: list[Row[R]] = []
    taken = set()
    for one in held:
        taken.add(key(one))
        if dice.random() < 0.3:
            rows.append(Row(one, dice.choice([None, other(one)])))
    begin = {key(one): one for one in new if key(one) not in taken}
    return (*rows, *(Row(None, one) for one in begin.values()))


def _territories(company: Company, dice: Dice) -> tuple[Row[Territory], ...]:
    one = dice.choice(sorted(company.territories.values(), key=lambda one: one.id))
    above = [None, *(other for other in company.territories if other < one.id)]
    changed = replace(one, parent=dice.choice(above), closed_on=dice.maybe(dice.day()), merged_into=dice.maybe(1))
    number = max(company.territories) + 1
    new = Territory(number, f"t{number}", "New", dice.choice(above), currency="USD")
    return (Row(one, changed), *([Row(None, new)] if dice.random() < 0.5 else []))


def _pin_key(pin: Pin) -> object:
    return pin.account, pin.span.start


def _condition_key(one: Condition) -> object:
    return one.territory, one.rule, one.dimension


def _other_pin(pin: Pin, dice: Dice) -> Pin:
    return replace(pin, territory=dice.choice(TERRITORIES), span=Span(pin.span.start, _end(pin.span, dice)))


def _other_rule(one: Condition, dice: Dice) -> Condition:
    value = dice.choice(REGIONS) if one.dimension == "region" else str(dice.randint(1, 100))
    return dice.choice([replace(one, value=value), replace(one, span=Span(one.span.start, _end(one.span, dice)))])


def _end(span: Span, dice: Dice) -> date:
    return max((day for day in (dice.day(), dice.day()) if day > span.start), default=date.max)


def _pins(dice: Dice) -> Iterable[Pin]:
    for _ in range(dice.randint(0, 3)):
        yield Pin(dice.choice([*ACCOUNTS, *MORE_ACCOUNTS]), dice.choice(TERRITORIES), dice.span())


def _share(dice: Dice) -> int:
    return dice.choice([WHOLE, dice.randint(1, WHOLE)])


def _assignments(dice: Dice) -> Iterable[Assignment]:
    for _ in range(dice.randint(0, 2)):
        role = dice.choice(list(AssignmentRole))
        yield Assignment(dice.choice(TERRITORIES), dice.choice(PEOPLE), role, dice.span(), _share(dice))


def _targets(dice: Dice) -> Iterable[Target]:
    for _ in range(dice.randint(0, 2)):
        kind = dice.choice(list(SubjectKind))
        yield Target(kind, dice.randint(1, 5), dice.label(), Metric.REVENUE, dice.randrange(10**6), "USD")
