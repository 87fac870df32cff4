"""/targets of new customers and of meetings: words, the menu on the card, Why? down to the last part of one."""

from decimal import Decimal

import pytest

from bot.demo.company import AHEAD, LEADER, MANAGER, OVERLAY, REP
from tests.support.slack import SlackClient, View
from tests.support.turf import found

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow_on_postgresql]


async def summed(view: View) -> Decimal:
    """The bold numbers with which the lines of all pages begin, added up."""
    total = Decimal(0)
    while True:
        texts = [block["text"]["text"] for block in found(view.blocks, "section")]
        total += sum((Decimal(text.split("*")[1]) for text in texts[1:]), Decimal(0))
        if not {"Older", "More"} & set(view.buttons):
            return total
        view = await view.press("Older" if "Older" in view.buttons else "More")


def said(view: View, word: str) -> Decimal:
    return Decimal(view.words.split(f"{word} ")[1].split(",")[0].rstrip(".\n").split("\n")[0].rstrip("."))


@pytest.mark.parametrize(
    ("who", "typed", "begins"),
    [
        (REP, "/targets new customers", "Ana Silva, new customers: "),
        (REP, "/targets last quarter meetings", "Ana Silva, meetings: Q3 2026 ended at "),
        (REP, "/targets for meetings in 2026-10", "Ana Silva, meetings: Oct 2026 ended at "),
        (MANAGER, "/targets Ana Silva New-Customers Q3", "Ana Silva, new customers: "),
        (MANAGER, "/targets new_customers", "Marcus Chen and team, new customers: "),
        (LEADER, "/targets all meetings", "Company, meetings: "),
        (REP, "/targets revenue", "Ana Silva: "),
    ],
)
async def test_the_metric_in_words_anywhere(slack: SlackClient, who: str, typed: str, begins: str) -> None:
    card = await slack.as_(who).types(typed)
    assert card.text.startswith(begins)
    assert ("$" in card.words) == ("revenue" in typed)
    assert "Coverage" not in card.words or "revenue" in typed


async def test_two_metrics_at_once_are_asked_about(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/targets meetings and new customers")
    assert card.text.startswith("I read 'meetings' and 'new customers'. Name one")


async def test_a_name_in_quotes_is_no_metric(slack: SlackClient) -> None:
    card = await slack.as_(REP).types('/targets "Meetings"')
    assert "I don't know anyone or any territory called 'Meetings'" in card.text


async def test_the_menu_leads_to_each_metric_with_a_target_and_back(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/targets last quarter")
    meetings = await card.select("targets.metric", "Meetings")
    assert meetings.ts == card.ts
    assert meetings.text.startswith("Ana Silva, meetings: Q3 2026 ended")
    earlier = await meetings.press("← Q2")
    assert earlier.text.startswith("Ana Silva, meetings: ")
    customers = await (await earlier.press("Q3 →")).select("targets.metric", "New customers")
    assert customers.text.startswith("Ana Silva, new customers: ")
    assert (await customers.select("targets.metric", "Revenue")).text == card.text


async def test_only_metrics_with_a_target_are_offered(slack: SlackClient) -> None:
    card = await slack.as_(OVERLAY).types("/targets")
    [menu] = [
        one for block in card.blocks for one in block.get("elements", ()) if one.get("action_id") == "targets.metric"
    ]
    assert [option["text"]["text"] for option in menu["options"]] == ["Revenue", "Meetings"]
    before_any = await slack.as_(REP).types("/targets FY2025")
    assert "targets.metric" not in str(before_any.blocks)


@pytest.mark.parametrize(
    ("who", "typed", "word"),
    [
        (REP, "/targets new customers", "Won"),
        (MANAGER, "/targets new customers", "Won"),
        (REP, "/targets meetings", "Held"),
        (MANAGER, "/targets New England meetings", "Held"),
        (LEADER, "/targets all new customers Q3", "Won"),
    ],
)
async def test_why_lists_what_was_counted_and_sums_to_it(slack: SlackClient, who: str, typed: str, word: str) -> None:
    why = await (await slack.as_(who).types(typed)).press("Why?")
    assert await summed(why) == said(why, word)
    top = (await slack.as_(who).views())[-1]
    assert "Open deals" not in str(top.blocks)
    assert await summed(await top.select("parts", "Target, piece by piece")) == said(why, "target")


async def test_a_shared_deal_makes_a_part_of_a_new_customer(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/targets new customers")
    assert "*Where it stands:* 1.7 of " in card.words
    why = await card.press("Why?")
    assert "*0.7*  Golden Plastics LLC" in why.words
    assert "First won deal: Golden Plastics LLC: Services; 70\u00a0% of its credit" in why.words


async def test_a_manager_s_rows_are_counts(slack: SlackClient) -> None:
    card = await slack.as_(MANAGER).types("/targets new customers")
    assert card.rows[0] == ["Who", "Pace", "Won", "Target"]
    won = sum(Decimal(row[2]) for row in card.table)
    assert f"rows: {won.normalize():f} won of " in card.words


async def test_someone_else_s_counts_are_refused_like_their_amounts(slack: SlackClient) -> None:
    for metric in ("new customers", "meetings"):
        card = await slack.as_(REP).types(f"/targets Carla Romano {metric}")
        assert "see" in card.text
        assert "Where it stands" not in card.words


async def test_a_team_s_total_of_counts_follows_the_same_rule(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/targets team Americas East meetings")
    assert card.text.startswith("Americas East, meetings: ")
    assert card.table == []
    monthly = await slack.as_(REP).types("/targets team Americas East meetings 2026-10")
    assert "by quarter or year" in monthly.text


async def test_nobody_s_card_names_a_currency_for_counts(slack: SlackClient) -> None:
    card = await slack.as_(AHEAD).types("/targets meetings")
    assert "USD" not in str(card.blocks)
