"""Reads how accounts are divided up: where each is and why, what is open there, and what stands against it."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Row, and_, func, null, or_, select

from domain.company import AssignmentRole, TerritoryId
from domain.exchange import Exchange, MissingRate
from domain.holdings import Account, AccountId, Rules, by_account, compile_rules
from domain.territories.health import DealId, Finding, FindingKind, OpenDeal, OpenPart, Overruled, Part, findings
from domain.territories.survey import Survey, survey
from domain.territories.why import Why, explain
from storage.credit.accounts import load_accounts, load_conditions, load_deciding, load_pins
from storage.decisions import Decision, What, decided
from storage.pipeline import holding
from storage.store import Repositories
from storage.tables import crm, ledger, people, territories

AT_ONCE = 500
"""So many ids are named in one query, and so many rows are read before others are served."""


class Health(NamedTuple):
    """What is wrong with territories on a day, whoever may see it.

    `ruled`: whether there is any pin or rule; `unrated`: shares of open deals in a currency without a rate, which count as nothing.
    """

    findings: list[Finding]
    ruled: bool
    unrated: int


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
    pins, conditions = await load_deciding(*repo.at)
    accounts = await load_accounts(*repo.at) if pins or conditions else []
    open_rows, deal_rows = await _open_by_account(repo, day), await _owned_by_others(repo, day)
    exchange = Exchange(repo.settings, repo.company.rates)
    unrated = 0

    def found() -> list[Finding]:
        nonlocal unrated
        seen = survey(accounts, pins, conditions, repo.settings.currency, day)
        parts = [_part(row, exchange, day) for row in open_rows]
        unrated = sum(row.deals for row, part in zip(open_rows, parts, strict=True) if part is None)
        deals = [_deal(row, exchange, day) for row in deal_rows]
        return findings(repo.company, repo.model.lines, seen, filter(None, parts), deals, day)

    return Health(await asyncio.to_thread(found), bool(pins or conditions), unrated)


async def health_of(repo: Repositories, within: frozenset[TerritoryId], day: date) -> list[Finding]:
    """What is wrong on `day` with some territories: the same findings as `health` has of them, of fewer open deals.

    No account's findings say what is open of it. Raises DataError for an unreadable rule.
    """
    seen = await repo.remembered(("survey", day), lambda: _survey(repo, day))
    exchange = Exchange(repo.settings, repo.company.rates)
    parts = [_part(row, exchange, day) for row in await _open_in(repo, within, day)]
    deals = [_deal(row, exchange, day) for row in await _owned_by_others(repo, day, within)]
    found = await asyncio.to_thread(
        findings, repo.company, repo.model.lines, seen, [part for part in parts if part], deals, day
    )
    return [one for one in found if not within.isdisjoint(one.territories)]


async def _survey(repo: Repositories, day: date) -> Survey:
    pins, conditions = await load_deciding(*repo.at)
    accounts = await load_accounts(*repo.at) if pins or conditions else []
    return await asyncio.to_thread(survey, accounts, pins, conditions, repo.settings.currency, day)


async def _open_in(repo: Repositories, within: frozenset[TerritoryId], day: date) -> list[Row[Any]]:
    """What is open in some territories, for each person, whichever account it is of."""
    share = repo.snapshot.source(ledger.OpenShare)
    whose = share.c.person_id, share.c.territory_id, share.c.currency
    amount = func.coalesce(func.sum(share.c.amount), 0).label("amount")
    query = select(null().label("account_id"), *whose, amount, func.count().label("deals"))
    here = *holding(share, day), share.c.territory_id.in_(sorted(within))
    return [*await repo.connection.execute(query.where(*here).group_by(*whose))]


async def _open_by_account(repo: Repositories, day: date) -> list[Row[Any]]:
    """What is open of each account, for each person and territory that it counts for."""
    share, deal = repo.snapshot.source(ledger.OpenShare), repo.snapshot.source(crm.DealVersion)
    joined = share.join(deal, deal.c.id == share.c.deal_id)
    whose = deal.c.account_id, share.c.person_id, share.c.territory_id, share.c.currency
    amount = func.coalesce(func.sum(share.c.amount), 0).label("amount")
    query = select(*whose, amount, func.count().label("deals")).select_from(joined)
    return [*await repo.connection.execute(query.where(*holding(share, day)).group_by(*whose))]


def _part(row: Row[Any], exchange: Exchange, day: date) -> OpenPart | None:
    try:
        amount = exchange.convert(int(row.amount), row.currency, exchange.latest(row.currency, day))
    except MissingRate:
        return None
    return OpenPart(row.account_id, Part(row.person_id, row.territory_id, amount, row.deals))


async def _owned_by_others(
    repo: Repositories, day: date, within: frozenset[TerritoryId] | None = None
) -> list[Row[Any]]:
    """Open deals whose owner does not hold the territory that they count in, or has left: of all or of some territories."""
    share, deal = repo.snapshot.source(ledger.OpenShare), repo.snapshot.source(crm.DealVersion)
    held, person = repo.snapshot.source(territories.Assignment), repo.snapshot.source(people.PersonVersion)
    same = (held.c.territory_id == share.c.territory_id) & (held.c.person_id == deal.c.owner_id)
    on_day = and_(held.c.role == AssignmentRole.PRIMARY.value, held.c.from_on <= day, held.c.to_on > day)
    joined = (
        share.join(deal, deal.c.id == share.c.deal_id)
        .outerjoin(held, and_(same, on_day))
        .join(person, person.c.id == deal.c.owner_id)
    )
    amount = func.coalesce(func.sum(share.c.amount), 0).label("amount")
    which = share.c.deal_id, deal.c.account_id, deal.c.owner_id, share.c.territory_id, share.c.currency
    query = select(*which, amount).select_from(joined).where(*holding(share, day), share.c.territory_id.is_not(None))
    query = query.where(or_(held.c.person_id.is_(None), person.c.left_on < day))
    if within is not None:
        query = query.where(share.c.territory_id.in_(sorted(within)))
    return [*await repo.connection.execute(query.group_by(*which))]


def _deal(row: Row[Any], exchange: Exchange, day: date) -> OpenDeal:
    try:
        amount = exchange.convert(int(row.amount), row.currency, exchange.latest(row.currency, day))
    except MissingRate:
        amount = 0
    return OpenDeal(row.deal_id, row.account_id, row.owner_id, row.territory_id, amount)


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
    for part in [None] if ids is None else _batches(sorted(ids)):
        asked = query if part is None else query.where(keyed.c.id.in_(part))
        async with repo.connection.stream(asked.execution_options(yield_per=AT_ONCE)) as result:
            async for rows in result.partitions():
                found |= {row.id: Named(row.key, row.name or row.key) for row in rows}
    return found


def _batches(ids: list[int]) -> Iterator[list[int]]:
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))
