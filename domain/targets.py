"""Targets by month and day: spread, replaced by finer ones, converted, and carried by whoever held the territory.

A target is stored for a fiscal year, quarter or calendar month. It becomes month pieces (by its seasonal profile, else by
business days; largest remainder), a finer target replacing the months of a coarser one. A piece is cut at each change of
holder and of absence into parts that sum to it; absence relief and the ramp of a new hire reduce a part, and pass nothing
to anyone else. A part restricted to some of its days is rounded cumulatively, so that any partition of the days adds up.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from domain.calendar import BusinessCalendar
from domain.company import (
    WHOLE,
    Absence,
    Company,
    Metric,
    PersonId,
    Span,
    SubjectKind,
    Target,
    TerritoryId,
)
from domain.exchange import Exchange, Quote
from domain.lines import Lines
from domain.money import Money, allocate, apply_share, divide
from domain.periods import Period, parse_label

Row: TypeAlias = tuple[SubjectKind, int, Metric]
"""Whose target it is, and of what."""


@dataclass(frozen=True, slots=True)
class MonthPiece:
    """What a stored target asks for in one calendar month.

    `amount` is in the workspace's currency (in millionths of one for metrics that are no money). For a target in another
    currency `original` is the piece as it was set, and `quote` the rate used. `replaced` is the coarser target whose
    month this one took over.
    """

    month: Period
    amount: int
    source: Target
    replaced: Target | None = None
    original: Money | None = None
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class Amounts:
    """A target before and after relief and ramp: `effective` = `full` - `relief` - `ramp`."""

    full: int = 0
    relief: int = 0
    ramp: int = 0
    effective: int = 0


@dataclass(frozen=True, slots=True)
class TargetPart:
    """The part of a month piece that one person carries on the days of `span`, or nobody does (`person` is None).

    `days` are its business days, `share` the holder's share of the territory, `relieved` the share lifted by an absence,
    `ramped` the share that a new hire carries in that month; shares are in millionths. For a part that was restricted
    to fewer days, `origin` is the unrestricted one.
    """

    piece: MonthPiece
    person: PersonId | None
    span: Span
    days: int
    share: int
    relieved: int
    ramped: int
    amounts: Amounts
    origin: "TargetPart | None" = None

    @property
    def month(self) -> Period:
        return self.piece.month

    @property
    def kind(self) -> SubjectKind:
        """Whose row it comes from: a territory's, a person's own or a team's."""
        return self.piece.source.kind

    @property
    def subject(self) -> int:
        return self.piece.source.subject

    @property
    def is_unassigned(self) -> bool:
        """A territory's target on days without a primary."""
        return self.person is None and self.kind is SubjectKind.TERRITORY


class Basis(StrEnum):
    """What a person's target is made of."""

    NONE = "none"
    OWN = "own"
    TERRITORIES = "territories"
    BOTH = "both"
    """Own rows in some months, territories in the others."""


class _Raw(NamedTuple):
    month: Period
    amount: int
    source: Target
    replaced: Target | None


def total(parts: Iterable[TargetPart]) -> Amounts:
    """The sum of the parts; all zero without any."""
    full = relief = ramp = effective = 0
    for part in parts:
        amounts = part.amounts
        full += amounts.full
        relief += amounts.relief
        ramp += amounts.ramp
        effective += amounts.effective
    return Amounts(full, relief, ramp, effective)


def basis(parts: Iterable[TargetPart]) -> Basis:
    """Whether a person's parts come from their own rows or from territories: what a card has to name."""
    kinds = {part.kind for part in parts}
    if len(kinds) > 1:
        return Basis.BOTH
    if not kinds:
        return Basis.NONE
    return Basis.OWN if SubjectKind.PERSON in kinds else Basis.TERRITORIES


class Targets:
    """The published targets of one company. Built once for it: pieces and parts are remembered."""

    def __init__(self, company: Company, calendar: BusinessCalendar, exchange: Exchange, lines: Lines) -> None:
        self._company = company
        self._calendar = calendar
        self._exchange = exchange
        self._lines = lines
        self._raw: dict[Row, dict[str, _Raw]] = {}
        self._pieces: dict[tuple[Row, str], MonthPiece | None] = {}
        self._held: dict[tuple[Row, str], tuple[TargetPart, ...]] = {}
        self._covered: dict[tuple[Row, str], bool] = {}

    # Month pieces

    def pieces(
        self, kind: SubjectKind, subject: int, period: Period, metric: Metric = Metric.REVENUE
    ) -> tuple[MonthPiece, ...]:
        """The month pieces of a subject's own targets, for the months of the period that have one.

        Raises MissingRate if one is in a currency that has no rate for its month or an earlier one.
        """
        found = (self.piece((kind, subject, metric), month) for month in period.months())
        return tuple(piece for piece in found if piece is not None)

    def piece(self, row: Row, month: Period) -> MonthPiece | None:
        """The piece of one month; None without a target for it. Raises MissingRate."""
        key = (row, month.label)
        if key not in self._pieces:
            raw = self._raw_of(row).get(month.label)
            self._pieces[key] = None if raw is None else self._converted(raw)
        return self._pieces[key]

    def _converted(self, raw: _Raw) -> MonthPiece:
        currency = raw.source.currency
        if not raw.source.metric.is_money or currency in (None, self._company.settings.currency):
            return MonthPiece(*raw)
        amount, quote = self._exchange.to_base(raw.amount, currency, raw.month.start)
        return MonthPiece(raw.month, amount, raw.source, raw.replaced, Money(raw.amount, currency), quote)

    def _raw_of(self, row: Row) -> dict[str, _Raw]:
        """All of a row's months in the currencies they were set in, finer targets over coarser ones."""
        if row not in self._raw:
            fiscal_start = self._company.settings.fiscal_start
            periods = [(parse_label(target.period, fiscal_start), target) for target in self._by_row.get(row, ())]
            found: dict[str, _Raw] = {}
            for period, target in sorted(periods, key=lambda one: (-len(one[0].months()), one[0].start)):
                for month, amount in self.spread(target, period):
                    coarser = found.get(month.label)
                    found[month.label] = _Raw(month, amount, target, coarser.source if coarser else None)
            self._raw[row] = found
        return self._raw[row]

    def spread(self, target: Target, period: Period) -> list[tuple[Period, int]]:
        """A target's amount by month, as it was set: by its profile, else (or if that is all zero) by business days."""
        months = period.months()
        profile = self._company.seasonality.get(target.profile or "", {})
        weights = [profile.get(month.start.month, 0) for month in months]
        if not any(weights):
            weights = [month.business_days(self._calendar) for month in months]
        return list(zip(months, allocate(target.asked, weights), strict=True))

    @cached_property
    def _by_row(self) -> Mapping[Row, list[Target]]:
        rows: defaultdict[Row, list[Target]] = defaultdict(list)
        for target in self._company.targets:
            if target.published:
                rows[target.kind, target.subject, target.metric].append(target)
        return rows

    # Who carries them

    def territory_parts(
        self, territory: TerritoryId, period: Period, span: Span | None = None, metric: Metric = Metric.REVENUE
    ) -> tuple[TargetPart, ...]:
        """A territory's own targets, by month and holder. Their full amounts sum to the pieces exactly."""
        row = (SubjectKind.TERRITORY, territory, metric)
        return self._within(span, (part for month in period.months() for part in self.held_parts(row, month)))

    def person_parts(
        self, person: PersonId, period: Period, span: Span | None = None, metric: Metric = Metric.REVENUE
    ) -> tuple[TargetPart, ...]:
        """What a person's target is made of: in each month their own row, else what they carry of territories; never both.

        An own row is taken as given: no days held, no ramp; relief applies. A territory whose months are also set for
        territories below it is a roll-up that nobody carries: its target is compared with theirs, never added.
        """
        return self._within(span, (part for month in period.months() for part in self._carried(person, month, metric)))

    def unassigned_parts(
        self,
        period: Period,
        span: Span | None = None,
        metric: Metric = Metric.REVENUE,
        territories: Iterable[TerritoryId] | None = None,
    ) -> tuple[TargetPart, ...]:
        """The targets of the days on which nobody held a territory, in all territories or the given ones."""
        asked = sorted(self._company.territories if territories is None else territories)
        rows: list[Row] = [(SubjectKind.TERRITORY, territory, metric) for territory in asked]
        parts = (
            part
            for row in rows
            for month in period.months()
            if not self.is_roll_up(row, month)
            for part in self.held_parts(row, month)
            if part.person is None
        )
        return self._within(span, parts)

    def is_roll_up(self, row: Row, month: Period) -> bool:
        """Whether a territory below this one, and not closed by then, has a target of its own in that month."""
        key = (row, month.label)
        if key not in self._covered:
            kind, territory, metric = row
            self._covered[key] = any(
                self._is_open(below, month) and month.label in self._raw_of((kind, below, metric))
                for below in self._lines.territories_below(territory)
            )
        return self._covered[key]

    def _is_open(self, territory: TerritoryId, month: Period) -> bool:
        """Whether a territory was there on some day of a month."""
        closed_on = self._company.territories[territory].closed_on
        return closed_on is None or month.start < closed_on

    def _carried(self, person: PersonId, month: Period, metric: Metric) -> Iterator[TargetPart]:
        own = self.held_parts((SubjectKind.PERSON, person, metric), month)
        if own:
            yield from own
            return
        held = dict.fromkeys(holding.territory for holding in self._lines.held_by(person, month.span))
        for territory in held:
            row = (SubjectKind.TERRITORY, territory, metric)
            if not self.is_roll_up(row, month):
                yield from (part for part in self.held_parts(row, month) if part.person == person)

    def held_parts(self, row: Row, month: Period) -> tuple[TargetPart, ...]:
        """A month's piece by holder; a person's or a team's own row is held by that person or by nobody."""
        key = (row, month.label)
        if key not in self._held:
            piece = self.piece(row, month)
            self._held[key] = () if piece is None else tuple(self._divided(piece))
        return self._held[key]

    def _divided(self, piece: MonthPiece) -> Iterator[TargetPart]:
        stretches = self._stretches(piece)
        weights = [self._calendar.count(span.start, span.end) * share for span, _, share in stretches]
        for (span, person, share), full, weight in zip(
            stretches, allocate(piece.amount, weights), weights, strict=True
        ):
            if weight:
                yield from self._relieved(piece, person, span, share, full)

    def _stretches(self, piece: MonthPiece) -> list[tuple[Span, PersonId | None, int]]:
        """Who holds the piece on which days, with which share; the shares of a day sum to 100 %."""
        source, days = piece.source, piece.month.span
        if source.kind is SubjectKind.TEAM:
            return [(days, None, WHOLE)]
        if source.kind is SubjectKind.PERSON:
            return [(days, source.subject, WHOLE)]
        found: list[tuple[Span, PersonId | None, int]] = []
        for span, holders in self._lines.primaries(source.subject, days):
            found += [(span, person, share) for person, share in holders]
            open_share = WHOLE - sum(share for _, share in holders)
            if open_share:
                found.append((span, None, open_share))
        return found

    def _relieved(
        self, piece: MonthPiece, person: PersonId | None, span: Span, share: int, full: int
    ) -> Iterator[TargetPart]:
        """One holder's stretch, cut where an absence with relief begins or ends."""
        cuts = [
            (days, relieved, self._calendar.count(days.start, days.end))
            for days, relieved in self._reliefs(person, span)
        ]
        cuts = [cut for cut in cuts if cut[2]]
        ramped = self._ramped(person, piece.month) if piece.source.kind is SubjectKind.TERRITORY else WHOLE
        for (days, relieved, count), part in zip(cuts, allocate(full, [cut[2] for cut in cuts]), strict=True):
            lifted = apply_share(part, relieved)
            effective = apply_share(part - lifted, ramped)
            amounts = Amounts(part, lifted, part - lifted - effective, effective)
            yield TargetPart(piece, person, days, count, share, relieved, ramped, amounts)

    def _reliefs(self, person: PersonId | None, span: Span) -> list[tuple[Span, int]]:
        """The stretch by days of equal relief; where absences overlap, the larger relief holds."""
        absences = [one for one in self._absences.get(person, ()) if one.span.overlaps(span)]
        if not absences:
            return [(span, 0)]
        inside = {day for one in absences for day in (one.span.start, one.span.end) if span.start < day < span.end}
        days = pairwise([span.start, *sorted(inside), span.end])
        return [
            (Span(start, end), max((one.relief for one in absences if start in one.span), default=0))
            for start, end in days
        ]

    @cached_property
    def _absences(self) -> Mapping[PersonId | None, Sequence[Absence]]:
        found: defaultdict[PersonId | None, list[Absence]] = defaultdict(list)
        for absence in self._company.absences:
            if absence.relief:
                found[absence.person].append(absence)
        return found

    def _ramped(self, person: PersonId | None, month: Period) -> int:
        """The share of a target that a person carries in a month: by their profile since the month of hire, then whole."""
        known = self._company.people.get(person) if person is not None else None
        if known is None or known.hired_on is None or known.ramp is None:
            return WHOLE
        profile = self._company.ramps.get(known.ramp, {})
        since = (month.start.year - known.hired_on.year) * 12 + month.start.month - known.hired_on.month
        if since < 0 or not profile or since > max(profile):
            return WHOLE
        # A month that the profile leaves out goes on as the one before it.
        return profile[max((at for at in profile if at <= since), default=max(profile))]

    # Some of the days

    def restrict(self, parts: Iterable[TargetPart], span: Span) -> tuple[TargetPart, ...]:
        """The parts on the days of `span` only. Over any partition of the days they add up to the whole exactly."""
        clipped = (self._clipped(part, span) for part in parts)
        return tuple(part for part in clipped if part is not None)

    def before(self, parts: Iterable[TargetPart], today: date) -> tuple[TargetPart, ...]:
        """The target to date: the days before today."""
        return self.restrict(parts, Span(date.min, today))

    def _within(self, span: Span | None, parts: Iterable[TargetPart]) -> tuple[TargetPart, ...]:
        return tuple(parts) if span is None else self.restrict(parts, span)

    def _clipped(self, part: TargetPart, span: Span) -> TargetPart | None:
        days = part.span.clip(span)
        if days is None or days == part.span:
            return None if days is None else part
        whole = part.origin or part
        first = self._calendar.count(whole.span.start, days.start)
        last = self._calendar.count(whole.span.start, days.end)
        if first == last:
            return None
        effective, relief, ramp = (
            divide(amount * last, whole.days) - divide(amount * first, whole.days)
            for amount in (whole.amounts.effective, whole.amounts.relief, whole.amounts.ramp)
        )
        amounts = Amounts(effective + relief + ramp, relief, ramp, effective)
        return replace(part, span=days, days=last - first, amounts=amounts, origin=whole)
