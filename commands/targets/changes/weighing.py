"""What open amounts are worth in one state, as its cards have it: at the latest rate, by the chance of their stage."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from commands.kit.names import Subject
from commands.targets.pipeline import stage_rates
from commands.targets.service import Sight, whose_open
from domain.exchange import MissingRate, Quote
from domain.forecast import OpenDeal, StageRates
from domain.money import apply_share
from domain.open_changes import Weigh
from domain.periods import Period
from storage import ledger
from storage.bridges import Group, Open
from storage.store import Repositories


@dataclass(frozen=True, slots=True)
class Weighing:
    """A state's rates and chances, and which open deals count in the subject's forecast."""

    repo: Repositories
    open: Open
    chances: StageRates
    _quotes: dict[str, Quote | None] = field(default_factory=dict)
    _shares: dict[tuple[str | None, int | None], int] = field(default_factory=dict)
    """What was looked up before: many thousand deals have few currencies and stages."""

    def quote(self, currency: str) -> Quote | None:
        """None for a currency that cannot be converted."""
        if currency not in self._quotes:
            try:
                self._quotes[currency] = self.repo.model.exchange.latest(currency, self.open.today)
            except MissingRate:
                self._quotes[currency] = None
        return self._quotes[currency]

    def rate(self, currency: str) -> int | None:
        quote = self.quote(currency)
        return None if quote is None else quote.e12

    def chance(self, stage: str | None, probability: int | None) -> int:
        """In millionths."""
        key = stage, probability
        if key not in self._shares:
            self._shares[key] = self.chances.chance(OpenDeal(0, None, stage, probability)).share
        return self._shares[key]

    def factors(self, group: Group) -> tuple[int | None, int]:
        """The rate and the chance by which a group is worth what it is."""
        return self.rate(group.currency), self.chance(group.stage, group.probability)

    def of(self, group: Group) -> Weigh:
        """What a sum of the group is worth: converted and weighed as `commands.targets.pipeline` does; 0 if it cannot be."""
        quote, chance = self.quote(group.currency), self.chance(group.stage, group.probability)
        if quote is None:
            return lambda _: 0
        exchange = self.repo.model.exchange
        return lambda minor: apply_share(exchange.convert(minor, group.currency, quote), chance)

    def base(self, minor: int | None, currency: str) -> int | None:
        """An amount in the workspace's currency, None if there is none or it cannot be converted."""
        quote = self.quote(currency)
        if quote is None or minor is None:
            return None
        return self.repo.model.exchange.convert(minor, currency, quote)

    async def sums(self) -> dict[Group, int]:
        """The open amount of each group."""
        at = self.open
        rows: Sequence[ledger.OpenSum] = await ledger.open_sums(
            *self.repo.at, at.whose, today=at.today, since=at.since, until=at.until, in_period=True
        )
        return {
            Group(
                row.person,
                row.territory,
                row.currency,
                row.stage,
                row.forecast_category,
                row.probability,
                row.month,
            ): row.amount
            for row in rows
        }


async def weighing(repo: Repositories, subject: Subject, period: Period, sight: Sight, today: date) -> Weighing:
    whose = whose_open(repo, subject, period, today, sight)
    state = Open(repo.snapshot, whose, today, max(today, period.start), period.end)
    return Weighing(repo, state, await stage_rates(repo, today))
