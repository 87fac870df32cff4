"""The small print of a card: which target it used, what was taken off it, how fresh the data is."""

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction

from commands.kit.names import Kind
from commands.targets.amounts import done
from commands.targets.service import Sight, TargetsCard
from domain.carried import as_set, held, vacant_since
from domain.targets import Amounts, TargetPart, basis, total
from templates import Mrkdwn, render
from templates.numbers import Numbers

NAMES = 4
"""So many territories are named; the rest are counted."""


def notes(card: TargetsCard, n: Numbers, timezone: str, *, you: bool = False) -> Mrkdwn:
    """One sentence for each thing that a reader would otherwise wonder about; `you`: it is the reader's own card."""
    # Of a total without its parts: one person's absence or ramp would show.
    parts = () if card.sight is Sight.TOTAL else card.score.parts
    return render(
        "targets/notes.mrkdwn.j2",
        card=card,
        n=n,
        done=done(card),
        you=you,
        basis=str(basis(parts)) if card.score.is_leaf else "rolled up",
        territories=_few(card.territory_names),
        replaced=[
            n.period(month)
            for month in sorted({p.month for p in parts if p.piece.replaced}, key=lambda month: month.start)
        ],
        amounts=total(parts),
        **_compared(card),
        held=_held(card, parts, n),
        vacant=_vacant(card, parts, n),
        converted=[(n.short(money.minor, money.currency), n.short(base)) for money, base in as_set(parts)],
        stale=any(p.piece.quote and p.piece.quote.stale for p in parts),
        fresh=n.moment(card.fresh_at, timezone) if card.fresh_at else None,
    )


def against(card: TargetsCard) -> Mrkdwn | None:
    """Which of several possible targets a sum is measured against; None where there is only one."""
    if card.score.is_leaf:
        return None
    has_own = card.score.compared is not None and card.score.compared.has_own
    found = {
        Kind.PERSON: "everyone",
        Kind.TEAM: "own" if has_own else "members",
        Kind.TERRITORY: "own" if has_own else "below",
        Kind.COMPANY: "top",
    }[card.subject.kind]
    return render("targets/basis.mrkdwn.j2", basis=found, kind=card.subject.kind)


def _held(card: TargetsCard, parts: Sequence[TargetPart], n: Numbers) -> tuple[str, str] | None:
    """First and last day of someone who held their territories in a part of the period only."""
    if card.subject.kind is not Kind.PERSON or not card.score.is_leaf:
        return None
    span = held(parts, card.subject.id, card.period)
    return None if span is None else (n.day(span.start), n.day(span.end - timedelta(days=1)))


def _vacant(card: TargetsCard, parts: Sequence[TargetPart], n: Numbers) -> str | None:
    """Since when nobody has held the card's territory, at the end of a period that is over; empty if in all of it so far."""
    if card.subject.kind is not Kind.TERRITORY or not card.score.is_leaf:
        return None
    since = vacant_since(parts, min(card.today, card.period.last_day))
    return None if since is None else n.day(since) if since > card.period.start else ""


def _compared(card: TargetsCard) -> dict[str, Fraction | Amounts | None]:
    """What those below a territory or team carry against its own target; for the company, if it is not the same."""
    rollup = card.compared
    over = rollup.over_assignment if rollup else None
    if rollup is None or not isinstance(over, Fraction) or (card.subject.kind is Kind.COMPANY and not over):
        return {"compared": None, "over": None}
    return {"compared": rollup.below, "over": over}


def _few(names: tuple[str, ...]) -> list[str]:
    return list(names) if len(names) <= NAMES else [*names[: NAMES - 1], f"{len(names) - NAMES + 1} more"]
