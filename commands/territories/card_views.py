"""The card of a territory as blocks; the words are in templates/territories."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from commands.kit import Block, Message
from commands.kit.blocks import SELECT_OPTIONS, Control, action_menu, actions, button, context, section, select
from commands.kit.rerun import run_button
from commands.territories.card import Holder, TerritoryCard, Worth
from commands.territories.controls import ASK, EXPORT, HISTORY, MAP, OPEN
from commands.territories.health_views import LABELS
from domain.company import WHOLE, AssignmentRole, Territory
from domain.lines import Tenure
from templates import Mrkdwn, clip, name, render
from templates.numbers import Numbers

BELOW = 8
"""So many of the territories below one are named; the rest are counted."""
LABEL = 70
_AS = {AssignmentRole.COVER: "covered by", AssignmentRole.OVERLAY: "overlay"}


def territory_card(card: TerritoryCard, *, locale: str, replace: bool = False) -> Message:
    """Who holds it and where it is, its figures, where it stands, and the few controls."""
    n = Numbers(card.currency, locale)
    blocks = [section(_about(card, n), id="about")]
    if card.worth:
        blocks += [section(_worth(card.worth, n), id="worth"), *_notes(card.worth, n), *card.worth.standing.blocks]
    blocks += [actions(*_controls(card), id="controls"), *_open(card.below)]
    return Message(f"{name(card.territory.name)}: {_in_short(card, n)}.", blocks, replace=replace)


def _in_short(card: TerritoryCard, n: Numbers) -> str:
    if card.is_frame:
        return f"{len(card.below)} below it"
    return f"held by {said(card.holders, n) or 'nobody'}"


def choose(found: Sequence[Territory], *, mine: bool) -> Message:
    """Several territories that are meant; of very many only the first can be chosen."""
    words = render("territories/choose.mrkdwn.j2", mine=mine, count=len(found), shown=min(len(found), SELECT_OPTIONS))
    return Message(words, [section(words, id="choose"), *_open(found, "Choose a territory")])


def none_of_mine() -> Message:
    """Someone who holds none is shown the way to all of them."""
    words = render("territories/none.mrkdwn.j2")
    return Message(
        words, [section(words, id="none"), actions(run_button("All territories", "/territory list"), id="all")]
    )


def said(holders: Sequence[Holder], n: Numbers) -> str:
    """`Ana Silva 60 %, Ben Whitaker 40 %`: the primaries, with their shares where there are several."""
    found = [one for one in holders if one.role is AssignmentRole.PRIMARY]
    return ", ".join(_shared(name(one.name), one.share, n) for one in found)


def tenure_line(tenure: Tenure, card_names: dict[int, str], n: Numbers) -> str:
    """`Ana Silva (Jan 1, 2026 to Mar 31, 2026)`; of nobody: `nobody (...)`."""
    who = ", ".join(_shared(name(card_names[one]), share, n) for one, share in tenure.holders) or "nobody"
    return f"{who} ({days(tenure.span.start, tenure.span.end, n)})"


def days(start: date, end: date, n: Numbers) -> str:
    """First and last day in words; `end` is the first day no longer."""
    until = "" if end == date.max else f" to {n.full_day(end - timedelta(days=1))}"
    if start == date.min:
        return f"until {until[4:]}" if until else "always"
    return f"{n.full_day(start)}{until}" if until else f"since {n.full_day(start)}"


def _shared(who: str, share: int, n: Numbers) -> str:
    return who if share == WHOLE else f"{who} {n.share(share)}"


def _about(card: TerritoryCard, n: Numbers) -> Mrkdwn:
    below = ", ".join(name(one.name) for one in card.below[:BELOW])
    more = len(card.below) - BELOW
    others = [
        f"{_AS[one.role]} {name(one.name)}"
        + (f" until {n.full_day(one.until - timedelta(days=1))}" if one.until else "")
        for one in card.holders
        if one.role is not AssignmentRole.PRIMARY
    ]
    since = card.tenures[0].span.start if card.tenures and not card.is_vacant else date.min
    held = said(card.holders, n) + (f", since {n.full_day(since)}" if since != date.min else "")
    return render(
        "territories/card.mrkdwn.j2",
        card=card,
        title=name(card.territory.name),
        path=" › ".join(name(one.name) for one in card.above),
        held=held,
        others=_sentence("; ".join(others)),
        below=f"{below} and {more} more" if more > 0 else below,
        before="; ".join(tenure_line(one, card.names, n) for one in card.tenures[1:]),
        n=n,
    )


def _sentence(words: str) -> str:
    """With a capital at its beginning; names in it stay as they are."""
    return words[:1].upper() + words[1:]


def _worth(worth: Worth, n: Numbers) -> Mrkdwn:
    card = worth.standing.card
    return render(
        "territories/worth.mrkdwn.j2",
        p=worth.potential,
        pipeline=card.outlook.pipeline,
        last_day=card.period.end - timedelta(days=1),
        wrong=", ".join(f"{LABELS[kind].lower()}: {count}" for kind, count in worth.health.items()),
        n=n,
    )


def _notes(worth: Worth, n: Numbers) -> list[Block]:
    """What the sums leave out, in small print."""
    stated = None if worth.stated is None else n.short(worth.stated, worth.stated_currency)
    words = render("territories/worth_notes.mrkdwn.j2", p=worth.potential, stated=stated, n=n)
    return [context(words, id="worth_notes")] if words else []


def _controls(card: TerritoryCard) -> Iterator[Control]:
    """Map and export show accounts, which are for who may see the figures."""
    carried = str(card.territory.id)
    if card.worth and card.worth.standing.why:
        yield card.worth.standing.why
    if card.worth and card.worth.potential.accounts:
        yield button("Map", MAP, value=carried)
    yield button("History", HISTORY, value=carried)
    if card.worth:
        export = {EXPORT: ("Export the accounts", carried)} if card.worth.potential.accounts else {}
        yield action_menu({**export, ASK: ("Ask for a change", f"move|{carried}")})


def _open(found: Sequence[Territory], hint: str = "Open one below it") -> list[Block]:
    choices = {str(one.id): clip(name(one.name), LABEL) for one in found[:SELECT_OPTIONS]}
    return [actions(select(OPEN, choices, placeholder=hint), id="open")] if choices else []
