"""`turf report gaps`: a row for each finding, with all amounts: the command line is for operations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.company import TerritoryId
from domain.holdings import AccountId
from domain.money import to_decimal
from domain.territories.health import DealId, Finding, FindingKind, in_order
from storage.division import Named, accounts_called, deals_called, health, overruled
from storage.store import Repositories


@dataclass(frozen=True, slots=True)
class GapRow:
    """One finding. What does not belong to its kind is empty; `open` is in `currency`, the workspace's.

    `territories` and `holders` are keys, split by `;`. `said` is what the last import said against the decision `about`.
    """

    kind: str
    account: str | None
    account_name: str | None
    territories: str | None
    holders: str | None
    rule: str | None
    person: str | None
    last_day: date | None
    deal: str | None
    deal_name: str | None
    accounts: int | None
    deals: int
    open: Decimal
    currency: str
    about: str | None
    said: str | None


async def gaps(repo: Repositories, today: date, *, as_of: bool = False) -> list[GapRow]:
    """All that is wrong with territories, what hurts most first.

    Decisions that the CRM says otherwise about are of now, so they are left out of what was known at an earlier day.
    """
    found = [*(await health(repo, today)).findings, *([] if as_of else await overruled(repo))]
    accounts = await accounts_called(repo, {one.account for one in found if one.account is not None})
    deals = await deals_called(repo, {one.deal for one in found if one.deal is not None})
    return [_row(one, repo, accounts, deals, today) for one in in_order(found)]


def _row(
    one: Finding,
    repo: Repositories,
    accounts: Mapping[AccountId, Named],
    deals: Mapping[DealId, Named],
    today: date,
) -> GapRow:
    company, currency = repo.company, repo.settings.currency
    account = accounts.get(one.account) if one.account is not None else None
    deal = deals.get(one.deal) if one.deal is not None else None
    person = company.people.get(one.person) if one.person is not None else None
    return GapRow(
        kind=one.kind.value,
        account=account.key if account else None,
        account_name=account.name if account else None,
        territories=_keys(company.territories[where].key for where in one.territories),
        holders=_holders(one.territories, repo, today) if one.kind is FindingKind.OWNER else None,
        rule=one.rule or None,
        person=person.key if person else None,
        last_day=one.on,
        deal=deal.key if deal else None,
        deal_name=deal.name if deal else None,
        accounts=one.accounts,
        deals=one.deals,
        open=to_decimal(one.amount, currency),
        currency=currency,
        about=f"{one.overruled.what} {one.overruled.key}" if one.overruled else None,
        said=one.overruled.said if one.overruled else None,
    )


def _holders(territories: Iterable[TerritoryId], repo: Repositories, today: date) -> str | None:
    held = [person for where in territories for person in repo.model.lines.holders_on(where, today)]
    return _keys(repo.company.people[person].key for person in held)


def _keys(keys: Iterable[str]) -> str | None:
    return ";".join(keys) or None
