"""What was typed does not lead to an answer: the reply says what would."""

import pytest

from bot.demo.company import LEADER, MANAGER, REP
from tests.support.slack import Card, SlackClient

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow_on_postgresql]


async def test_an_unknown_name_offers_the_nearest_as_buttons(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/targets New Englnd last quarter")
    assert "I don't know anyone or any territory called 'New Englnd'. Did you mean New England?" in card.text
    answer = await card.press("New England")
    assert answer.text.startswith("New England: Q3 2026 ended")


async def test_a_misspelt_period_offers_the_nearest_as_a_button(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/targets new england last quartr")
    assert "I don't know a period 'last quartr'. Did you mean last quarter?" in card.text
    answer = await card.press("last quarter")
    assert answer.text.startswith("New England: Q3 2026 ended")


async def test_a_name_of_two_things_asks_which(slack: SlackClient) -> None:
    card = await slack.as_(LEADER).types("/targets americas east")
    assert "is the name of 2 things" in card.text
    assert card.buttons == ["team Americas East", "territory Americas East"]
    answer = await card.press("territory Americas East")
    assert answer.text.startswith("Americas East: ")


@pytest.mark.parametrize(
    ("who", "words", "answer"),
    [
        (MANAGER, "ana", "Ana Silva: "),
        (MANAGER, "Ana S last quarter", "Ana Silva: Q3 2026 ended"),
        (REP, "me", "Ana Silva: "),
        (REP, "my team last quarter", "Americas East: target met for Q3 2026"),
        (MANAGER, "team", "Americas East: "),
    ],
)
async def test_people_are_called_by_a_part_of_their_name_and_by_me_and_my_team(
    slack: SlackClient, who: str, words: str, answer: str
) -> None:
    assert (await slack.as_(who).types(f"/targets {words}")).text.startswith(answer)


async def test_nobody_is_found_by_a_part_whom_one_may_not_see(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/targets Carla")
    assert "I don't know anyone or any territory called 'Carla'." in card.text
    assert "Carla Romano" not in card.words


async def test_a_name_that_is_like_nothing(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/targets zzzzqqqq")
    assert "I don't know anyone or any territory called 'zzzzqqqq'." in card.text


@pytest.mark.parametrize("words", ["2026Q9", "2026-13"])
async def test_an_unknown_period_shows_the_accepted_forms(slack: SlackClient, words: str) -> None:
    card = await slack.as_(REP).types(f"/targets {words}")
    assert "last quarter" in card.text
    assert "`/targets [who] [period] [metric]`" in card.words


@pytest.mark.parametrize(
    ("typed", "topic"), [("/turf nonsense", "I don't know `/turf nonsense`"), ("/turf", "What you can ask me")]
)
async def test_an_unknown_subcommand_and_none_show_the_help(slack: SlackClient, typed: str, topic: str) -> None:
    card = await slack.as_(REP).types(typed)
    assert topic in card.words
    assert "`/targets [who] [period] [metric]`" in card.words


@pytest.mark.parametrize("typed", ["/turf help", "/turf help targets", "/targets help"])
async def test_help_lists_the_command(slack: SlackClient, typed: str) -> None:
    card = await slack.as_(REP).types(typed)
    assert card.ephemeral
    assert "`/targets [who] [period] [metric]`" in card.words


@pytest.mark.parametrize(
    "name", ["<!channel>", "<!here|x>", "<@U0001|x>", "*bold* `code`", "<https://evil.example|click>", '{"a": 1}']
)
async def test_hostile_names_are_shown_as_text(slack: SlackClient, name: str) -> None:
    card = await slack.as_(REP).types(f"/targets {name}")
    for block in card.blocks:
        text = block.get("text") or {}
        assert text.get("type") != "mrkdwn" or "Type `/targets" in text["text"] or name not in text["text"]
    _is_inert(card)


def _is_inert(card: Card) -> None:
    """The plain text of a message is mrkdwn too: nothing in it may notify, link or change the type."""
    for mark in ("<!", "<@", "<http", "*bold*", "`code`"):
        assert mark not in card.text
