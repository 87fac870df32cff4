"""The history of a territory as blocks."""

from datetime import date, timedelta

from commands.kit import Block, Message
from commands.kit.blocks import actions, button, section
from commands.territories.card_views import tenure_line
from commands.territories.controls import HISTORY_PAGE
from commands.territories.history import Change, TerritoryHistory
from domain.company import WHOLE, AssignmentRole
from storage.territory_versions import HolderRow
from templates import Mrkdwn, name, render
from templates.numbers import Numbers

_AS = {AssignmentRole.PRIMARY: "", AssignmentRole.COVER: "cover ", AssignmentRole.OVERLAY: "overlay "}
RULES = 5
"""So many rules are named; the rest are counted."""


def history_message(found: TerritoryHistory, *, currency: str, locale: str, replace: bool = False) -> Message:
    """Who held it, then a line for each change, and the pages there and back."""
    n, shown = Numbers(currency, locale), name(found.territory.name)
    tenures = [tenure_line(one, found.names, n) for one in found.tenures]
    head = render("territories/history.mrkdwn.j2", name=shown, tenures=tenures, found=found)
    lines = [section(_change(one, found, n), id=f"change{at}") for at, one in enumerate(found.changes)]
    return Message(
        f"{shown}: who held it, and what changed.",
        [section(head, id="head"), *lines, *_turning(found)],
        replace=replace,
    )


def _change(change: Change, found: TerritoryHistory, n: Numbers) -> Mrkdwn:
    step = change.step
    return render(
        "territories/history_change.mrkdwn.j2",
        at=n.moment(change.at, found.timezone),
        year=change.at.year if change.at.year != found.today.year else "",
        who=name(change.by) if change.by else "",
        cause=change.cause,
        place=name(step.place.name) if step.place else "",
        begun=[_holder(one, found, n) for one in step.begun],
        ended=[_holder(one, found, n) for one in step.ended],
        changed=_rules(step.rules_begun & step.rules_ended) if found.pins else "",
        new=_rules(step.rules_begun - step.rules_ended) if found.pins else "",
        gone=_rules(step.rules_ended - step.rules_begun) if found.pins else "",
        pinned=len(step.pinned) if found.pins else 0,
        unpinned=len(step.unpinned) if found.pins else 0,
    )


def _holder(row: HolderRow, found: TerritoryHistory, n: Numbers) -> str:
    share = "" if row.share == WHOLE else f" {n.share(row.share)}"
    since = "" if row.start == date.min else f" from {n.full_day(row.start)}"
    until = "" if row.end == date.max else f" to {n.full_day(row.end - timedelta(days=1))}"
    return f"{_AS[row.role]}{name(found.names[row.person])}{share}{since}{until}"


def _rules(rules: set[str]) -> str:
    ordered = sorted(rules)
    more = len(ordered) - RULES
    return ", ".join(map(name, ordered[:RULES])) + (f" and {more} more" if more > 0 else "")


def _turning(found: TerritoryHistory) -> list[Block]:
    to = found.territory.id
    newer = [button("Newer", f"{HISTORY_PAGE}:newer", value=f"{to}|{found.number - 1}")] if found.number else []
    more = found.number + 1 < found.pages
    older = [button("Older", f"{HISTORY_PAGE}:older", value=f"{to}|{found.number + 1}")] if more else []
    return [actions(*newer, *older, id="turn")] if newer or older else []
