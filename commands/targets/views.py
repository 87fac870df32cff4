"""The card of `/targets` as blocks; the words are in templates/targets."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from commands.kit import Block
from commands.kit.blocks import CHART_TITLE, TABLE_ROWS, Column, Number, chart, context, paragraphs, section, table
from commands.kit.reply import Message
from commands.targets.amounts import done, numbers
from commands.targets.controls import controls, everyone, open_row
from commands.targets.notes import against, notes
from commands.targets.service import Sight, TargetsCard
from domain.attainment import NotAvailable, Pace, Reason, RequiredPerDay
from domain.company import WHOLE, Settings
from domain.forecast import Coverage, PipelineForecast
from domain.scorecard import Score, ScoreKind
from templates import Mrkdwn, clip, name, render
from templates.numbers import Numbers

VACANT = 10
"""So many vacant territories are named; the rest are counted."""


def targets_card(
    card: TargetsCard,
    *,
    locale: str,
    settings: Settings,
    replace: bool = False,
    is_own: bool = False,
    sees_all: bool = False,
    told: bool | None = None,
) -> Message:
    """Headline, where it stands, the few controls, rows with the way to each of them, trend and notes.

    Who `sees_all` is shown the way to everyone's figures where there are none of their own. `told` says whether the
    viewer is told when their number moves; None where that is not offered.
    """
    n = numbers(card, locale)
    own = controls(card, n, settings.fiscal_start, is_own=is_own, told=told)
    within = [*(everyone(card) if sees_all else ()), *own]
    below = open_row(card, [(row.subject, _who(row)) for row in worst_first(card.rows)[:TABLE_ROWS]])
    shown = content(card, locale=locale, settings=settings, within=within, below=below, you=is_own)
    return Message(shown.text, shown.newer, fallback=shown.older, replace=replace)


@dataclass(frozen=True, slots=True)
class Content:
    """A card: the headline alone, the blocks, and those that every client and a modal know."""

    text: Mrkdwn
    newer: list[Block]
    older: list[Block]


def content(
    card: TargetsCard,
    *,
    locale: str,
    settings: Settings,
    within: Sequence[Block] = (),
    below: Sequence[Block] = (),
    you: bool = False,
) -> Content:
    """What a card says: headline, where it stands, rows, trend, notes.

    `within` are its controls: they stand beside the figures that they explain or replace, because below a table and a
    chart the two would not be seen together. `below` stands under the rows. `you`: it is the reader's own.
    """
    n = numbers(card, locale)
    headline = _headline(card, n)
    top = [*_standing(card, n), *within]
    rest = [context(notes(card, n, settings.timezone, you=you), id="notes")]
    newer = [*top, *_rows(card, n), *below, *_trend(card, n), *rest]
    older = [*top, *_rows_in_words(card, n), *below, *_trend_in_words(card, n), *rest]
    return Content(Mrkdwn(headline.replace("*", "")), newer, older)


def in_short(card: TargetsCard, *, locale: str, settings: Settings, you: bool = False) -> list[Block]:
    """A card without its table, chart and controls; `you`: it is the reader's own."""
    n = numbers(card, locale)
    return [*_standing(card, n), context(notes(card, n, settings.timezone, you=you), id="notes")]


def _standing(card: TargetsCard, n: Numbers) -> list[Block]:
    return [section(Mrkdwn(f"{_headline(card, n)}\n{_lines(card, n)}"), id="standing"), *_outlook(card, n)]


def _headline(card: TargetsCard, n: Numbers) -> Mrkdwn:
    basis = against(card) if card.sight is Sight.ALL else None
    return render("targets/headline.mrkdwn.j2", card=card, n=n, done=done(card), pace=_pace(card.score, n), basis=basis)


def _lines(card: TargetsCard, n: Numbers) -> str:
    standing = card.score.standing
    days = standing.progress.days_before
    return render(
        "targets/lines.mrkdwn.j2",
        card=card,
        n=n,
        done=done(card),
        no_target=Reason.NO_TARGET,
        required=_required(card, n),
        so_far=n.a_day(standing.achieved // days) if days else None,
    )


def _required(card: TargetsCard, n: Numbers) -> str | None:
    """What each day has to bring; of a thing that is nearly there, none."""
    required = card.score.standing.required_per_day
    if not isinstance(required, RequiredPerDay) or (
        not card.metric.is_money and required.amount * required.days < WHOLE
    ):
        return None
    return n.a_day(required.amount)


def _outlook(card: TargetsCard, n: Numbers) -> list[Block]:
    """What may still come, in small print: it explains the figures above, it does not compete with them."""
    words = render("targets/outlook.mrkdwn.j2", forecast=_forecast(card, n), covered=_coverage(card, n))
    return [context(words, id="outlook")] if words else []


@dataclass(frozen=True, slots=True)
class _Pace:
    amount: int
    words: Mrkdwn


def _pace(score: Score, n: Numbers) -> _Pace | None:
    """Pace in words, or None where it says nothing (too early, no target)."""
    pace = score.standing.pace
    if isinstance(pace, NotAvailable):
        return None
    return _Pace(pace.amount, render("targets/pace.mrkdwn.j2", amount=pace.amount, share=_off_pace(pace), n=n))


def _off_pace(pace: Pace) -> Fraction | None:
    return None if isinstance(pace.ratio, NotAvailable) else abs(pace.ratio - 1)


def _forecast(card: TargetsCard, n: Numbers) -> str:
    standing, outlook = card.score.standing, card.outlook
    if standing.progress.ended or card.score.is_empty or card.sight is Sight.TOTAL:
        return ""
    run_rate = None if isinstance(outlook.run_rate, NotAvailable) else outlook.run_rate
    return render(
        "targets/forecast.mrkdwn.j2",
        n=n,
        run_rate=run_rate,
        run_share=Fraction(run_rate, standing.target) if run_rate is not None and standing.target else None,
        open=outlook.by_pipeline.ascending if isinstance(outlook.by_pipeline, PipelineForecast) else (),
    )


def _coverage(card: TargetsCard, n: Numbers) -> str:
    found, pipeline, without_rate = card.outlook.coverage, card.outlook.pipeline, card.outlook.without_rate
    if card.sight is Sight.TOTAL or card.score.standing.progress.ended:
        return ""
    if not (pipeline.deals or pipeline.overdue or without_rate):
        return ""
    ratio = found.ratio if isinstance(found, Coverage) else None
    needed = found.needed if isinstance(found, Coverage) else None
    return render(
        "targets/coverage.mrkdwn.j2",
        n=n,
        amount=pipeline.amount,
        overdue=pipeline.overdue_count,
        without_rate=without_rate,
        ratio=None if isinstance(ratio, NotAvailable) else ratio,
        needed=None if isinstance(needed, NotAvailable) else needed,
    )


def _rows(card: TargetsCard, n: Numbers) -> list[Block]:
    """The parts as a table, worst pace first, and what they add up to."""
    if not card.rows:
        return _vacant(card, n)
    columns: list[Column[Score]] = [
        Column("Who", _who),
        Column("Pace", lambda row: _pace_cell(row, n)),
        Column(done(card).capitalize(), lambda row: Number(n.units(row.standing.credited), _credited(row, n))),
        Column("Target", lambda row: _money_cell(row.standing.target, n)),
    ]
    caption = f"{card.title}, {n.period(card.period)}"
    made = table(columns, worst_first(card.rows), caption=caption, id="rows")
    return [made, _total(card, n, min(len(card.rows), TABLE_ROWS)), *_vacant(card, n)]


def _who(row: Score) -> str:
    shown = name(row.subject.name)
    return f"{shown} and team" if row.subject.kind is ScoreKind.GROUP else shown


def worst_first(rows: tuple[Score, ...]) -> list[Score]:
    """Furthest behind pace first; who has none comes last, by name."""

    def off(row: Score) -> tuple[bool, int, str]:
        pace = row.standing.pace
        known = isinstance(pace, Pace)
        return not known, pace.amount if isinstance(pace, Pace) else 0, row.subject.name

    return sorted(rows, key=off)


def _pace_cell(row: Score, n: Numbers) -> str | Number:
    pace = _pace(row, n)
    if pace is not None:
        return Number(n.units(pace.amount), pace.words)
    missing = row.standing.pace
    return f"n/a: {missing.reason}" if isinstance(missing, NotAvailable) else ""


def _money_cell(amount: int | None, n: Numbers) -> str | Number:
    return "n/a" if amount is None else Number(n.units(amount), n.short(amount))


def _credited(row: Score, n: Numbers) -> Mrkdwn:
    """What the row adds to the total, and the overlay that counts in its own attainment and pace only."""
    standing = row.standing
    return render("targets/credited.mrkdwn.j2", n=n, credited=standing.credited, overlay=standing.overlay)


def _total(card: TargetsCard, n: Numbers, shown: int) -> Block:
    """What all rows add up to, and how many of them are not among the `shown` ones."""
    credited = sum(row.standing.credited for row in card.rows)
    asked = [row.standing.target for row in card.rows if row.standing.target is not None]
    words = render(
        "targets/total.mrkdwn.j2",
        n=n,
        done=done(card),
        count=len(card.rows),
        credited=credited,
        overlay=sum(row.standing.overlay for row in card.rows),
        target=sum(asked) if asked else None,
        left_out=len(card.rows) - shown,
    )
    return context(words, id="total")


def _vacant(card: TargetsCard, n: Numbers) -> list[Block]:
    if not card.vacant:
        return []
    left_out = max(len(card.vacant) - VACANT, 0)
    words = render("targets/vacant.mrkdwn.j2", rows=card.vacant[:VACANT], left_out=left_out, n=n, done=done(card))
    return [context(words, id="vacant")]


def _rows_in_words(card: TargetsCard, n: Numbers) -> list[Block]:
    """The table as text, for a client that does not know tables: as many of its rows as fit."""
    if not card.rows:
        return _vacant(card, n)
    lines = [_row_in_words(row, n) for row in worst_first(card.rows)[:TABLE_ROWS]]
    made, shown = paragraphs(lines, id="rows")
    return [*made, _total(card, n, shown), *_vacant(card, n)]


def _row_in_words(row: Score, n: Numbers) -> Mrkdwn:
    return render(
        "targets/row.mrkdwn.j2",
        who=_who(row),
        pace=_shown(_pace_cell(row, n)),
        credited=_credited(row, n),
        target=_shown(_money_cell(row.standing.target, n)),
    )


def _shown(cell: str | Number) -> str:
    return cell.text if isinstance(cell, Number) else cell


def _has_trend(card: TargetsCard) -> bool:
    return len(card.points) >= 2 and not card.score.is_empty


def _trend(card: TargetsCard, n: Numbers) -> list[Block]:
    if not _has_trend(card):
        return []
    series = {done(card).capitalize(): [n.units(point.credited) for point in card.points]}
    if card.score.standing.target:
        series["Target to date"] = [n.units(point.expected or 0) for point in card.points]
    so_far = "" if card.score.standing.progress.ended else " so far"
    what = ", ".join(filter(None, (f": {n.period(card.period)}{so_far}", n.currency)))
    title = clip(card.title, CHART_TITLE - len(what)) + what
    return [chart(title, [n.day(point.last_day) for point in card.points], series, id="trend")]


def _trend_in_words(card: TargetsCard, n: Numbers) -> list[Block]:
    if not _has_trend(card):
        return []
    return [context(render("targets/trend.mrkdwn.j2", points=card.points, n=n), id="trend")]
