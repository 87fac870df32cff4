"""The Home tab, and what people write to the app in plain words."""

import re

import pytest

from bot.demo.company import LEADER, MANAGER, OPS, PARTNER, REP
from commands.kit.identity import FOR_MEMBERS
from tests.support.slack import Card, SlackClient
from tests.support.turf import found

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow_on_postgresql]


async def test_home_shows_my_numbers_what_needs_me_and_what_i_can_ask(slack: SlackClient) -> None:
    card, home = await slack.as_(REP).types("/targets"), await slack.as_(REP).home()
    for words in (card.text, "*Where it stands:*", "*To go:*", "CRM data as of Nov 23", "Nothing waits for an answer"):
        assert words in home.words
    assert home.buttons == ["My targets", "My team", "What changed", "How fresh is the data?", "Help"]
    assert (await slack.as_(REP).home()).json == home.json


@pytest.mark.parametrize(
    ("who", "buttons"),
    [
        (PARTNER, ["How fresh is the data?", "Help"]),
        (MANAGER, ["My targets", "My team", "Set a target", "What changed", "How fresh is the data?", "Help"]),
        (OPS, ["My targets", "My team", "Everyone", "Set a target", "What changed", "How fresh is the data?", "Help"]),
        (LEADER, ["My targets", "My team", "Everyone", "What changed", "How fresh is the data?", "Help"]),
    ],
)
async def test_home_offers_what_the_role_may_use(slack: SlackClient, who: str, buttons: list[str]) -> None:
    home = await slack.as_(who).home()
    assert home.buttons == buttons
    assert ("$" in home.words) == (who in (MANAGER, LEADER))
    for button in buttons:
        window = await (await slack.as_(who).home()).press(button)
        assert not re.match("I don't know|You are in no|Your role|You can ", window.words), button
        await window.close()


async def test_a_button_of_home_opens_the_answer_in_a_window(slack: SlackClient) -> None:
    home = await slack.as_(MANAGER).home()
    card = await home.press("My targets")
    assert card.title == "Turf"
    assert "Marcus Chen and team: " in card.words
    before = await card.select("targets.period", "Q3 2026")
    assert "Q3 2026" in before.words
    assert len(await slack.as_(MANAGER).views()) == 1
    why = await before.press("Why?")
    assert why.title == "Why?"
    assert len(await slack.as_(MANAGER).views()) == 2
    await why.close()
    await (await slack.as_(MANAGER).views())[0].close()
    form = await (await slack.as_(MANAGER).home()).press("Set a target")
    assert "target" in form.title.lower()
    await form.close()


async def test_a_guest_s_home_has_one_sentence(slack: SlackClient) -> None:
    assert (await slack.as_("gail.guest").home()).words.strip() == FOR_MEMBERS


async def asked(slack: SlackClient, who: str, words: str) -> Card:
    await slack.advance(1)
    return await slack.as_(who).types(words, channel="app")


@pytest.mark.parametrize(
    ("who", "words", "answer"),
    [
        (MANAGER, "targets ana last quarter", "/targets ana last quarter"),
        (MANAGER, "ana last quarter?", "/targets ana last quarter"),
        (REP, "my team FY2026", "/targets my team FY2026"),
        (REP, "last quarter", "/targets last quarter"),
        (REP, "How am I doing?", "/targets"),
        (REP, "how did we do in Q3 2026?", "/targets Q3 2026"),
        (MANAGER, "What is Ana's target for last quarter?", "/targets ana last quarter"),
        (REP, "status", "/turf status"),
        (REP, "help targets", "/turf help targets"),
        (REP, "targets carla romano", "/targets carla romano"),
        (PARTNER, "targets", "/targets"),
    ],
)
async def test_plain_words_are_answered_as_the_command_is(
    slack: SlackClient, who: str, words: str, answer: str
) -> None:
    card = await asked(slack, who, words)
    assert not card.ephemeral
    # A lock screen may show it.
    assert card.text == "Here is what you asked for."
    if answer:
        assert _words(card) == _words(await slack.as_(who).types(answer))


def _words(card: Card) -> str:
    return re.sub(r"Reference \S+", "", card.words)


async def test_a_card_in_a_direct_message_can_be_used(slack: SlackClient) -> None:
    card = await asked(slack, REP, "targets")
    assert (await card.press("Why?")).title == "Why?"
    await (await slack.as_(REP).views())[0].close()
    assert "Q3 2026 ended" in (await card.select("targets.period", "Q3 2026")).text


@pytest.mark.parametrize("words", ["hello", "what a lovely day", "zzzqqq"])
async def test_what_is_no_question_is_answered_with_what_can_be_asked(slack: SlackClient, words: str) -> None:
    card = await asked(slack, REP, words)
    assert card.words.startswith("Hello Ana. I answer questions about targets")


@pytest.mark.parametrize(
    ("who", "words", "says"),
    [
        (MANAGER, "set ana", "Type `/targets set` here"),
        (MANAGER, "targets set ana", "Type `/targets set` here"),
        (OPS, "settings", "Type `/turf settings` here"),
        (MANAGER, "targets anna sliva", "Did you mean Ana Silva?"),
    ],
)
async def test_what_needs_a_window_or_a_better_name_says_so(
    slack: SlackClient, who: str, words: str, says: str
) -> None:
    assert says in (await asked(slack, who, words)).words


async def test_a_stranger_who_writes_is_told_whom_to_ask(slack: SlackClient) -> None:
    assert "I don't know you yet" in (await asked(slack, "nora.newcomer", "hello")).words


async def test_without_the_newer_blocks_the_answer_has_the_rows_as_text(slack: SlackClient) -> None:
    table = await asked(slack, MANAGER, "targets")
    assert found(table.blocks, "data_table")
    await slack.faults(newer_blocks=False)
    try:
        plain = await asked(slack, MANAGER, "targets")
    finally:
        await slack.faults(newer_blocks=True)
    assert not found(plain.blocks, "data_table")
    assert all(row[0] in plain.words for row in table.table)


async def test_what_home_and_the_greeting_propose_is_answered(slack: SlackClient) -> None:
    said = (await slack.as_(REP).home()).words + (await asked(slack, REP, "hello")).words
    proposed = re.findall(r"`([^`]+)`", said)
    assert len(proposed) == 7
    for words in proposed:
        assert not (await asked(slack, REP, words)).words.startswith(("Hello", "I don't know"))
