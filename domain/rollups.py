"""Targets of territories, teams and managers: an own row, or the sum of what is below; compared, never added."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from domain.attainment import NotAvailable, Ratio, Reason
from domain.company import Metric, PersonId, Span, SubjectKind, TeamId, TerritoryId
from domain.lines import Lines
from domain.periods import Period
from domain.targets import Amounts, Row, TargetPart, Targets, total


@dataclass(frozen=True, slots=True)
class RollUp:
    """The target of a territory or team, or of the company.

    `parts` make it up: in each month those of the own row, else those of the children. `children` are the children's in
    every month, for comparison. `has_own`: there is an own row for some month. The company's own is what the tops of
    its trees ask for, its children are the leaves.
    """

    parts: tuple[TargetPart, ...]
    children: tuple[TargetPart, ...]
    has_own: bool

    @property
    def amounts(self) -> Amounts:
        return total(self.parts)

    @property
    def below(self) -> Amounts:
        """What the children carry together."""
        return total(self.children)

    @property
    def differs(self) -> bool:
        """Whether the target is its own, and another than the children's together."""
        return self.has_own and self.below.effective != self.amounts.effective

    @property
    def over_assignment(self) -> Ratio:
        """Sum of the children's targets / the parent's own - 1; negative when less is assigned than asked for."""
        if not self.has_own or not self.children:
            return NotAvailable(Reason.NOTHING_TO_COMPARE)
        parent = self.amounts.effective
        return Fraction(self.below.effective, parent) - 1 if parent else NotAvailable(Reason.ZERO_TARGET)


class RollUps:
    """Sums up the trees of one company. Built once for it: months are remembered."""

    def __init__(self, lines: Lines, targets: Targets) -> None:
        self._lines = lines
        self._targets = targets
        self._months: dict[tuple[Row, str], RollUp] = {}

    def territory(
        self, territory: TerritoryId, period: Period, span: Span | None = None, metric: Metric = Metric.REVENUE
    ) -> RollUp:
        """A territory's target: its own row for the months that have one, else the sum of its children's."""
        return self._period((SubjectKind.TERRITORY, territory, metric), period, span)

    def team(self, team: TeamId, period: Period, span: Span | None = None, metric: Metric = Metric.REVENUE) -> RollUp:
        """A team's target: its own row, else the sum of its members' (on the days that they were in it) and child teams'."""
        return self._period((SubjectKind.TEAM, team, metric), period, span)

    def below(
        self, manager: PersonId, period: Period, span: Span | None = None, metric: Metric = Metric.REVENUE
    ) -> dict[PersonId, tuple[TargetPart, ...]]:
        """By person: the manager's own parts first, then those of everyone below on the days that they were below."""
        days = period.span if span is None else period.span.clip(span)
        if days is None:
            return {manager: ()}
        found = {manager: self._targets.person_parts(manager, period, days, metric)}
        for person, spans in self._lines.spans_below(manager, days).items():
            found[person] = tuple(self._on_days(person, period, spans, metric))
        return found

    def _period(self, row: Row, period: Period, span: Span | None) -> RollUp:
        months = [self._month(row, month) for month in period.months()]
        parts = tuple(part for month in months for part in month.parts)
        children = tuple(part for month in months for part in month.children)
        if span is not None:
            parts, children = self._targets.restrict(parts, span), self._targets.restrict(children, span)
        return RollUp(parts, children, any(month.has_own for month in months))

    def _month(self, row: Row, month: Period) -> RollUp:
        key = (row, month.label)
        if key not in self._months:
            # A cycle in the tree would come back here: the second visit then adds nothing.
            self._months[key] = RollUp((), (), has_own=False)
            own = self._targets.held_parts(row, month)
            children = tuple(self._children(row, month))
            self._months[key] = RollUp(own or children, children, has_own=bool(own))
        return self._months[key]

    def _children(self, row: Row, month: Period) -> Iterator[TargetPart]:
        kind, subject, metric = row
        if kind is SubjectKind.TERRITORY:
            for child in self._lines.child_territories(subject):
                yield from self._month((kind, child, metric), month).parts
            return
        for person, spans in self._lines.spans_in_team(subject, month.span).items():
            yield from self._on_days(person, month, spans, metric)
        for child in self._lines.child_teams(subject):
            yield from self._month((kind, child, metric), month).parts

    def _on_days(
        self, person: PersonId, period: Period, spans: tuple[Span, ...], metric: Metric
    ) -> Iterator[TargetPart]:
        for days in spans:
            yield from self._targets.person_parts(person, period, days, metric)
