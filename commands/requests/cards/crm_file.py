"""What a request changed, as a file for the CRM's loader: each account with its owner and territory from the day on."""

from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import aclosing
from io import BytesIO

from commands.requests.cards.about import About
from domain.company import TerritoryId
from domain.holdings import AccountId
from domain.requests.concerned import territories_of
from domain.requests.model import ChangeRep, Cover
from storage.account_facts import accounts_by_territory
from storage.division import accounts_called
from storage.export_files import write_export
from storage.exporting import Cell, Sheet
from storage.kinds import Column, Type
from storage.store import Repositories

COLUMNS = (
    Column("account"),
    Column("name"),
    Column("owner"),
    Column("owner_email"),
    Column("territory"),
    Column("from", Type.DATE),
    Column("request"),
)


async def written(repo: Repositories, about: About) -> tuple[bytes, int]:
    """The file, and how many accounts are in it."""
    rows = [row async for row in _rows(repo, about)]

    async def batches() -> AsyncGenerator[list[tuple[Cell, ...]], None]:
        yield rows

    made = BytesIO()
    async with aclosing(batches()) as found:
        await write_export(Sheet("accounts", COLUMNS, found), "csv", made)
    return made.getvalue(), len(rows)


async def _rows(repo: Repositories, about: About) -> AsyncGenerator[tuple[Cell, ...], None]:
    where = await _changed(repo, about)
    day, company, lines = about.request.effective_on, repo.company, repo.model.lines
    called = await accounts_called(repo, where)
    for account in sorted(where, key=lambda one: called[one].key):
        territory = where[account]
        holders = lines.holders_on(territory, day) if territory is not None else ()
        owner = company.people[holders[0]] if holders else None
        yield (
            called[account].key,
            called[account].name,
            owner.key if owner else None,
            owner.email if owner else None,
            company.territories[territory].key if territory is not None else None,
            day,
            str(about.request.id),
        )


async def _changed(repo: Repositories, about: About) -> Mapping[AccountId, TerritoryId | None]:
    """The territory of each account that has another one, or another holder, by this."""
    day = about.request.effective_on
    now = _each(await accounts_by_territory(repo, day))
    if isinstance(about.change, ChangeRep | Cover):
        return {one: territory for one, territory in now.items() if territory in _own(about)}
    assert about.request.written_rev is not None
    before = _each(await accounts_by_territory(await repo.earlier(about.request.written_rev - 1), day))
    return {one: territory for one, territory in now.items() if before.get(one) != territory}


def _own(about: About) -> Collection[TerritoryId]:
    credited = isinstance(about.change, ChangeRep) or (isinstance(about.change, Cover) and about.change.credited)
    return territories_of(about.change) if credited else ()


def _each(found: Mapping[TerritoryId | None, frozenset[AccountId]]) -> dict[AccountId, TerritoryId | None]:
    return {account: territory for territory, accounts in found.items() for account in accounts}
