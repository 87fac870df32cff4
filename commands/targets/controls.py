"""The few controls of a card: Why?, Share..., what it is about, the rest, and the way to other periods."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from commands.kit import Block
from commands.kit.blocks import Control, actions, button, select
from commands.kit.names import Kind
from commands.kit.rerun import run_button
from commands.targets.reference import CardReference
from commands.targets.service import Sight, TargetsCard
from commands.targets.share_controls import more_menu, share_button
from domain.errors import DataError
from domain.periods import Period, PeriodKind, containing
from domain.scorecard import ScoreKind
from domain.scorecard import Subject as ScoreSubject
from templates import clip
from templates.numbers import Numbers

WHY = "targets.why"
PERIOD = "targets.period"
METRIC = "targets.metric"
CLOSING = "targets.closing"
OPEN = "targets.open"
PERIODS_BACK = 5
OPENED = 40
"""So many characters of a row's name stand in the menu that opens it."""
_CARDS = {
    ScoreKind.PERSON: Kind.PERSON,
    ScoreKind.GROUP: Kind.PERSON,
    ScoreKind.TEAM: Kind.TEAM,
    ScoreKind.TERRITORY: Kind.TERRITORY,
}
"""Rows that have a card of their own."""


def controls(
    card: TargetsCard, n: Numbers, fiscal_start: int, *, is_own: bool, told: bool | None = None
) -> list[Block]:
    """A row for the card, if there is anything to explain or to choose, and one for periods."""
    reference = CardReference.of(card)
    about = list(_about(card, reference, is_own, told))
    periods = actions(*_periods(card, reference, n, fiscal_start), id="periods")
    return [actions(*about, id="controls"), periods] if about else [periods]


def _about(card: TargetsCard, reference: CardReference, is_own: bool, told: bool | None) -> Iterator[Control]:
    if card.has_why:
        yield button("Why?", WHY, value=reference.encoded)
    if _can_close(card):
        yield button("What gets me there" if is_own else "What gets them there", CLOSING, value=reference.encoded)
    yield from share_button(card)
    if len(card.metrics) > 1:
        choices = {reference.about(metric).encoded: metric.words.capitalize() for metric in card.metrics}
        yield select(METRIC, choices, chosen=reference.encoded, placeholder="Another metric")
    yield from more_menu(card, told=told)


def open_row(card: TargetsCard, rows: Sequence[tuple[ScoreSubject, str]]) -> list[Block]:
    """The way from a table to the cards of the rows in it: a table's cells take no buttons."""
    reference = CardReference.of(card)
    choices = {
        replace(reference, kind=_CARDS[subject.kind], id=subject.id).encoded: clip(shown, OPENED)
        for subject, shown in rows
        if subject.kind in _CARDS and (_CARDS[subject.kind], subject.id) != (card.subject.kind, card.subject.id)
    }
    return [actions(select(OPEN, choices, placeholder="Open a row's card"), id="open")] if choices else []


def everyone(card: TargetsCard) -> list[Block]:
    """From a card without any figures to those of the whole company."""
    if not card.score.is_empty or card.subject.kind is Kind.COMPANY:
        return []
    return [actions(run_button("Everyone's targets", "/targets", f"all {card.period.label}"), id="everyone")]


def _can_close(card: TargetsCard) -> bool:
    """A person's card of revenue, with a target and days left."""
    standing = card.score.standing
    of_money = card.subject.kind is Kind.PERSON and card.metric.is_money
    return of_money and standing.target is not None and not standing.progress.ended


def _periods(card: TargetsCard, reference: CardReference, n: Numbers, fiscal_start: int) -> Iterator[Control]:
    """One back, all near ones, one forward."""
    before, after = _step(card.period, Period.previous), _step(card.period, Period.next)
    if before:
        yield button(f"← {n.part_of_year(before)}", f"{PERIOD}:back", value=reference.at(before).encoded)
    choices = {reference.at(period).encoded: n.period(period) for period in _near(card, fiscal_start)}
    yield select(PERIOD, choices, chosen=reference.encoded, placeholder="Another period")
    if after:
        yield button(f"{n.part_of_year(after)} →", f"{PERIOD}:on", value=reference.at(after).encoded)


def _near(card: TargetsCard, fiscal_start: int) -> list[Period]:
    """The next period of its kind, this one and those before it, then today's quarter, year and month; each once.

    A total has no months.
    """
    near: list[Period | None] = [_step(card.period, Period.next), card.period]
    while (last := near[-1]) and len(near) < PERIODS_BACK + 2:
        near.append(_step(last, Period.previous))
    current = [
        containing(card.today, kind, fiscal_start) for kind in (PeriodKind.QUARTER, PeriodKind.YEAR, PeriodKind.MONTH)
    ]
    kinds = {PeriodKind.QUARTER, PeriodKind.YEAR} if card.sight is Sight.TOTAL else set(PeriodKind)
    return list({period.label: period for period in [*near, *current] if period and period.kind in kinds}.values())


def _step(period: Period, way: Callable[[Period], Period]) -> Period | None:
    """None where Turf stops counting years."""
    try:
        return way(period)
    except DataError:
        return None
