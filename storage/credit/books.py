"""What the ledger and the open pipeline should hold for one deal, and how that differs from what they hold."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from domain.company import PersonId, Span
from domain.credit import (
    NOT_FROZEN,
    Attribution,
    CreditContext,
    Deal,
    Frozen,
    Kind,
    Share,
    attribute,
    attribute_open,
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
    *("expected_close_on", "stage", "forecast_category", "probability", "from_on", "to_on"),
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
        """Who gets a deal's credit; `otherwise` is the day of one that is not closed."""
        closed_on = None if deal.status == OPEN else deal.closed_on
        facts = _facts(deal, splits, closed_on or otherwise or self._today)
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

    def open_shares(self, deal: DealRow, splits: Splits, reverses: Attribution | None) -> list[OpenFields]:
        """The parts of an open deal for each stretch of days that may be today; without an amount they have none."""
        facts = _facts(deal, splits, deal.expected_close_on or date.min)
        held: list[tuple[Span, list[OpenFields]]] = []
        for days, attribution in attribute_open(facts, self._context, reverses):
            parts = list(_open_parts(deal, attribution))
            start = held.pop()[0].start if held and held[-1][1] == parts else days.start
            held.append((Span(start, days.end), parts))
        return [(*part, days.start, days.end) for days, parts in held for part in parts]

    def _convert(self, deal: DealRow, amount: int, day: date) -> tuple[int, Quote]:
        try:
            return self._exchange.to_base(amount, deal.currency, day)
        except MissingRate:
            # A lost deal counts in win rates by number even where its value cannot be known.
            if deal.status == LOST:
                return 0, Quote(deal.currency, 0)
            raise


def _facts(deal: DealRow, splits: Splits, day: date) -> Deal:
    return Deal(deal.owner, deal.territory, deal.account, day, splits.revenue, splits.overlay)


def _open_parts(deal: DealRow, attribution: Attribution) -> Iterator[OpenFields]:
    parts = attribution.parts
    amounts = [None] * len(parts) if deal.amount is None else share_out(deal.amount, parts)
    rest = deal.currency, deal.expected_close_on, deal.stage, deal.forecast_category, deal.probability
    for part, amount in zip(parts, amounts, strict=True):
        yield part.person, attribution.territory, part.share, amount, *rest


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
