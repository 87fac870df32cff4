"""Why?: what a card's figures are made of, as they were when the card was made, to the last minor unit."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from commands.kit.names import Kind as SubjectOf
from commands.targets import metrics, service
from commands.targets.pipeline import first_day_left, open_total
from commands.targets.reference import CardReference
from commands.targets.service import Sight, TargetsCard
from domain import policies
from domain.company import Person, PersonId, Span
from domain.credit import Kind
from domain.errors import NotAllowed, NotFound
from domain.exchange import MissingRate, Quote
from domain.scorecard import Score
from domain.targets import TargetPart
from storage import ledger
from storage.counts import CountLine
from storage.ledger import CreditLine, OpenLine, Scope, Whose
from storage.store import Repositories

LINES = 10


class Part(StrEnum):
    """What is explained: what is behind the credit, the pieces of the target, the open deals, the formulas."""

    CREDIT = "credit"
    TARGET = "target"
    OPEN = "open"
    FIGURES = "figures"


@dataclass(frozen=True, slots=True)
class WhyPage:
    """One page of one part; `page` counts from 0."""

    reference: CardReference
    part: Part = Part.CREDIT
    page: int = 0

    @property
    def encoded(self) -> str:
        return f"{self.reference.encoded}|{self.part}|{self.page}"

    @classmethod
    def decode(cls, value: str) -> "WhyPage":
        reference, _, rest = value.partition("|")
        part, _, page = rest.partition("|")
        try:
            return cls(CardReference.decode(reference), Part(part), max(int(page), 0))
        except ValueError as error:
            raise NotFound("This button is from another version of Turf. Ask again with /targets.") from error

    def at(self, part: Part, page: int = 0) -> "WhyPage":
        return replace(self, part=part, page=page)


@dataclass(frozen=True, slots=True)
class OpenPart:
    """A line of the open deals, and what it adds to the figure; None if it cannot be converted."""

    line: OpenLine
    base: int | None
    quote: Quote | None


@dataclass(frozen=True, slots=True)
class Why:
    """`card` is as it was at the card's revision; `now` is the subject's score today if that is another revision.

    Credit lines (`counted` ones where the metric is no money) and `elsewhere` (of people who are no longer below the
    viewer) sum to the card's credited and overlay; target parts and `target_elsewhere` to its target; open lines and
    `open_elsewhere` to what is open. Lines are those of the page's part alone.
    """

    page: WhyPage
    card: TargetsCard
    pages: int
    credit: tuple[CreditLine, ...]
    counted: tuple[CountLine, ...]
    elsewhere: int
    parts: tuple[TargetPart, ...]
    target_elsewhere: int
    open: tuple[OpenPart, ...]
    open_elsewhere: int
    now: Score | None
    names: dict[PersonId, str]
    territory_names: dict[int, str]


@dataclass(frozen=True, slots=True)
class Made:
    """What the visible part of a figure consists of."""

    scopes: tuple[Scope, ...]
    kinds: tuple[Kind, ...]
    people: frozenset[PersonId] | None
    """Whose target parts are shown; None is everyone's."""


async def explain(repo: Repositories, *, page: WhyPage, by: Person, today: date) -> Why:
    """The page of an explanation that `by` asks for. Raises NotAllowed or NotFound."""
    reference = page.reference
    sight = service.allow(repo, reference.subject(repo.company), by=by, today=today)
    if sight is Sight.TOTAL:
        raise NotAllowed("A total has no Why?: it would show what each person contributed. Ask the team's manager.")
    then = repo if reference.revision >= repo.revision else await repo.earlier(reference.revision)
    period = reference.parsed_period(then.settings.fiscal_start)
    subject = reference.subject(then.company)
    asked: dict[str, Any] = {"subject": subject, "period": period, "metric": reference.metric, "sight": sight}
    card = await service.build(then, today=reference.today, **asked)
    now = None if then is repo else await service.build(repo, today=today, **asked)
    made = what_makes(repo, then, card, today)
    return await _fill(then, card, made, page, whose_open(repo, then, card, today), now=now.score if now else None)


def whose_open(repo: Repositories, then: Repositories, card: TargetsCard, today: date) -> Whose:
    """Whose open deals may be shown: of people who were there when the card was made, and still are."""
    whose = service.whose_open(then, card.subject, card.period, card.today, card.sight)
    present = service.whose_open(repo, card.subject, card.period, today, card.sight)
    if whose.people is None or present.people is None:
        return whose
    return replace(whose, people=set(whose.people) & set(present.people))


def what_makes(repo: Repositories, then: Repositories, card: TargetsCard, today: date) -> Made:
    """Which rows may be shown: of people below the subject then, and still below them today."""
    lines, subject, period = then.model.lines, card.subject, card.period
    match subject.kind:
        case SubjectOf.PERSON:
            if card.score.is_leaf:
                return Made((Scope(period.span, people={subject.id}),), (Kind.REVENUE, Kind.OVERLAY), None)
            present = repo.model.lines.below(subject.id, today)
            below = lines.spans_below(subject.id, period.span)
            seen = {person: days for person, days in below.items() if person in present}
            return _of_people({subject.id: (period.span,), **seen})
        case SubjectOf.TEAM:
            teams = (subject.id, *lines.teams_below(subject.id))
            found: dict[PersonId, tuple[Span, ...]] = {}
            for team in teams:
                for person, days in lines.spans_in_team(team, period.span).items():
                    found[person] = (*found.get(person, ()), *days)
            present = policies.everyone_in(subject.id, repo.model.lines, today)
            return _of_people({person: days for person, days in found.items() if person in present})
        case SubjectOf.TERRITORY:
            inside = {subject.id, *lines.territories_below(subject.id)}
            return Made((Scope(period.span, territories=inside),), (Kind.REVENUE,), None)
        case SubjectOf.COMPANY:
            return Made((Scope(period.span),), (Kind.REVENUE,), None)


def _of_people(spans: dict[PersonId, tuple[Span, ...]]) -> Made:
    by_span: defaultdict[Span, set[PersonId]] = defaultdict(set)
    for person, days in spans.items():
        for span in days:
            by_span[span].add(person)
    scopes = tuple(Scope(span, people=people) for span, people in by_span.items())
    return Made(scopes, (Kind.REVENUE,), frozenset(spans))


async def _fill(
    then: Repositories, card: TargetsCard, made: Made, page: WhyPage, whose: Whose, *, now: Score | None
) -> Why:
    total = await metrics.total(then, card.metric, made.scopes, made.kinds)
    open_amount, open_count = card.outlook.pipeline.amount, 0
    if page.part is Part.OPEN and card.metric.is_money:
        open_amount, open_count = await open_total(then, card.score, whose)
    shown = [part for part in card.score.parts if visible(part, made)]
    counts = {
        Part.CREDIT: total.lines,
        Part.TARGET: len(shown),
        Part.OPEN: open_count,
        Part.FIGURES: 1,
    }
    pages = max(-(-counts[page.part] // LINES), 1)
    page = replace(page, page=min(page.page, pages - 1))
    standing = card.score.standing
    lines = await _lines(then, card, made, page, whose)
    return Why(
        page=page,
        card=card,
        pages=pages,
        credit=tuple(lines.credit),
        counted=tuple(lines.counted),
        elsewhere=standing.credited + standing.overlay - total.amount,
        parts=tuple(shown[page.page * LINES :][:LINES]) if page.part is Part.TARGET else (),
        target_elsewhere=(standing.target or 0) - sum(part.amounts.effective for part in shown),
        open=tuple(converted(then, line, card.today) for line in lines.open),
        open_elsewhere=card.outlook.pipeline.amount - open_amount,
        now=now,
        names={person.id: person.name for person in then.company.people.values()},
        territory_names={one.id: one.name for one in then.company.territories.values()},
    )


def converted(then: Repositories, line: OpenLine, today: date) -> OpenPart:
    """What a line adds to the open amount, at the latest rate of the card's day."""
    exchange = then.model.exchange
    try:
        quote = exchange.latest(line.currency, today)
    except MissingRate:
        return OpenPart(line, None, None)
    return OpenPart(line, exchange.part(line.before, line.amount or 0, line.currency, quote), quote)


def visible(part: TargetPart, made: Made) -> bool:
    """A part that may be shown: a team's own target is nobody's, and so may each part of what is not about people."""
    return made.people is None or part.person is None or part.person in made.people


class _Lines(NamedTuple):
    credit: Sequence[CreditLine] = ()
    counted: Sequence[CountLine] = ()
    open: Sequence[OpenLine] = ()


async def _lines(then: Repositories, card: TargetsCard, made: Made, page: WhyPage, whose: Whose) -> _Lines:
    """The lines of one page, of the part that is asked for."""
    start = page.page * LINES
    match page.part:
        case Part.CREDIT if card.metric.is_money:
            lines = await ledger.credit_lines(*then.at, made.scopes, kinds=made.kinds, limit=LINES, offset=start)
            return _Lines(credit=lines)
        case Part.CREDIT:
            return _Lines(counted=await metrics.lines(then, card.metric, made.scopes, limit=LINES, offset=start))
        case Part.OPEN if card.metric.is_money:
            since = first_day_left(card.score.standing.progress)
            until = card.period.end
            return _Lines(
                open=await ledger.open_lines(
                    *then.at, whose, today=card.today, since=since, until=until, limit=LINES, offset=start
                )
            )
        case _:
            return _Lines()
