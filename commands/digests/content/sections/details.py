"""What stands in the thread: the trend, where each part stands, and the deals that moved the figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from commands.digests.content.facts import DigestContext
from commands.digests.content.sections.movement import deal_of, seen
from commands.digests.content.story import Step
from commands.digests.content.words import off_pace, signed
from commands.kit import Block, Lines, section
from commands.kit.blocks import Column, Number, chart, paragraphs, table
from commands.kit.blocks import context as small
from commands.kit.sections import EVERYONE, DigestKind
from domain.attainment import NotAvailable, Pace
from domain.scorecard import Score, ScoreKind
from storage.store import Repositories
from templates import EMPTY, Mrkdwn, clip, name, render
from templates.numbers import Numbers

ROWS = 30
"""So many rows a table has; a thread is read, not searched."""
TITLE = 50
ELSEWHERE = "Moved elsewhere"
"""Of people who are no longer below a reader."""
PEOPLE = frozenset({ScoreKind.PERSON, ScoreKind.GROUP, ScoreKind.ELSEWHERE})


@section("trend", order=100, audience=EVERYONE, title="Trend")
async def trend(context: DigestContext, repo: Repositories) -> Lines | None:
    card, n = context.card, context.n
    if len(card.points) < 2 or card.score.is_empty:
        return None
    series = {"Credited": [n.units(point.credited) for point in card.points]}
    if card.score.standing.target:
        series["Target to date"] = [n.units(point.expected or 0) for point in card.points]
    what = f": {n.period(card.period)} so far, {n.currency}"
    days = [n.day(one.last_day) for one in card.points]
    made = chart(clip(card.title, TITLE - len(what)) + what, days, series, id="trend")
    words = render("digests/trend.mrkdwn.j2", points=card.points, n=n)
    return Lines(thread=[made], older=[small(words, id="trend")])


@section("rows", order=110, audience=EVERYONE, title="Where each one stands")
async def rows(context: DigestContext, repo: Repositories) -> Lines | None:
    """Furthest behind first. A channel sees teams and territories, never people in order of merit."""
    found = [
        row for row in context.card.rows if context.kind is not DigestKind.CHANNEL or row.subject.kind not in PEOPLE
    ]
    if len(found) < 2:
        return None
    n, shown = context.n, behind_first(found)[:ROWS]
    columns: list[Column[Score]] = [
        Column("Who", who_is),
        Column("Pace", lambda row: _pace(row, n)),
        Column("Credited", lambda row: Number(n.units(row.standing.achieved), n.short(row.standing.achieved))),
        Column("Target", lambda row: _target(row, n)),
    ]
    caption = f"{context.card.title}, {n.period(context.period)}: furthest behind first"
    made = table(columns, shown, caption=caption, id="rows")
    more = _more(len(found) - len(shown))
    lines = [
        render(
            "digests/row.mrkdwn.j2",
            who=who_is(row),
            pace=_text(_pace(row, n)),
            credited=n.short(row.standing.achieved),
            target=_text(_target(row, n)),
        )
        for row in shown
    ]
    return Lines(thread=[made, *more], older=[*paragraphs([_listed(caption), *lines], id="rows")[0], *more])


@section("moves", order=120, audience=EVERYONE, title="What moved it")
async def moves(context: DigestContext, repo: Repositories) -> Lines | None:
    """The largest change first; what not every reader may see is one row without a name."""
    story = context.story
    if story is None or context.before is None or not story.credited.steps:
        return None
    found, n = seen(context, story.credited), context.n
    moves = [Move(deal_of(context, step), _called(context, step), _happened(step), step.change) for step in found.steps]
    shown = [*moves[:ROWS], *([Move(ELSEWHERE, ELSEWHERE, EMPTY, found.elsewhere)] if found.hidden else [])]
    columns: list[Column[Move]] = [
        Column("Deal", lambda move: move.called),
        Column("What happened", lambda move: move.what),
        Column("Change", lambda move: Number(n.units(move.change), signed(move.change, n))),
    ]
    caption = f"What moved it since {n.day(context.before.day)}: largest first"
    made = table(columns, shown, caption=caption, id="moves")
    more = _more(len(moves) - ROWS)
    lines = [
        render("digests/move.mrkdwn.j2", deal=move.linked, what=move.what, change=signed(move.change, n))
        for move in shown
    ]
    return Lines(thread=[made, *more], older=[*paragraphs([_listed(caption), *lines], id="moves")[0], *more])


@dataclass(frozen=True, slots=True)
class Move:
    """A row: the deal with and without the way to the CRM, what happened, and what that did."""

    linked: str
    called: str
    what: str
    change: int


def _called(context: DigestContext, step: Step) -> str:
    deal = context.story.deals[step.deal] if context.story else None
    return name(deal.account or deal.name or deal.key) if deal else EMPTY


def seen_rows(context: DigestContext) -> list[Score]:
    """The parts of the card, without people whose figures a reader may not see any more."""
    people = (ScoreKind.PERSON, ScoreKind.GROUP)
    return [row for row in context.card.rows if row.subject.kind not in people or context.may_name(row.subject.id)]


def behind_first(rows: Sequence[Score]) -> list[Score]:
    """Furthest behind pace first; who has none comes last, by name."""

    def off(row: Score) -> tuple[bool, int, str]:
        pace = row.standing.pace
        known = isinstance(pace, Pace)
        return not known, pace.amount if isinstance(pace, Pace) else 0, row.subject.name

    return sorted(rows, key=off)


def who_is(row: Score) -> str:
    shown = name(row.subject.name)
    return f"{shown} and team" if row.subject.kind is ScoreKind.GROUP else shown


def pace_words(row: Score, n: Numbers) -> Mrkdwn | None:
    """`7 % behind pace ($22k)`; None where pace says nothing."""
    pace = row.standing.pace
    if isinstance(pace, NotAvailable):
        return None
    return render("targets/pace.mrkdwn.j2", amount=pace.amount, share=off_pace(pace), n=n)


def _pace(row: Score, n: Numbers) -> str | Number:
    """Short enough for a phone: by how much, and what share of what was expected that is."""
    pace = row.standing.pace
    if isinstance(pace, NotAvailable):
        return "n/a"
    share = off_pace(pace)
    return Number(n.units(pace.amount), signed(pace.amount, n) + (f" ({n.percent(share, 0)})" if share else ""))


def _target(row: Score, n: Numbers) -> str | Number:
    target = row.standing.target
    return "n/a" if target is None else Number(n.units(target), n.short(target))


def _text(cell: str | Number) -> str:
    return cell.text if isinstance(cell, Number) else cell


def _happened(step: Step) -> Mrkdwn:
    return render("digests/happened.mrkdwn.j2", part=str(step.part))


def _listed(caption: str) -> Mrkdwn:
    return render("digests/listed.mrkdwn.j2", caption=caption)


def _more(count: int) -> list[Block]:
    return [small(render("digests/more.mrkdwn.j2", count=count))] if count > 0 else []
