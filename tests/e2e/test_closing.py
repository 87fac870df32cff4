"""What gets me there: the fewest deals that close the gap, what-if by ticking, and the states without anything to tick."""

import re
from decimal import Decimal

import pytest

from bot.demo.company import BEHIND, LEADER, MANAGER, NEW_HIRE, REP, STRATEGIC
from tests.support.slack import SlackClient, View

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow_on_postgresql]

AMOUNT = re.compile(r"-?\$[\d,]+\.\d\d")
OWN, THEIRS = "What gets me there", "What gets them there"


def amounts(text: str) -> list[Decimal]:
    return [Decimal(one.replace("$", "").replace(",", "")) for one in AMOUNT.findall(text)]


def part(view: View, block_id: str) -> str:
    [block] = [block for block in view.blocks if block["block_id"] == block_id]
    return str(block["text"]["text"])


def boxes(view: View) -> list[dict[str, object]]:
    return [
        element for block in view.blocks for element in block.get("elements", ()) if element.get("type") == "checkboxes"
    ]


def offered(view: View) -> dict[str, Decimal]:
    """The deals by id, with their amounts."""
    return {o["value"]: amounts(o["text"]["text"])[0] for box in boxes(view) for o in box["options"]}  # type: ignore[attr-defined]


def ticked(view: View) -> list[str]:
    return [o["value"] for box in boxes(view) for o in box.get("initial_options") or ()]  # type: ignore[attr-defined]


def assert_adds_up(view: View, chosen: list[str]) -> None:
    """Credited + ticked = total, of target; and what is left."""
    credited, more, total, target, *left = amounts(part(view, "sum"))
    assert more == sum(offered(view)[one] for one in chosen)
    assert credited + more == total
    assert left == ([] if total == target else [abs(target - total)])
    assert ("closes the gap" in part(view, "sum")) == (total >= target)


async def opened(slack: SlackClient, who: str, typed: str = "/targets", button: str = OWN) -> View:
    return await (await slack.as_(who).types(typed)).press(button)  # type: ignore[no-any-return]


async def tick(view: View, chosen: list[str]) -> View:
    """Tick exactly these on the page that is shown: each block is a choice of its own."""
    for block in list(view.blocks):
        for element in block.get("elements", ()):
            if element["type"] == "checkboxes":
                here = [o["value"] for o in element["options"] if o["value"] in chosen]
                view = await view.select(block["block_id"], here)  # type: ignore[arg-type]
    return view


async def test_the_fewest_deals_are_ticked_and_close_the_gap(slack: SlackClient) -> None:
    view = await opened(slack, REP)
    assert view.title == OWN
    gap = amounts(part(view, "summary"))[0]
    chosen = ticked(view)
    assert_adds_up(view, chosen)
    largest = sorted(offered(view).values(), reverse=True)
    assert sum(offered(view)[one] for one in chosen) >= gap
    assert sum(largest[: len(chosen) - 1]) < gap
    assert re.search(rf"{len(chosen)} of \d+, worth .* They are ticked", part(view, "summary"))


async def test_ticking_says_at_once_what_it_comes_to(slack: SlackClient) -> None:
    view = await opened(slack, REP)
    first, *_ = offered(view)
    alone = await tick(view, [first])
    assert_adds_up(alone, [first])
    assert "is still to go" in part(alone, "sum")
    everything = await tick(alone, list(offered(alone)))
    assert_adds_up(everything, list(offered(view)))
    none = await tick(everything, [])
    assert "Nothing is ticked" in part(none, "sum")
    # The blocks stay the same ones, so that what is ticked survives.
    assert {block["block_id"] for block in none.blocks} == {block["block_id"] for block in view.blocks}


async def test_each_deal_says_stage_day_and_chance(slack: SlackClient) -> None:
    view = await opened(slack, REP)
    for box in boxes(view):
        for option in box["options"]:  # type: ignore[attr-defined]
            assert re.fullmatch(r"[A-Z]\w+, [A-Z][a-z]+ \d+, 2026, \d+\xa0%", option["description"]["text"])


async def test_what_is_past_its_close_date_stands_apart(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/targets")
    [overdue] = re.findall(r"(\d+) more are past their close date", card.words)
    view = await card.press(OWN)
    said = part(view, "overdue")
    assert said.startswith(f"*Past their close date: {overdue}, worth ")
    assert amounts(said)[0] == sum(amounts(said)[1:])
    assert "was expected" in said


async def test_a_manager_opens_it_for_a_report_and_for_the_whole_team(slack: SlackClient) -> None:
    theirs = await opened(slack, MANAGER, "/targets Ben Whitaker", THEIRS)
    assert theirs.title == THEIRS
    assert part(theirs, "summary").startswith("*Ben Whitaker, Q4 2026:")
    own = await opened(slack, BEHIND)
    assert part(own, "sum") == part(theirs, "sum")


async def test_many_deals_come_in_pages_and_ticks_on_other_pages_count(slack: SlackClient) -> None:
    view = await opened(slack, MANAGER)
    assert len(offered(view)) == 20
    assert [len(box["options"]) for box in boxes(view)] == [10, 10]  # type: ignore[arg-type]
    [before] = [amounts(part(view, "sum"))[1]]
    second = await view.press("More")
    assert "Page 2 of" in second.words
    assert not set(offered(second)) & set(offered(view))
    assert amounts(part(second, "sum"))[1] == before
    one = next(value for value in offered(second) if value not in ticked(second))
    more = await tick(second, [*ticked(second), one])
    assert amounts(part(more, "sum"))[1] == before + offered(second)[one]
    back = await more.press("Back")
    assert ticked(back) == ticked(view)
    assert amounts(part(back, "sum"))[1] == before + offered(second)[one]


async def test_a_target_that_is_met_says_so(slack: SlackClient) -> None:
    view = await opened(slack, LEADER, "/targets Luis Ortega 2026-11", THEIRS)
    assert "the target is met.*" in part(view, "summary")
    assert "nothing is missing" in part(view, "summary")
    assert boxes(view) == []


async def test_without_open_deals_it_says_what_that_means(slack: SlackClient) -> None:
    view = await opened(slack, STRATEGIC)
    said = part(view, "summary")
    assert "No open deal closes in the rest of Q4 2026: with what is in the CRM now, the gap stays." in said
    assert "It takes new deals, or deals that can close earlier: 1 closes after the period, worth $" in said
    assert boxes(view) == []


async def test_where_all_open_deals_are_not_enough_it_says_what_is_missing_still(slack: SlackClient) -> None:
    view = await opened(slack, NEW_HIRE)
    missing, worth, still, *_ = amounts(part(view, "summary"))
    assert missing - worth == still > 0
    assert f"All {len(offered(view))} open deals together do not get you there" in part(view, "summary")
    assert ticked(view) == list(offered(view))
    assert_adds_up(view, ticked(view))


async def test_amounts_in_another_currency_are_converted(slack: SlackClient) -> None:
    view = await opened(slack, LEADER, "/targets Astrid Ricci", THEIRS)
    assert "Amounts in another currency are converted at the latest rate." in view.words
    assert "no amount, or none that can be converted" in view.words


async def test_no_button_where_there_is_nothing_to_close(slack: SlackClient) -> None:
    for typed in ("/targets last quarter", "/targets New England", "/targets meetings", "/targets Q1 2031"):
        card = await slack.as_(REP).types(typed)
        assert OWN not in card.buttons


async def test_nothing_was_refused(slack: SlackClient) -> None:
    before = len(await slack.refusals())
    await (await opened(slack, MANAGER)).press("More")
    assert len(await slack.refusals()) == before


async def test_two_quick_ticks_end_with_what_is_ticked(slack: SlackClient) -> None:
    view = await opened(slack, MANAGER)
    first, second = (block for block in view.blocks if str(block["block_id"]).startswith("deals-"))
    one, other = (block["elements"][0]["options"][-1]["value"] for block in (first, second))
    where = {"view_id": view.data["id"], "block_id": first["block_id"], "action_id": "targets.closing_tick"}
    await slack.post(f"/_client/{MANAGER}/action", {**where, "value": [one], "values": {}})
    # Without waiting for what comes of the first.
    settled = await view.select(second["block_id"], [other])  # type: ignore[arg-type]
    elsewhere = amounts(part(view, "sum"))[1] - sum(offered(view)[deal] for deal in ticked(view))
    assert amounts(part(settled, "sum"))[1] == elsewhere + offered(view)[one] + offered(view)[other]
