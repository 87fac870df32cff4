"""Who gets an answer, and who does not."""

import re

import pytest

from bot.demo.company import LEADER, MANAGER, OPS, PARTNER, REP
from commands.kit.identity import FOR_MEMBERS
from tests.support.slack import SlackClient

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow_on_postgresql]
TERRITORY = {"/territory", "/territory list", "/territory find", "/territory health", "/territory history"}
REQUESTS = {"/territory assign", "/territory change", "/territory edit", "/territory requests"}
DIGEST = {
    f"/digest{one}" for one in ("", " preview", " pause", " resume", " stop", " send", " list", " mute", " unmute")
}


async def test_someone_who_is_not_in_the_list_is_told_whom_to_ask(slack: SlackClient) -> None:
    card = await slack.as_("nora.newcomer").types("/targets")
    assert "I don't know you yet" in card.text
    assert "Ask " in card.text


@pytest.mark.parametrize("who", ["gail.guest", "oscar.outside"])
@pytest.mark.parametrize("typed", ["/targets", "/turf help", "/turf status"])
async def test_guests_and_outsiders_are_told_so_and_nothing_else(slack: SlackClient, who: str, typed: str) -> None:
    state = await slack.as_(who).state()
    [channel] = [one["name"] for one in state["channels"] if one["is_member"] and not one["is_im"]]
    card = await slack.as_(who).types(typed, channel=channel)
    assert card.ephemeral
    assert card.text == FOR_MEMBERS
    assert card.blocks == []


@pytest.mark.parametrize(
    ("who", "listed"),
    [
        (PARTNER, {"/turf help", "/turf status"} | TERRITORY),
        (
            REP,
            {
                "/turf help",
                "/turf status",
                "/targets",
                "/targets history",
                *REQUESTS,
                "/territory export",
                "/territory map",
                "/territory potential",
            }
            | DIGEST
            | TERRITORY,
        ),
        (
            MANAGER,
            {
                "/turf help",
                "/turf status",
                "/targets",
                "/targets history",
                "/targets set",
                *REQUESTS,
                "/territory export",
                "/territory map",
                "/territory potential",
            }
            | DIGEST
            | TERRITORY,
        ),
        (
            LEADER,
            {
                "/turf help",
                "/turf status",
                "/targets",
                "/targets history",
                *REQUESTS,
                "/territory export",
                "/territory map",
                "/territory potential",
            }
            | DIGEST
            | TERRITORY,
        ),
        (
            OPS,
            {
                "/turf help",
                "/turf status",
                "/targets",
                "/targets history",
                "/targets set",
                "/turf settings",
                "/turf roles",
                "/turf import",
                *REQUESTS,
                "/territory export",
                "/territory map",
                "/territory potential",
            }
            | DIGEST
            | TERRITORY,
        ),
    ],
)
async def test_help_lists_what_the_role_may_use(slack: SlackClient, who: str, listed: set[str]) -> None:
    card = await slack.as_(who).types("/turf help")
    assert set(re.findall(r"^`(/\w+(?: [a-z]+)?)", card.words, re.MULTILINE)) == listed
    other = await slack.as_(who).types("/turf help settings")
    assert ("Your role may not use `/turf settings`" in other.words) == (who != OPS)


async def test_the_help_of_a_command_has_examples_that_work(slack: SlackClient) -> None:
    card = await slack.as_(MANAGER).types("/targets help")
    examples = re.findall(r"^`(/targets[^`]*)`  ", card.words.partition("For example")[2], re.MULTILINE)
    assert len(examples) == 6
    for typed in examples:
        said = (await slack.as_(MANAGER).types(re.sub(r"\b[Dd]ana(?: T)?\b", "Ana S", typed))).text
        assert re.match(r"(Marcus Chen|Ana Silva|Americas East|New England)\b.*: ", said), typed


async def test_a_partner_gets_no_amounts(slack: SlackClient) -> None:
    for typed in ("/targets", "/targets New England", "/targets all"):
        card = await slack.as_(PARTNER).types(typed)
        assert "$" not in card.words
        assert card.text.startswith("Your role (partner) ")
        assert "Ask sales operations" in card.text


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
