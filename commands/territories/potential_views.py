"""Areas by potential and white space as blocks."""

from collections.abc import Iterator, Sequence

from commands.kit import Block, Message
from commands.kit.blocks import (
    SELECT_OPTIONS,
    Column,
    Control,
    Number,
    actions,
    button,
    paragraphs,
    section,
    select,
    table,
)
from commands.territories.controls import AREAS
from commands.territories.potential import AreasFound, AreasQuery
from domain.potential import Area, Rank
from templates import Mrkdwn, name, render
from templates.numbers import Numbers

OPTION = 150
"""Characters that an option may carry."""


def areas_message(found: AreasFound, *, locale: str, replace: bool = False) -> Message:
    """What there is in all, the areas with the greatest first, and the ways to look at them differently."""
    n = Numbers(found.currency, locale)
    words = render("territories/areas.mrkdwn.j2", found=found, n=n, white=found.query.rank is Rank.WHITE_SPACE)
    head, controls = section(words, id="head"), list(_controls(found))
    if not found.areas:
        return Message(words.replace("*", ""), [head, *controls], replace=replace)
    newer = table(_columns(n, found), found.areas, caption="Areas", page_size=10, id="areas")
    lines = [_line(one, n, found) for one in found.areas]
    older, _ = paragraphs(lines, id="lines")
    return Message(_text(found, n), [head, newer, *controls], fallback=[head, *older, *controls], replace=replace)


def _text(found: AreasFound, n: Numbers) -> str:
    return f"{found.total} areas with {n.short(found.whole.potential)} of potential."


def _columns(n: Numbers, found: AreasFound) -> list[Column[Area]]:
    return [
        Column("Area", area_name),
        Column("Potential", lambda one: Number(n.units(one.all.potential), n.short(one.all.potential))),
        Column("White space", lambda one: Number(n.units(one.all.white_space), n.short(one.all.white_space))),
        Column("Accounts", lambda one: _accounts(one, found)),
    ]


def _accounts(area: Area, found: AreasFound) -> str:
    open_ = (
        f", {area.unassigned.accounts} unassigned" if area.unassigned.accounts and not found.query.unassigned else ""
    )
    return f"{area.all.accounts}{open_}"


def area_name(area: Area) -> str:
    """`Ohio, Retail`."""
    return f"{name(area.region) if area.region else 'no region'}, {name(area.industry) if area.industry else 'no industry'}"


def _line(area: Area, n: Numbers, found: AreasFound) -> Mrkdwn:
    return render(
        "territories/areas_line.mrkdwn.j2", area=area, shown=area_name(area), accounts=_accounts(area, found), n=n
    )


def _controls(found: AreasFound) -> Iterator[Block]:
    query = found.query
    yield actions(
        *_ranks(found),
        *_filters(query, "region", found.regions),
        *_filters(query, "industry", found.industries),
        id="look",
    )
    turning = list(_turning(found))
    if turning:
        yield actions(*turning, id="turn")


def _ranks(found: AreasFound) -> Iterator[Control]:
    query = found.query
    other = Rank.WHITE_SPACE if query.rank is Rank.POTENTIAL else Rank.POTENTIAL
    words = {Rank.WHITE_SPACE: "By white space", Rank.POTENTIAL: "By potential"}
    yield button(words[other], f"{AREAS}:rank", value=query.anew(rank=other).encoded)
    if found.all_accounts:
        label = "All accounts" if query.unassigned else "Only unassigned"
        yield button(label, f"{AREAS}:unassigned", value=query.anew(unassigned=not query.unassigned).encoded)


def _filters(query: AreasQuery, by: str, values: Sequence[str]) -> Iterator[Control]:
    """A menu of all regions or industries. What is too long to be carried, or too much for a menu, is left out of it."""
    choices = {query.anew(**{by: None}).encoded: f"Every {by}"}
    choices |= {query.anew(**{by: value}).encoded: name(value) if value else f"no {by}" for value in values}
    fitting = {value: label for value, label in choices.items() if len(value) <= OPTION}
    offered = dict(list(fitting.items())[:SELECT_OPTIONS])
    if len(values) > 1:
        yield select(f"{AREAS}:{by}", offered, chosen=query.anew().encoded, placeholder=f"Every {by}")


def _turning(found: AreasFound) -> Iterator[Control]:
    query = found.query
    for label, page in (("Areas before", query.page - 1), ("More areas", query.page + 1)):
        if 0 <= page < found.pages:
            moved = AreasQuery(query.rank, query.region, query.industry, query.unassigned, page)
            yield button(label, f"{AREAS}:{page}", value=moved.encoded)
