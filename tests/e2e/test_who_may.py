"""Who gets an answer, and who does not."""

import pytest

from bot.demo.company import LEADER, MANAGER, PARTNER, REP
from tests.support.slack import SlackClient
from tests.support.turf import Turf

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_someone_who_is_not_in_the_list_is_told_whom_to_ask(slack: SlackClient) -> None:
    card = await slack.as_("nora.newcomer").types("/targets")
    assert "I don't know you yet" in card.text
    assert "Ask " in card.text


@pytest.mark.parametrize("who", ["gail.guest", "oscar.outside"])
async def test_guests_and_outsiders_get_nothing(turf: Turf, slack: SlackClient, who: str) -> None:
    state = await slack.as_(who).state()
    [channel] = [one["name"] for one in state["channels"] if one["is_member"] and not one["is_im"]]
    await slack.as_(who).says("/targets", channel=channel)
    # The workspace has the acknowledgement by now, so what follows it is in hand.
    await turf.application.tasks.drain(10)
    assert await slack.as_(who).messages(channel) == []


async def test_a_partner_gets_no_amounts(slack: SlackClient) -> None:
    for typed in ("/targets", "/targets New England", "/targets all"):
        card = await slack.as_(PARTNER).types(typed)
        assert "$" not in card.words
        assert "may not see" in card.text or "can see" in card.text


@pytest.mark.parametrize("typed", ["/targets Carla Romano", "/targets New York", "/targets all", "/targets <@U0009>"])
async def test_a_rep_is_refused_what_is_not_theirs(slack: SlackClient, typed: str) -> None:
    card = await slack.as_(REP).types(typed)
    assert "$" not in card.words
    assert "Why?" not in card.buttons


async def test_a_manager_sees_those_below_and_no_others(slack: SlackClient) -> None:
    below = await slack.as_(MANAGER).types("/targets Ana Silva")
    assert below.text.startswith("Ana Silva: ")
    other = await slack.as_(MANAGER).types("/targets Jonas Weber")
    assert "$" not in other.words


async def test_a_card_that_was_made_for_someone_else_is_not_shown_again(slack: SlackClient) -> None:
    typed = "/targets Carla Romano"
    assert "$" in (await slack.as_(MANAGER).types(typed)).words
    assert "$" not in (await slack.as_(REP).types(typed)).words
    assert "$" not in (await slack.as_(PARTNER).types(typed)).words
    assert (await slack.as_(LEADER).types(typed)).text.startswith("Carla Romano: ")


async def test_a_team_s_total_has_no_names_no_why_and_no_months(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/targets team Americas East")
    assert card.text.startswith("Americas East: ")
    assert card.rows == []
    assert "Why?" not in card.buttons
    elements = [element for block in card.blocks for element in block.get("elements", [])]
    [menu] = [element for element in elements if element.get("action_id") == "targets.period"]
    periods = [option["text"]["text"] for option in menu["options"]]
    assert "Q3 2026" in periods
    assert "Nov 2026" not in periods
    assert (await card.select("targets.period", "Q3 2026")).text.startswith("Americas East: target met for Q3 2026")
    month = await slack.as_(REP).types("/targets team Americas East Nov 2026")
    assert "by month it could be one person's figure" in month.text
