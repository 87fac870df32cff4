"""The tree of territories as blocks; the words are in templates/territories."""

from commands.kit import Message
from commands.kit.blocks import Block, Control, actions, button, section, select
from commands.territories.card_views import LABEL, said
from commands.territories.controls import LIST_PAGE, OPEN
from commands.territories.listing import Row, TerritoryList
from domain.company import AssignmentRole
from templates import Mrkdwn, clip, name, render
from templates.numbers import Numbers

STEP = "\u2003"
"""So far a territory stands in for each level: Slack would take ordinary spaces away."""
DEEPEST = 8


def list_message(found: TerritoryList, *, currency: str, locale: str, replace: bool = False) -> Message:
    """A line for each territory, one to open, and the pages there and back."""
    n = Numbers(currency, locale)
    head = render("territories/list.mrkdwn.j2", found=found, filter=name(found.filter) if found.filter else "")
    lines = Mrkdwn("\n".join(_line(row, found, n) for row in found.rows))
    blocks = [section(head, id="head"), *([section(lines, id="tree")] if found.rows else []), *_open(found)]
    return Message(_in_short(found), [*blocks, *_turning(found)], replace=replace)


def _in_short(found: TerritoryList) -> str:
    if not found.fitting:
        return "No territory fits." if found.known else "There are no territories yet."
    vacant = f", {found.vacant} of them vacant" if found.vacant else ""
    return f"{found.fitting} {'territory' if found.fitting == 1 else 'territories'}{vacant}."


def _line(row: Row, found: TerritoryList, n: Numbers) -> Mrkdwn:
    into = found.closed_into.get(row.territory.id)
    words = render(
        "territories/list_row.mrkdwn.j2",
        row=row,
        into=name(into.name) if into else "",
        n=n,
        name=name(row.territory.name),
        held=said(row.holders, n),
        covered=", ".join(name(one.name) for one in row.holders if one.role is AssignmentRole.COVER),
    )
    return Mrkdwn(STEP * min(row.depth, DEEPEST) + words)


def _open(found: TerritoryList) -> list[Block]:
    choices = {str(row.territory.id): clip(name(row.territory.name), LABEL) for row in found.rows if row.fits}
    return [actions(select(OPEN, choices, placeholder="Open a territory"), id="open")] if choices else []


def _turning(found: TerritoryList) -> list[Block]:
    def turn(label: str, to: int) -> Control:
        return button(label, f"{LIST_PAGE}:{label.lower()}", value=f"{to}|{found.filter}")

    before = [turn("Previous", found.number - 1)] if found.number else []
    after = [turn("Next", found.number + 1)] if found.number + 1 < found.pages else []
    return [actions(*before, *after, id="turn")] if before or after else []
