"""Reads how accounts are divided up: where each is and why, what is open there, and what stands against it."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from domain.company import PersonId, TerritoryId
from domain.exchange import Exchange, MissingRate
from domain.holdings import Account, AccountId, Rules, by_account, compile_rules
from domain.lines import Lines
from domain.territories.health import DealId, Finding, FindingKind, OpenDeal, OpenPart, Overruled, Part, findings
from domain.territories.survey import Survey, survey
from domain.territories.why import Why, explain
from storage.credit.accounts import in_portions, load_accounts, load_conditions, load_deciding, load_pins
from storage.decisions import Decision, What, decided
from storage.pipeline import holding
from storage.store import Repositories
from storage.tables import crm, ledger
from storage.versions import stretches


class Health(NamedTuple):
    """What is wrong with territories on a day, whoever may see it.

    `ruled`: whether there is any pin or rule; `unrated`: shares of open deals in a currency without a rate, which count as nothing.
    """

    findings: list[Finding]
    ruled: bool
    unrated: int


class _Deal(NamedTuple):
    account: AccountId | None
    owner: PersonId | None


class Named(NamedTuple):
    """An account or a deal, as people know it."""

    key: str
    name: str


async def health(repo: Repositories, day: date) -> Health:
    """What is wrong on `day`. Found once for a revision: it looks at every account. Raises DataError for an unreadable rule.

    The counting is done beside the loop that answers others.
    """
    return await repo.remembered_alone("health", day, lambda: _health(repo, day))


async def _health(repo: Repositories, day: date) -> Health:
    seen = await _surveyed(repo, day)
    shares = await _open_shares(repo, day)
    deals = await _deals(repo, {share.deal_id for share in shares})

    def found() -> Health:
        money = _Money(Exchange(repo.settings, repo.company.rates), day)
        parts, differing = _parts(shares, deals, money), _differing(shares, deals, repo.model.lines, money)
        made = findings(repo.company, repo.model.lines, seen, parts, differing, day)
        return Health(made, seen.ruled, money.unrated)

    return await asyncio.to_thread(found)


async def health_of(repo: Repositories, within: frozenset[TerritoryId], day: date) -> list[Finding]:
    """What is wrong on `day` with some territories: the same findings as `health` has of them, of fewer open deals.

    No account's findings say what is open of it. Raises DataError for an unreadable rule.
    """
    seen = await _surveyed(repo, day)
    shares = await _open_shares(repo, day, within)
    deals = await _deals(repo, {share.deal_id for share in shares})

    def found() -> list[Finding]:
        money = _Money(Exchange(repo.settings, repo.company.rates), day)
        parts = (one._replace(account=None) for one in _parts(shares, deals, money))
        differing = _differing(shares, deals, repo.model.lines, money)
        return findings(repo.company, repo.model.lines, seen, parts, differing, day)

    return [one for one in await asyncio.to_thread(found) if not within.isdisjoint(one.territories)]


async def _surveyed(repo: Repositories, day: date) -> Survey:
    """Where all accounts are; found once, beside the loop that answers others."""
    return await repo.remembered_alone("survey", day, lambda: _survey(repo, day))


async def _survey(repo: Repositories, day: date) -> Survey:
    pins, conditions = await load_deciding(*repo.at)
    accounts = await load_accounts(*repo.at) if pins or conditions else []
    return await asyncio.to_thread(survey, accounts, pins, conditions, repo.settings.currency, day)


async def _open_shares(repo: Repositories, day: date, within: frozenset[TerritoryId] | None = None) -> list[Any]:
    """All shares of open deals, or those in some territories."""
    share = repo.snapshot.source(ledger.OpenShare)
    query = select(share.c.deal_id, share.c.person_id, share.c.territory_id, share.c.amount, share.c.currency)
    query = query.where(*holding(share, day))
    if within is not None:
        query = query.where(share.c.territory_id.in_(sorted(within)))
    return [row async for row in in_portions(repo.connection, query)]


async def _deals(repo: Repositories, ids: Collection[DealId]) -> dict[DealId, _Deal]:
    """Accounts and owners of deals. By their ids: joined to open shares, SQLite would rather look through all deals."""
    version = repo.snapshot.source(crm.DealVersion)
    query = select(version.c.id, version.c.account_id, version.c.owner_id)
    found: dict[DealId, _Deal] = {}
    for some in stretches(sorted(ids)):
        rows = await repo.connection.execute(query.where(version.c.id.in_(some)))
        found |= {number: _Deal(account, owner) for number, account, owner in rows}
    return found


class _Money:
    """Open amounts in the workspace's currency; `unrated` counts those in a currency without a rate."""

    def __init__(self, exchange: Exchange, day: date) -> None:
        self._exchange, self.day = exchange, day
        self.unrated = 0

    def base(self, amount: int, currency: str) -> int | None:
        try:
            return self._exchange.convert(amount, currency, self._exchange.latest(currency, self.day))
        except MissingRate:
            return None


def _parts(shares: Iterable[Any], deals: Mapping[DealId, _Deal], money: _Money) -> Iterator[OpenPart]:
    """What is open of each account, for each person and territory that it counts for; converted as one."""
    sums: dict[tuple[AccountId | None, PersonId | None, TerritoryId | None, str], tuple[int, int]] = {}
    for deal, person, territory, amount, currency in shares:
        account = deals[deal].account if deal in deals else None
        key = account, person, territory, currency
        so_far, count = sums.get(key, (0, 0))
        sums[key] = so_far + (amount or 0), count + 1
    for (account, person, territory, currency), (amount, count) in sums.items():
        base = money.base(amount, currency)
        if base is None:
            money.unrated += count
        else:
            yield OpenPart(account, Part(person, territory, base, count))


def _differing(shares: Iterable[Any], deals: Mapping[DealId, _Deal], lines: Lines, money: _Money) -> Iterator[OpenDeal]:
    """Deals whose owner is not among those who hold, on the day, the territory that the deal counts in."""
    holders: dict[TerritoryId, tuple[PersonId, ...]] = {}
    sums: dict[tuple[DealId, TerritoryId, str], int] = {}
    for deal, _, territory, amount, currency in shares:
        owner = deals[deal].owner if deal in deals else None
        if territory is None or owner is None:
            continue
        if territory not in holders:
            holders[territory] = lines.holders_on(territory, money.day)
        if owner not in holders[territory]:
            sums[deal, territory, currency] = sums.get((deal, territory, currency), 0) + (amount or 0)
    for (deal, territory, currency), amount in sums.items():
        known = deals[deal]
        assert known.owner is not None
        yield OpenDeal(deal, known.account, known.owner, territory, money.base(amount, currency) or 0)


async def overruled(repo: Repositories) -> list[Finding]:
    """Decisions where the last import said otherwise; these may be let go at any time, so that they are not remembered."""
    found = [one for what in What for one in await decided(repo.connection, repo.workspace_id, what)]
    return [_decision(one, repo) for one in found if one.said is not None]


def _decision(one: Decision, repo: Repositories) -> Finding:
    """What a decision is about, as far as Turf still knows it."""
    said_on = one.said_at.astimezone(ZoneInfo(repo.settings.timezone)).date() if one.said_at else None
    made = Finding(FindingKind.CRM, overruled=Overruled(one.what.value, one.key, one.said or "", said_on))
    first, _, rest = one.key.partition(":")
    match one.what:
        case What.PIN:
            return replace(made, account=int(first))
        case What.DEAL_OWNER:
            return replace(made, deal=int(first))
        case What.ROLE:
            return replace(made, person=int(first))
        case What.ASSIGNMENT:
            return replace(made, territories=_known(first, repo), person=int(rest.partition(":")[0]))
        case What.RULE:
            return replace(made, territories=_known(first, repo), rule=rest.rpartition(":")[0])
        case What.TARGET:
            return made


def _known(territory: str, repo: Repositories) -> tuple[TerritoryId, ...]:
    return (int(territory),) if int(territory) in repo.company.territories else ()


async def why(repo: Repositories, account: Account, line: Mapping[AccountId, Account], day: date) -> Why:
    """Why an account is where it is; `line` as `line_of_account` finds it. Raises DataError for an unreadable rule."""
    pins = by_account(await load_pins(*repo.at, line))
    rules = await repo.remembered("rules", lambda: _rules(repo))
    return explain(account, {one.id: one.parent for one in line.values()}, pins, rules, day)


async def _rules(repo: Repositories) -> Rules:
    return Rules(compile_rules(await load_conditions(*repo.at), repo.settings.currency))


async def line_of_account(repo: Repositories, account: AccountId) -> dict[AccountId, Account]:
    """An account and those above it: all that decides where it is, but for pins and rules."""
    line: dict[AccountId, Account] = {}
    at: AccountId | None = account
    while at is not None and at not in line:
        found = await load_accounts(*repo.at, only=[at])
        line |= {one.id: one for one in found}
        # An account whose parent was removed ends the way up.
        at = found[0].parent if found else None
    return line


async def account_facts_of(repo: Repositories, ids: Collection[AccountId]) -> Mapping[AccountId, Account]:
    """What rules look at of a few accounts."""
    return {one.id: one for one in await load_accounts(*repo.at, only=ids)} if ids else {}


async def account_with_key(repo: Repositories, key: str) -> tuple[AccountId, Named] | None:
    """The account with exactly this key, unless it was removed."""
    account = repo.snapshot.source(crm.Account)
    found = (await repo.connection.execute(select(account.c.id).where(account.c.key == key))).scalar_one_or_none()
    called = await accounts_called(repo, [found]) if found is not None else {}
    return next(iter(called.items()), None)


async def all_accounts(repo: Repositories) -> Mapping[AccountId, Named]:
    """All accounts by id: many."""
    return await _names(repo, crm.Account, crm.AccountVersion, None)


async def accounts_called(repo: Repositories, ids: Collection[AccountId]) -> Mapping[AccountId, Named]:
    """Some accounts by id."""
    return await _names(repo, crm.Account, crm.AccountVersion, ids)


async def deals_called(repo: Repositories, ids: Collection[DealId]) -> Mapping[DealId, Named]:
    """Some deals by id; one without a name goes by its key."""
    return await _names(repo, crm.Deal, crm.DealVersion, ids)


async def _names(repo: Repositories, identity: Any, version: Any, ids: Collection[int] | None) -> dict[int, Named]:
    keyed, named = repo.snapshot.source(identity), repo.snapshot.source(version)
    joined = keyed.join(named, named.c.id == keyed.c.id)
    query = select(keyed.c.id, keyed.c.key, named.c.name).select_from(joined)
    found: dict[int, Named] = {}
    for part in [None] if ids is None else stretches(sorted(ids)):
        asked = query if part is None else query.where(keyed.c.id.in_(part))
        found |= {row.id: Named(row.key, row.name or row.key) async for row in in_portions(repo.connection, asked)}
    return found
