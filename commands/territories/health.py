"""`/territory health`: what is wrong with territories, as far as it is for whoever asks, page by page."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from commands.territories.named import as_listed
from domain import policies
from domain.company import Company, Person, PersonId, TerritoryId
from domain.errors import UsageError
from domain.holdings import Account, AccountId
from domain.territories.health import DealId, Finding, FindingKind
from domain.territories.sight import Sight
from storage.division import Named, account_facts_of, accounts_called, deals_called, health, health_of, overruled
from storage.store import Repositories

SIZE = 8
"""So many findings stand on a page."""


@dataclass(frozen=True, slots=True)
class HealthPage:
    """Some of the findings of a kind (None: of all), with the names that they need.

    `facts` are of accounts in no territory, where they are shown; `holders` and `areas` (which have others below them) are of the territories of the page.
    `counts` are those of all kinds, `unrated` the shares of open deals without a rate, for who sees all figures.
    `amounts`: whether there are any that its reader may see; `decides`: whether they may change rules and pins by an import.
    """

    findings: tuple[Finding, ...]
    kind: FindingKind | None
    counts: Mapping[FindingKind, int]
    number: int
    amount: int
    accounts: Mapping[AccountId, Named]
    facts: Mapping[AccountId, Account]
    deals: Mapping[DealId, Named]
    company: Company
    holders: Mapping[TerritoryId, tuple[PersonId, ...]]
    areas: frozenset[TerritoryId]
    today: date
    ruled: bool
    unrated: int
    amounts: bool
    everything: bool
    decides: bool

    @property
    def total(self) -> int:
        return self.counts.get(self.kind, 0) if self.kind else sum(self.counts.values())

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // SIZE))


def kind_named(words: str) -> FindingKind | None:
    """The kind that was typed; None for nothing. Raises UsageError with those that there are."""
    asked = words.strip().casefold()
    if not asked:
        return None
    found = [kind for kind in FindingKind if asked in (kind.value, f"{kind.value}s", f"{kind.value}ies")]
    if not found:
        kinds = ", ".join(FindingKind)
        raise UsageError(f"'{' '.join(words.split())[:40]}' is no kind of finding. There are: {kinds}.")
    return found[0]


async def health_page(
    repo: Repositories, kind: FindingKind | None, *, by: Person, today: date, number: int = 0
) -> HealthPage:
    """What `by` may see of what is wrong today. Raises NotAllowed for who may not see names, DataError for an unreadable rule."""
    by = as_listed(repo, by)
    policies.require(policies.may_see_names(by, today))
    known = await health(repo, today)
    sight = Sight(by, repo.model.lines, today)
    every = [*known.findings, *await overruled(repo)]
    # Of very many findings this takes a moment, in which others are answered.
    seen = await asyncio.to_thread(sight.of, every)
    counts = Counter(one.kind for one in seen)
    shown = [one for one in seen if kind in (None, one.kind)]
    number = min(number, max(0, -(-len(shown) // SIZE) - 1))
    page = tuple(shown[number * SIZE : (number + 1) * SIZE])
    gaps = {one.account for one in page if one.account is not None and one.kind is FindingKind.GAP}
    return HealthPage(
        findings=page,
        kind=kind,
        counts=counts,
        number=number,
        amount=sum(one.amount for one in shown),
        accounts=await accounts_called(repo, {one.account for one in page if one.account is not None}),
        # Industry and place of an account are for those who sell.
        facts=await account_facts_of(repo, gaps) if sight.amounts else {},
        deals=await deals_called(repo, {one.deal for one in page if one.deal is not None}),
        company=repo.company,
        holders={where: repo.model.lines.holders_on(where, today) for one in page for where in one.territories},
        areas=frozenset(
            where for one in page for where in one.territories if repo.model.lines.child_territories(where)
        ),
        today=today,
        ruled=known.ruled,
        unrated=known.unrated if sight.everything else 0,
        amounts=sight.amounts,
        everything=sight.everything,
        decides=bool(policies.may_import(by, today)),
    )


async def findings_about(
    repo: Repositories, territories: set[TerritoryId], *, by: Person, today: date
) -> Mapping[FindingKind, int]:
    """How many findings of each kind that `by` may see are about one of the territories, the worst kind first."""
    seen = Sight(by, repo.model.lines, today).of(await health_of(repo, frozenset(territories), today))
    counts = Counter(one.kind for one in seen)
    return {kind: counts[kind] for kind in FindingKind if counts[kind]}
