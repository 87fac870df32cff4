"""What a card adds up, by metric: credit from the ledger, new customers by their share of it, meetings by who held them."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from domain.company import WHOLE, Metric, TerritoryId
from domain.credit import CreditContext, Deal, Kind, attribute
from domain.holdings import AccountId
from storage import counts, ledger
from storage.counts import CountLine, CountTotal
from storage.credit.accounts import load_holdings
from storage.ledger import CreditSum, Scope
from storage.store import Repositories


async def credited(
    repo: Repositories, metric: Metric, scope: Scope, cuts: Sequence[date], *, located: bool = False
) -> list[CreditSum]:
    """Sums by person, territory and stretch of days: minor units of revenue, millionths of anything else.

    Meetings of named people have a territory only if they are to be `located`, which takes a while.
    """
    match metric:
        case Metric.REVENUE:
            return await ledger.credited(*repo.at, scope, cuts)
        case Metric.NEW_CUSTOMERS:
            return await counts.new_customers(*repo.at, scope, cuts, months=repo.settings.new_customer_months)
        case Metric.MEETINGS:
            return await _meetings(repo, scope, cuts, located=located or scope.people is None)


async def total(repo: Repositories, metric: Metric, scopes: Sequence[Scope], kinds: Sequence[Kind]) -> CountTotal:
    """Over the union of the scopes; `kinds` are of revenue."""
    match metric:
        case Metric.REVENUE:
            found = await ledger.credit_total(*repo.at, scopes, kinds=kinds)
            return CountTotal(sum(one.base for one in found), sum(one.lines for one in found))
        case Metric.NEW_CUSTOMERS:
            return await counts.new_customer_total(*repo.at, scopes, months=repo.settings.new_customer_months)
        case Metric.MEETINGS if _by_territory(scopes):
            lines = await _meetings_in(repo, scopes)
            return CountTotal(len(lines) * WHOLE, len(lines))
        case Metric.MEETINGS:
            return await counts.meeting_total(*repo.at, [(scope.span, scope.people) for scope in scopes])


async def lines(
    repo: Repositories, metric: Metric, scopes: Sequence[Scope], *, limit: int, offset: int
) -> Sequence[CountLine]:
    """What a count is the sum of, newest first."""
    if metric is Metric.NEW_CUSTOMERS:
        months = repo.settings.new_customer_months
        return await counts.new_customer_lines(*repo.at, scopes, months=months, limit=limit, offset=offset)
    if _by_territory(scopes):
        return (await _meetings_in(repo, scopes))[offset:][:limit]
    days = [(scope.span, scope.people) for scope in scopes]
    return await counts.meeting_lines(*repo.at, days, limit=limit, offset=offset)


async def _meetings(repo: Repositories, scope: Scope, cuts: Sequence[date], *, located: bool) -> list[CreditSum]:
    """A person's meetings are theirs wherever they were."""
    found = await counts.meetings(*repo.at, scope.span, scope.people)
    where = await _Where.of(repo) if located else None
    sums: Counter[tuple[int, TerritoryId | None, int]] = Counter()
    for row in found:
        territory = where.is_in(row.person, row.account_id, row.territory, row.on_day) if where else None
        if scope.territories is None or territory in scope.territories:
            sums[row.person, territory, sum(cut <= row.on_day for cut in cuts)] += row.meetings
    in_order = sorted(sums.items(), key=lambda one: (one[0][0], one[0][1] or 0, one[0][2]))
    return [CreditSum(*key, Kind.REVENUE, count * WHOLE) for key, count in in_order]


def _by_territory(scopes: Sequence[Scope]) -> bool:
    return any(scope.territories is not None for scope in scopes)


async def _meetings_in(repo: Repositories, scopes: Sequence[Scope]) -> list[CountLine]:
    """All meetings in the territories of the scopes."""
    where = await _Where.of(repo)
    found = await counts.meeting_lines(*repo.at, [(scope.span, scope.people) for scope in scopes])
    inside = {territory for scope in scopes for territory in scope.territories or ()}
    return [
        line
        for line in found
        if line.person is not None and where.is_in(line.person, line.account_id, line.territory, line.on_day) in inside
    ]


class _Where:
    """In which territory a meeting was, by the rule for deals: its deal's, else its account's, else its person's only one."""

    def __init__(self, context: CreditContext) -> None:
        self._context = context

    @classmethod
    async def of(cls, repo: Repositories) -> "_Where":
        async def read() -> CreditContext:
            accounts = await load_holdings(*repo.at, repo.settings.currency)
            return CreditContext(repo.company, accounts)

        return cls(await repo.remembered("who holds what", read))

    def is_in(
        self, person: int, account: AccountId | None, territory: TerritoryId | None, day: date
    ) -> TerritoryId | None:
        return attribute(Deal(person, territory, account, day), self._context).territory
