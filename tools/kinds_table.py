"""The kinds of import files as Markdown: every column, and what its cells may hold."""

from collections.abc import Iterator

from storage.kinds import KINDS, WORKSPACE_CURRENCY, Blank, Column, Kind, Type
from storage.kinds.company import MOST

CELLS = {
    Type.DATE: "date",
    Type.INTEGER: "whole number",
    Type.PERCENT: "percent, up to 4 decimals",
    Type.RATE: "what one unit is in the workspace's currency",
    Type.CURRENCY: "currency code",
    Type.COUNTRY: "country: two letters, or the English name",
    Type.ZONE: "time zone, such as Europe/Paris",
}
PURPOSES = {
    "people": "Who sells, who leads, who watches over the figures. Turf knows someone in Slack by `slack_user_id`, or else by `email`. `left_on` is the last day.",
    "teams": "Teams and the teams above them.",
    "territories": "Territories and those above them. A territory is any name: an area, a segment, a list of accounts.",
    "courses": "What can be learnt.",
    "accounts": "Customers, and those who may become one.",
    "reporting": "Who reports to whom in which team since when. `to` is the first day no longer.",
    "absences": "Days away, and how much of the target is waived for them. `to` is the last day. Turf never asks why.",
    "ramps": "How much of a target counts in each month after someone was hired, from month 0. `people.ramp` names the profile.",
    "rules": "Which accounts belong to a territory. Rows with the same `rule` must all hold; of several rules of a territory one is enough. Several values: `DE;AT;CH`.",
    "pins": "An account that belongs to a territory whatever the rules say. `to` is the first day no longer.",
    "assignments": "Who holds a territory. One primary a day, unless several share it with `split_percent`. `to` is the first day no longer.",
    "targets": "Targets of people, territories and teams, for a month, a quarter or a year. For `new_customers` and `meetings` the amount is a number of them. A target that was set in Slack is the same row: an import of its key replaces it, which `/targets history` shows, and an import tells nobody.",
    "seasonality": "How a year's target spreads over the calendar's months; a profile sums to 100 %.",
    "costs": "What was spent on a territory.",
    "rates": "Exchange rates. A month's rate holds until a later one; `FY2026` is a plan rate.",
    "holidays": "Days without business, if the calendar of a country does not fit.",
    "pipeline": "The stages of a deal, in their order.",
    "training": "Who did which course when.",
    "skills": "Who can do what how well, and who says so.",
    "needs": "What a territory asks of whoever holds it.",
    "plans": "What is planned for a territory.",
    "deals": "Opportunities: open, won or lost. `closed_on` is needed unless open. A return has the type `return` or a negative amount.",
    "splits": "A deal's credit, if it is not all its owner's. The revenue splits of a deal sum to 100 %; overlay comes on top.",
    "stages": "When a deal entered which stage.",
    "insights": "What the field reports to other departments.",
    "activities": "Calls, meetings, e-mails, visits.",
}
BLANKS = {Blank.ALWAYS: "always", Blank.OPEN: "no end"}


def kinds_table() -> str:
    """A table for each kind, in the order in which files are read."""
    return "\n".join("".join(_kind(kind)) for kind in KINDS.values())


def _kind(kind: Kind) -> Iterator[str]:
    yield f"### `{kind.name}`\n\n{PURPOSES[kind.name]}\n\n"
    yield "| column | | cell |\n|---|---|---|\n"
    for column in kind.columns:
        yield f"| `{column.name}` | {_needed(column)} | {_cell(kind, column)} |\n"


def _needed(column: Column) -> str:
    return "key" if column.key else "needed" if column.must_be_given else ""


def _cell(kind: Kind, column: Column) -> str:
    parts = [_holds(column), *_limits(column), *_blank(column)]
    if column.shorthand:
        parts.append(f"stands for a row of `{column.shorthand}`")
    if kind.belongs_to == column.name and not column.refers_by:
        parts.append("when that is removed, the row is too")
    return "; ".join(parts)


def _holds(column: Column) -> str:
    if column.choices:
        return ", ".join(f"`{choice}`" for choice in column.choices)
    if column.refers_by:
        return f"the key of what `{column.refers_by}` says"
    if column.refers:
        return f"one of `{column.refers}`"
    if column.type is Type.MONEY:
        return f"amount in `{column.currency}`" if column.currency else "amount in the workspace's currency"
    return CELLS.get(column.type) or str(column.type.value)


def _limits(column: Column) -> Iterator[str]:
    low, high = column.low, None if column.high == MOST else column.high
    if low == -MOST:
        return
    if low is not None and high is not None:
        yield f"{low} to {high}"
    elif low is not None:
        yield f"{low} or more"


def _blank(column: Column) -> Iterator[str]:
    if column.blank is not None:
        yield f"blank: {BLANKS[column.blank]}"
    elif column.default == WORKSPACE_CURRENCY:
        yield "blank: the workspace's"
    elif column.default:
        yield f"blank: `{column.default}`"
