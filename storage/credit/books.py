"""What the ledger and the open pipeline should hold for one deal, and how that differs from what they hold."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from domain.company import PersonId
from domain.credit import (
    NOT_FROZEN,
    Attribution,
    CreditContext,
    Deal,
    Frozen,
    Kind,
    Share,
    attribute,
    share_out,
)
from domain.exchange import Exchange, MissingRate, Quote

WON, LOST, OPEN = "won", "lost", "open"
KIND_OF_LOST = Kind.LOST.value

CreditFields: TypeAlias = tuple[Any, ...]
"""A row of the ledger from `kind` to `because`, in the order of CREDIT_FIELDS."""
OpenFields: TypeAlias = tuple[Any, ...]

CREDIT_FIELDS = (
    *("kind", "person_id", "territory_id", "owner_id", "on_day", "share", "amount", "currency"),
    *("base", "rate_e12", "rate_period", "because"),
)
OPEN_FIELDS = (
    *("person_id", "territory_id", "share", "amount", "currency"),
    *("expected_close_on", "stage", "forecast_category", "probability"),
)
KIND, TERRITORY, OWNER, ON_DAY, SHARE, AMOUNT, BASE = (
    CREDIT_FIELDS.index(name) for name in ("kind", "territory_id", "owner_id", "on_day", "share", "amount", "base")
)


class DealRow(NamedTuple):
    """A deal as the pass reads it."""

    id: int
    owner: PersonId | None
    account: int | None
    territory: int | None
    amount: int | None
    currency: str
    status: str
    type: str | None
    stage: str | None
    forecast_category: str | None
    expected_close_on: date | None
    closed_on: date | None
    probability: int | None
    reverses: int | None


class Splits(NamedTuple):
    revenue: list[Share]
    overlay: list[Share]


class Live(NamedTuple):
    """A row of the ledger that nothing has reversed."""

    id: int
    fields: CreditFields


NO_SPLITS = Splits([], [])


class Books:
    """The rules of credit, bound to one company."""

    def __init__(self, context: CreditContext, exchange: Exchange, today: date) -> None:
        self._context = context
        self._exchange = exchange
        self._today = today

    def attribute(
        self,
        deal: DealRow,
        splits: Splits,
        frozen: Frozen,
        reverses: Attribution | None,
        *,
        otherwise: date | None = None,
    ) -> Attribution:
        """Who gets a deal's credit. An open one counts as closing when it is expected to, but not before today.

        `otherwise` is the day of a deal that has none.
        """
        if deal.status == OPEN:
            day = max(deal.expected_close_on or self._today, self._today)
        else:
            day = deal.closed_on or otherwise or self._today
        facts = Deal(deal.owner, deal.territory, deal.account, day, splits.revenue, splits.overlay)
        return attribute(facts, self._context, frozen, reverses)

    def credits(self, deal: DealRow, attribution: Attribution) -> list[CreditFields]:
        """The rows of a closed deal. Raises MissingRate for a won one that cannot be converted."""
        day = deal.closed_on or self._today
        amount = deal.amount or 0
        base, quote = self._convert(deal, amount, day)
        lost = deal.status == LOST
        owner, territory, parts = attribution
        if lost:
            parts = tuple(part for part in parts if part.kind is Kind.REVENUE)
        return [
            (
                *(KIND_OF_LOST if lost else part.kind.value, part.person, territory, owner, day, part.share),
                *(part_amount, deal.currency, part_base, quote.e12, quote.period, part.because.value),
            )
            for part, part_amount, part_base in zip(
                parts, share_out(amount, parts), share_out(base, parts), strict=True
            )
        ]

    def open_shares(self, deal: DealRow, attribution: Attribution) -> list[OpenFields]:
        """The parts of an open deal; without an amount they have none."""
        parts = [part for part in attribution.parts if part.kind is Kind.REVENUE]
        amounts = [None] * len(parts) if deal.amount is None else share_out(deal.amount, parts)
        rest = deal.currency, deal.expected_close_on, deal.stage, deal.forecast_category, deal.probability
        return [
            (part.person, attribution.territory, part.share, amount, *rest)
            for part, amount in zip(parts, amounts, strict=True)
        ]

    def _convert(self, deal: DealRow, amount: int, day: date) -> tuple[int, Quote]:
        try:
            return self._exchange.to_base(amount, deal.currency, day)
        except MissingRate:
            # A lost deal counts in win rates by number even where its value cannot be known.
            if deal.status == LOST:
                return 0, Quote(deal.currency, 0)
            raise


def frozen_by(live: Iterable[Live]) -> Frozen:
    """Owner and territory that were frozen when a deal was first seen won; the ledger keeps them."""
    for row in live:
        if row.fields[KIND] != KIND_OF_LOST:
            return Frozen(row.fields[OWNER], row.fields[TERRITORY])
    return NOT_FROZEN


def difference(live: Sequence[Live], wanted: Sequence[CreditFields]) -> tuple[list[Live], list[CreditFields]]:
    """The rows to take back, and those to write instead."""
    missing = list(wanted)
    stale = []
    for row in live:
        if row.fields in missing:
            missing.remove(row.fields)
        else:
            stale.append(row)
    return stale, missing


def reversal(fields: CreditFields) -> CreditFields:
    """The same row with share and amounts negated."""
    negated = list(fields)
    for position in (SHARE, AMOUNT, BASE):
        negated[position] = -negated[position]
    return tuple(negated)
