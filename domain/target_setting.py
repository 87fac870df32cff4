"""What setting a target would do, before it is done: its months, and how it compares with those above and below it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from domain.company import Company, Metric, Person, PersonId, SubjectKind, Target, Team, Territory
from domain.model import CompanyModel
from domain.periods import Period, PeriodKind, containing, fiscal_year, month, parse_label, quarter
from domain.rollups import RollUp, RollUps
from domain.targets import MonthPiece, Targets, total

Key: TypeAlias = tuple[SubjectKind, int, str, Metric]
"""Whose target, of which period's label, of what."""


def key_of(target: Target) -> Key:
    return target.kind, target.subject, target.period, target.metric


def stored(company: Company, key: Key) -> Target | None:
    """The target that holds now, published or not."""
    return next((target for target in company.targets if key_of(target) == key), None)


def subject_of(company: Company, kind: SubjectKind, subject: int) -> Person | Team | Territory | None:
    """Whom or what a target is for, if it still exists."""
    match kind:
        case SubjectKind.PERSON:
            return company.people.get(subject)
        case SubjectKind.TEAM:
            return company.teams.get(subject)
        case SubjectKind.TERRITORY:
            return company.territories.get(subject)


@dataclass(frozen=True, slots=True)
class Sum:
    """Targets that are compared: what is asked for above, and what those below add up to, before relief and ramp."""

    above: int
    below: int
    name: str = ""
    """Of whom or what is above."""

    @property
    def over(self) -> Fraction | None:
        """Sum of the children / the parent - 1; None if there is nothing above."""
        return Fraction(self.below, self.above) - 1 if self.above else None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a target would be made of once it is published."""

    pieces: tuple[MonthPiece, ...]
    amount: int
    """The whole period in the workspace's currency (a count for counts), finer targets counted for their months."""
    finer: tuple[MonthPiece, ...]
    """Months that keep a finer target of their own."""
    children: Sum | None
    parent: Sum | None
    """The one above, with all its children; its name."""


def preview(model: CompanyModel, target: Target, parent: int | None) -> Preview:
    """The months and sums as cards will have them. `parent` is the territory or team above, if it may be compared.

    Raises MissingRate if the target's currency has no rate for a month.
    """
    period = parse_label(target.period, model.settings.fiscal_start)
    after = with_target(model, replace(target, published=True))
    pieces = after.pieces(target.kind, target.subject, period, target.metric)
    return Preview(
        pieces=pieces,
        amount=sum(piece.amount for piece in pieces),
        finer=tuple(piece for piece in pieces if piece.source.period != target.period),
        children=_children(model, after, target, period),
        parent=None if parent is None else _parent(model, after, target, parent, period),
    )


def with_target(model: CompanyModel, target: Target) -> Targets:
    """The company's targets with this one in place of the one of its key."""
    others = tuple(one for one in model.company.targets if key_of(one) != key_of(target))
    company = replace(model.company, targets=(*others, target))
    return Targets(company, model.calendar, model.exchange, model.lines)


def _children(model: CompanyModel, after: Targets, target: Target, period: Period) -> Sum | None:
    """For a territory or team those below it; for a person the territories that they hold."""
    own = sum(piece.amount for piece in after.pieces(target.kind, target.subject, period, target.metric))
    if target.kind is SubjectKind.PERSON:
        below = _held(model, after, target.subject, period, target.metric)
    else:
        below = total(_roll_up(model, after, target.kind, target.subject, period, target.metric).children).full
    return Sum(own, below) if below else None


def _held(model: CompanyModel, after: Targets, person: PersonId, period: Period, metric: Metric) -> int:
    held = dict.fromkeys(holding.territory for holding in model.lines.held_by(person, period.span))
    parts = (part for one in held for part in after.territory_parts(one, period, metric=metric))
    return total(part for part in parts if part.person == person).full


def _parent(model: CompanyModel, after: Targets, target: Target, parent: int, period: Period) -> Sum | None:
    kind = SubjectKind.TERRITORY if target.kind is SubjectKind.TERRITORY else SubjectKind.TEAM
    rolled = _roll_up(model, after, kind, parent, period, target.metric)
    above = subject_of(model.company, kind, parent)
    if not rolled.has_own or above is None:
        return None
    return Sum(total(rolled.parts).full, total(rolled.children).full, above.name)


def _roll_up(
    model: CompanyModel, after: Targets, kind: SubjectKind, subject: int, period: Period, metric: Metric
) -> RollUp:
    rollups = RollUps(model.lines, after)
    return (rollups.territory if kind is SubjectKind.TERRITORY else rollups.team)(subject, period, metric=metric)


def parent_of(model: CompanyModel, kind: SubjectKind, subject: int, today: date) -> int | None:
    """The territory above a territory, the team above a team, a person's team today."""
    match kind:
        case SubjectKind.TERRITORY:
            territory = model.company.territories.get(subject)
            return territory.parent if territory else None
        case SubjectKind.TEAM:
            team = model.company.teams.get(subject)
            return team.parent if team else None
        case SubjectKind.PERSON:
            return model.lines.team_of(subject, today)


def owners(model: CompanyModel, kind: SubjectKind, subject: int, period: Period, today: date) -> tuple[PersonId, ...]:
    """Who carries a target: the person; a territory's primaries, on the day in the period nearest today; a team's lead."""
    match kind:
        case SubjectKind.PERSON:
            return (subject,)
        case SubjectKind.TERRITORY:
            return tuple(model.lines.holders_on(subject, min(max(today, period.start), period.last_day)))
        case SubjectKind.TEAM:
            lead = model.lines.lead_of(subject)
            return () if lead is None else (lead,)


def year_before(period: Period, fiscal_start: int) -> Period:
    """The same month, quarter or year a year earlier."""
    if period.kind is PeriodKind.MONTH:
        return month(period.start.year - 1, period.start.month)
    if period.kind is PeriodKind.QUARTER:
        return quarter(int(period.label[:4]) - 1, int(period.label[5:]), fiscal_start)
    return fiscal_year(int(period.label[2:]) - 1, fiscal_start)


def periods_to_offer(today: date, fiscal_start: int, *, past: bool) -> Sequence[Period]:
    """The periods that targets are set for as a rule: years, quarters and months from now on, a few past ones too."""
    offered: list[Period] = []
    for kind, ahead, back in ((PeriodKind.YEAR, 1, 1), (PeriodKind.QUARTER, 5, 2), (PeriodKind.MONTH, 12, 2)):
        now = containing(today, kind, fiscal_start)
        at = now
        for _ in range(back if past else 0):
            at = at.previous()
        while at.start < now.start:
            offered.append(at)
            at = at.next()
        for _ in range(ahead + 1):
            offered.append(at)
            at = at.next()
    return offered
