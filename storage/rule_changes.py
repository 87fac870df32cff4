"""Which accounts are elsewhere once rules are changed."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from domain.company import TerritoryId
from domain.holdings import AccountId, Condition, resolve
from domain.requests.writes import Rows
from storage.account_facts import holdings
from storage.credit.accounts import load_accounts, load_deciding
from storage.store import Repositories


class Elsewhere(NamedTuple):
    """The territory of an account before and after; None for none."""

    before: TerritoryId | None
    after: TerritoryId | None


async def moved_by_rules(repo: Repositories, rules: Rows[Condition], day: date) -> Mapping[AccountId, Elsewhere]:
    """The accounts that are in another territory on `day` once these rows of rules are written.

    All accounts are looked at, beside the loop that answers others. Raises DataError for a rule that cannot be read.
    """
    before = await holdings(repo)
    pins, conditions = await load_deciding(*repo.at)
    accounts = await load_accounts(*repo.at)
    ended = {row.before for row in rules if row.before is not None}
    written = [one for one in conditions if one not in ended] + [row.after for row in rules if row.after is not None]

    def compare() -> dict[AccountId, Elsewhere]:
        after = resolve(accounts, pins, written, repo.settings.currency)
        found = {}
        for account in accounts:
            was, now = (line[account.id].at(day).territory if account.id in line else None for line in (before, after))
            if was != now:
                found[account.id] = Elsewhere(was, now)
        return found

    return await asyncio.to_thread(compare)
