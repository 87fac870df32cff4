"""`/territory find`: where an account is, who holds that territory, and why it is there and not elsewhere."""

from dataclasses import dataclass
from datetime import date

from commands.territories.accounts_named import account_named
from commands.territories.card import Holder, holders
from commands.territories.named import as_listed
from domain import policies
from domain.company import Person, Territory, TerritoryId
from domain.holdings import Account, AccountId
from domain.territories.why import Why
from storage.division import Named, accounts_called, line_of_account, why
from storage.store import Repositories


@dataclass(frozen=True, slots=True)
class Found:
    """An account on a day. `others` are the accounts above it that pins name; `facts`: what rules look at, if that is shown."""

    account: Named
    territory: Territory | None
    holders: tuple[Holder, ...]
    why: Why
    territories: dict[TerritoryId, Territory]
    others: dict[AccountId, Named]
    facts: Account | None
    today: date


async def find(repo: Repositories, words: str, *, by: Person, today: date) -> Found:
    """The account that `words` name. Raises NotAllowed for who may not see names, UsageError, NotFound, Ambiguous, DataError."""
    by = as_listed(repo, by)
    policies.require(policies.may_see_names(by, today))
    number, account = await account_named(repo, words)
    line = await line_of_account(repo, number)
    found = await why(repo, line[number], line, today)
    pinned = {claim.pinned for claim in found.claims if claim.pinned is not None} - {number}
    here = found.holding.territory
    return Found(
        account=account,
        territory=repo.company.territories[here] if here is not None else None,
        holders=tuple(holders(repo, here, today)) if here is not None else (),
        why=found,
        territories={claim.territory: repo.company.territories[claim.territory] for claim in found.claims},
        others=dict(await accounts_called(repo, pinned)),
        # Industry, size and place of an account are for those who sell.
        facts=line[number] if policies.may_see_figures(by, today) else None,
        today=today,
    )
