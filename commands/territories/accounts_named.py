"""Which account someone means: by its key, its name, or a part of it."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commands.kit.names import OFFERED, begins, comparable, nearest
from domain.errors import Ambiguous, NotFound, UsageError
from domain.holdings import AccountId
from storage.division import Named, account_with_key, all_accounts
from storage.store import Repositories
from templates import NAME, visible
from templates import name as shown


@dataclass(frozen=True, slots=True)
class Index:
    """All accounts with their names and keys as they are compared."""

    accounts: Mapping[AccountId, Named]
    names: Mapping[AccountId, str]
    keys: Mapping[str, AccountId]

    @classmethod
    def of(cls, accounts: Mapping[AccountId, Named]) -> "Index":
        names = {one: comparable(account.name) for one, account in accounts.items()}
        return cls(accounts, names, {comparable(account.key): one for one, account in accounts.items()})


async def account_named(repo: Repositories, words: str) -> tuple[AccountId, Named]:
    """The account that was meant. Raises UsageError for nothing, NotFound or Ambiguous with the names that would work."""
    asked = words.strip()
    if not asked:
        raise UsageError("Name an account, or a part of its name.")
    found = await account_with_key(repo, asked)
    if found is not None:
        return found
    accounts = await repo.remembered_alone("accounts by name", None, lambda: _index(repo))
    # Of many accounts this takes a moment, in which others are answered.
    return await asyncio.to_thread(_find, asked, accounts)


async def _index(repo: Repositories) -> Index:
    return await asyncio.to_thread(Index.of, await all_accounts(repo))


def _find(asked: str, index: Index) -> tuple[AccountId, Named]:
    name = comparable(asked)
    if name in index.keys:
        return index.keys[name], index.accounts[index.keys[name]]
    found = [one for one, known in index.names.items() if known == name]
    found = found or [one for one, known in index.names.items() if begins(name.split(), known.split())]
    if len(found) == 1:
        return found[0], index.accounts[found[0]]
    if found:
        some = sorted(found, key=lambda one: (len(index.names[one]), index.names[one], one))[:OFFERED]
        more = " These are the first; type more of the name for the others." if len(found) > OFFERED else ""
        several = f"'{shown(asked)}' fits {len(found)} accounts. Which one do you mean?{more}"
        raise Ambiguous(several, _typed(some, index), asked=asked)
    near = _typed(nearest(name, index.names)[:OFFERED], index)
    hint = f"Did you mean {shown(near[0])}?" if near else "Type its name, a part of it, or its key in the CRM."
    raise NotFound(f"I don't know an account called '{shown(asked)}'. {hint}", near, asked=asked)


def _typed(accounts: Sequence[AccountId], index: Index) -> list[str]:
    """What leads to each: its name, or the key where others have that name too or it can't be typed."""
    alike = Counter(index.names.values())
    named = [(index.accounts[one], index.names[one]) for one in accounts]
    return [
        visible(account.name).strip() if alike[name] == 1 and 0 < len(name) <= NAME else account.key
        for account, name in named
    ]
