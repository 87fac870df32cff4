"""`turf report balance`: how evenly territories beside each other are cut."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from commands.territories.card import holders
from commands.territories.named import branch
from domain.company import AssignmentRole, TerritoryId
from domain.credit import Kind
from domain.money import to_decimal
from domain.potential import AccountFacts, last_12_months
from domain.territories.balance import Balance, Load, Measure, balance
from storage import ledger
from storage.account_facts import account_facts
from storage.ledger import Scope
from storage.store import Repositories


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """A territory among its siblings. An index is empty where it is not available; `flagged` names those beyond +-20.

    `workload_hours` are hours of service a year; the way there is not counted.
    """

    parent: str | None
    territory: str
    name: str
    holders: str | None
    accounts: int
    currency: str
    potential: Decimal | None
    potential_index: Decimal | None
    revenue: Decimal | None
    revenue_index: Decimal | None
    workload_hours: Decimal | None
    workload_index: Decimal | None
    flagged: str | None


async def balance_report(repo: Repositories, today: date) -> list[BalanceRow]:
    """Each territory that has siblings, by the key of its parent and its own."""
    facts = await account_facts(repo, set(repo.company.territories), today)
    loads, counts = await _loads(repo, facts, today)
    parents = {one.id: one.parent for one in repo.company.territories.values()}
    rows = [_row(repo, found, counts[found.territory], today) for found in balance(parents, loads).values()]
    return sorted(rows, key=lambda row: (row.parent or "", row.territory))


async def _loads(
    repo: Repositories, facts: Iterable[AccountFacts], today: date
) -> tuple[dict[TerritoryId, Load], dict[TerritoryId, int]]:
    credit = await ledger.credited(*repo.at, Scope(last_12_months(today)))
    revenue: dict[TerritoryId, int] = {}
    for row in credit:
        if row.kind is Kind.REVENUE and row.territory is not None:
            revenue[row.territory] = revenue.get(row.territory, 0) + row.base
    own: dict[TerritoryId, list[AccountFacts]] = {one: [] for one in repo.company.territories}
    for account in facts:
        assert account.territory is not None
        own[account.territory].append(account)
    branches = {one.id: branch(repo, one) for one in repo.company.territories.values()}
    within = {one: [account for part in parts for account in own[part]] for one, parts in branches.items()}
    sold = {one: sum(revenue.get(part, 0) for part in parts) for one, parts in branches.items()}
    loads = {one: Load(_potential(some), sold[one], _workload(some)) for one, some in within.items()}
    return loads, {one: len(some) for one, some in within.items()}


def _potential(accounts: Iterable[AccountFacts]) -> int | None:
    return _sum(one.potential for one in accounts)


def _workload(accounts: Iterable[AccountFacts]) -> int | None:
    return _sum(one.workload for one in accounts)


def _sum(values: Iterable[int | None]) -> int | None:
    """None if none is known."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _row(repo: Repositories, found: Balance, accounts: int, today: date) -> BalanceRow:
    territory, currency = repo.company.territories[found.territory], repo.settings.currency
    above = repo.company.territories.get(territory.parent) if territory.parent is not None else None
    primaries = [one.name for one in holders(repo, territory.id, today) if one.role is AssignmentRole.PRIMARY]
    load = found.load
    return BalanceRow(
        parent=above.key if above else None,
        territory=territory.key,
        name=territory.name,
        holders=", ".join(primaries) or None,
        accounts=accounts,
        currency=currency,
        potential=None if load.potential is None else to_decimal(load.potential, currency),
        potential_index=_tenths(found.index[Measure.POTENTIAL]),
        revenue=None if load.revenue is None else to_decimal(load.revenue, currency),
        revenue_index=_tenths(found.index[Measure.REVENUE]),
        workload_hours=None if load.workload is None else round(Decimal(load.workload) / 60, 2),
        workload_index=_tenths(found.index[Measure.WORKLOAD]),
        flagged="; ".join(_flags(found.index, found.flagged)) or None,
    )


def _flags(index: Mapping[Measure, Fraction | None], flagged: Iterable[Measure]) -> Iterator[str]:
    for measure in flagged:
        yield f"{measure} {'high' if (index[measure] or 0) > 100 else 'low'}"


def _tenths(index: Fraction | None) -> Decimal | None:
    return None if index is None else Decimal(round(index * 10)) / 10
