"""What the guides say may be typed in Slack is typed, as the role that each is for, in the sample company that they name."""

import re

import pytest

from bot.demo.company import MANAGER, OPS, REP
from tests.support.slack import Card, SlackClient
from tools.files import ROOT

pytestmark = pytest.mark.slow

READERS = {"reps": REP, "managers": MANAGER, "ops": OPS, "territories": OPS}
REFUSED = re.compile(r"I don't know|Your role|You can |Type `/|Something went wrong|names of|nothing .* yet")


def typed_in(guide: str) -> list[str]:
    """Each slash command of a guide, once: lines of commands, and those within a line."""
    text = (ROOT / "docs" / "guides" / f"{guide}.md").read_text(encoding="utf-8")
    found = re.findall(r"^    (/\w.*)$|`(/(?:turf|targets|territory|digest)[^`]*)`", text, re.MULTILINE)
    return list(dict.fromkeys(line or word for line, word in found))


COMMANDS = [(guide, typed) for guide in READERS for typed in typed_in(guide)]


in_module = pytest.mark.asyncio(loop_scope="module")


def test_the_guides_have_commands() -> None:
    assert {guide: len(typed_in(guide)) > 7 for guide in READERS} == dict.fromkeys(READERS, True)


@in_module
@pytest.mark.parametrize(("guide", "typed"), COMMANDS)
async def test_what_a_guide_names_is_answered(slack: SlackClient, guide: str, typed: str) -> None:
    person = slack.as_(READERS[guide])
    answer = await person.does("command", {"channel": "general", "text": typed}, what=typed)
    assert answer
    assert not REFUSED.match(answer.text)
    assert isinstance(answer, Card) or answer.buttons or answer.data.get("submit")


@in_module
@pytest.mark.parametrize("said", ["last quarter", "my team FY2026", "help"])
async def test_what_a_rep_may_write_to_the_app_is_answered(slack: SlackClient, said: str) -> None:
    text = (ROOT / "docs" / "guides" / "reps.md").read_text(encoding="utf-8")
    assert f"`{said}`" in text
    card = await slack.as_(REP).types(said, channel="app")
    assert not card.words.startswith("Hello")
