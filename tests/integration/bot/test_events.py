"""What a person does is answered once; what bots, edits and other channels say is not."""

from typing import Any

import pytest

from bot.app import Application
from commands.kit import Call, Happening, Home, Message, Reply, Turf
from commands.kit.blocks import section
from commands.kit.happenings import HappeningHandler
from commands.kit.identity import FOR_MEMBERS
from commands.kit.registry import EventHandler, Registry
from storage.writing import Writing
from tests.support.fake_slack import TEAM, FakeSlack, Sender
from tests.support.transport import FakeDirectory

SAID = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "text": "R&amp;D &lt;3", "ts": "1.1"}
OPENED = {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"}


@pytest.fixture(autouse=True)
def listening(registry: Registry) -> None:
    async def hears(call: Call, turf: Turf) -> Reply:
        return Message(f"{call.person.name} said {call.text} in {call.channel_id}")

    async def shows(call: Call, turf: Turf) -> Reply:
        return Home([section(f"Hello {call.person.name}")])

    registry.add(EventHandler("message.im", hears))
    registry.add(EventHandler("app_home_opened", shows))


async def sent(sender: Sender, bot: Application, event: dict[str, Any], number: str = "Ev1") -> None:
    envelope = {"type": "event_callback", "team_id": TEAM, "event_id": number, "event": event}
    response = await sender.event(envelope)
    assert (response.status_code, response.text) == (200, "")
    await bot.tasks.drain(5)


async def test_a_direct_message_is_answered_once_in_its_channel(
    slack: FakeSlack, sender: Sender, bot: Application
) -> None:
    for _ in range(2):
        await sent(sender, bot, SAID)
    [answer] = slack.called("chat.postMessage")
    assert answer["channel"] == "D1"
    assert "Ana said R&D <3 in D1" in str(answer["blocks"])
    assert answer["text"] == "Here is what you asked for."
    await sent(sender, bot, SAID, "Ev2")
    assert len(slack.called("chat.postMessage")) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"bot_id": "B1"},
        {"subtype": "message_changed"},
        {"channel_type": "channel"},
        {"channel_type": "mpim"},
        {"user": {"id": "U1"}},
        {"user": None},
        {"user": "USLACKBOT"},
        {"type": "app_mention"},
    ],
)
async def test_what_nobody_said_to_the_app_is_not_answered(
    slack: FakeSlack, sender: Sender, bot: Application, other: dict[str, Any]
) -> None:
    await sent(sender, bot, SAID | other)
    assert slack.called("chat.postMessage") == slack.called("users.info") == []


async def test_the_home_tab_is_published_when_it_is_opened_and_not_its_messages(
    slack: FakeSlack, sender: Sender, bot: Application
) -> None:
    await sent(sender, bot, OPENED | {"tab": "messages"})
    assert slack.called("views.publish") == []
    await sent(sender, bot, OPENED, "Ev2")
    [shown] = slack.called("views.publish")
    assert (shown["user_id"], shown["view"]["type"]) == ("U1", "home")
    assert "Hello Ana" in str(shown["view"]["blocks"])


async def test_a_guest_gets_one_sentence(slack: FakeSlack, sender: Sender, bot: Application) -> None:
    slack.add_user("U2", is_restricted=True)
    await sent(sender, bot, SAID | {"user": "U2"})
    await sent(sender, bot, OPENED | {"user": "U2"}, "Ev2")
    [answer], [home] = slack.called("chat.postMessage"), slack.called("views.publish")
    for blocks in (answer["blocks"], home["view"]["blocks"]):
        assert FOR_MEMBERS in str(blocks)
        assert "Ana" not in str(blocks)


async def test_an_answer_that_comes_too_soon_for_slack_is_posted_later(
    slack: FakeSlack, sender: Sender, bot: Application
) -> None:
    await sent(sender, bot, SAID)
    slack.too_soon = 2
    await sent(sender, bot, SAID, "Ev2")
    assert [one["channel"] for one in slack.called("chat.postMessage")] == ["D1"] * 4
    slack.too_soon = 99
    await sent(sender, bot, SAID, "Ev3")
    slack.too_soon = 0
    await sent(sender, bot, SAID, "Ev4")
    assert "said R&D <3" in str(slack.called("chat.postMessage")[-1]["blocks"])


ARCHIVED = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev9", "event": {"type": "channel_archive"}}


async def test_what_could_not_be_noted_comes_again(
    sender: Sender, registry: Registry, directory: FakeDirectory
) -> None:
    """Nobody would hear of it otherwise: here alone an acknowledgement says that it was written."""

    async def react(told: Happening, repo: Writing) -> None:
        raise AssertionError("there is no data to write to")

    registry.add(HappeningHandler("channel_archive", react))
    directory.down = True
    assert (await sender.event(ARCHIVED)).status_code == 500
    directory.down = False
    assert (await sender.event(ARCHIVED | {"team_id": "TOTHER"})).status_code == 200
    assert (await sender.event(ARCHIVED | {"event_id": "Ev10"})).status_code == 500
