"""Socket Mode: nothing lost, nothing twice, through drops and a stop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import Application
from bot.socket_mode import QUIET_SECONDS
from commands.kit import Call, Happening, Message, Reply, Turf
from commands.kit.happenings import HappeningHandler
from commands.kit.registry import Command, Registry
from storage.writing import Writing
from tests.support.fake_slack import TEAM, FakeSlack, command_form, unique
from tests.support.transport import FakeDirectory, running_bot


@pytest.fixture
def done(registry: Registry) -> list[str]:
    """What `/note` was asked to note."""
    noted: list[str] = []

    async def note(call: Call, turf: Turf) -> Reply:
        noted.append(call.text)
        return Message(f"noted {call.text}")

    registry.add(Command("/note", note, help="For the test"))
    return noted


@pytest.fixture
async def bot(
    slack: FakeSlack, registry: Registry, directory: FakeDirectory, tmp_path: Path, done: list[str]
) -> AsyncIterator[Application]:
    address = f"sqlite:///{tmp_path}/turf.db"
    env = {"SLACK_APP_TOKEN": "xapp-test", "SLACK_SIGNING_SECRET": "", "DATABASE_URL": address}
    async with running_bot(slack, registry, directory, **env) as application:
        await slack.until(lambda: len(slack.sockets) == 2)
        yield application


def envelope(payload: dict[str, Any]) -> dict[str, Any]:
    return {"type": "slash_commands", "envelope_id": unique("E"), "payload": payload, "accepts_response_payload": True}


async def test_an_envelope_is_acknowledged_and_answered(slack: FakeSlack, bot: Application, done: list[str]) -> None:
    sent = envelope(command_form("/note", "a", slack=slack))
    await slack.sockets[0].send_json(sent)
    await slack.until(lambda: slack.responses)
    assert slack.acks == [{"envelope_id": sent["envelope_id"]}]
    assert slack.responses[0]["text"] == "noted a"


async def test_help_travels_in_the_acknowledgement(slack: FakeSlack, bot: Application) -> None:
    for _ in range(2):
        await slack.sockets[1].send_json(envelope(command_form("/turf", "help", slack=slack)))
        await slack.until(lambda: slack.responses)
    await slack.until(lambda: len(slack.acks) == 2)
    assert "/note" in slack.acks[1]["payload"]["text"]


async def test_a_second_delivery_on_the_other_socket_is_acknowledged_and_not_done_again(
    slack: FakeSlack, bot: Application, done: list[str]
) -> None:
    form = command_form("/note", "a", slack=slack)
    await slack.sockets[0].send_json(envelope(form))
    await slack.sockets[1].send_json(envelope(form))
    await slack.until(lambda: len(slack.acks) == 2)
    await bot.tasks.drain(5)
    assert done == ["a"]


async def test_what_could_not_be_noted_is_not_acknowledged(
    slack: FakeSlack, bot: Application, registry: Registry, directory: FakeDirectory
) -> None:
    async def react(told: Happening, repo: Writing) -> None:
        """Never reached."""

    registry.add(HappeningHandler("channel_left", react))
    directory.down = True
    lost = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": {"type": "channel_left"}}
    await slack.sockets[0].send_json(envelope(lost))
    other = envelope(lost | {"event": {"type": "channel_rename"}, "event_id": "Ev2"})
    await slack.sockets[0].send_json(other)
    await slack.until(lambda: slack.acks)
    await bot.tasks.drain(5)
    assert slack.acks == [{"envelope_id": other["envelope_id"]}]


async def test_a_dropped_socket_is_replaced(slack: FakeSlack, bot: Application) -> None:
    dropped = slack.sockets[0]
    await dropped.close()
    await slack.until(lambda: len(slack.sockets) == 2 and dropped not in slack.sockets)
    assert slack.opened == 3


async def test_a_socket_that_is_about_to_close_is_read_until_its_successor_is_there(
    slack: FakeSlack, bot: Application, done: list[str]
) -> None:
    leaving = slack.sockets[0]
    await leaving.send_json({"type": "disconnect", "reason": "warning"})
    await slack.until(lambda: len(slack.sockets) == 3)
    await leaving.send_json(envelope(command_form("/note", "late", slack=slack)))
    await slack.until(lambda: slack.acks)
    await bot.tasks.drain(5)
    assert done == ["late"]


async def test_a_quiet_socket_is_replaced_if_slack_answers(slack: FakeSlack, bot: Application) -> None:
    assert bot.sockets
    later = asyncio.get_running_loop().time() + QUIET_SECONDS + 1
    slack.down = True
    await bot.sockets.check(later)
    assert bot.sockets.connected == 2
    slack.down = False
    await bot.sockets.check(later)
    await slack.until(lambda: len(slack.sockets) == 4)


@pytest.mark.parametrize(
    "frame", ["nonsense", "[]", '{"envelope_id": 5}', '{"envelope_id": "E", "payload": {"type": 7}}', "{}"]
)
async def test_an_odd_frame_harms_nothing(slack: FakeSlack, bot: Application, done: list[str], frame: str) -> None:
    await slack.sockets[0].send_str(frame)
    await slack.sockets[0].send_json(envelope(command_form("/note", "after", slack=slack)))
    await slack.until(lambda: slack.responses)
    assert done == ["after"]


async def test_a_stop_finishes_what_was_acknowledged(slack: FakeSlack, bot: Application, registry: Registry) -> None:
    go_on, finished = asyncio.Event(), []

    async def waits(call: Call, turf: Turf) -> Reply:
        await go_on.wait()
        finished.append(call.text)
        return Message("done")

    registry.add(Command("/wait", waits, help="For the test"))
    await slack.sockets[0].send_json(envelope(command_form("/wait", "x", slack=slack)))
    await slack.until(lambda: slack.acks)
    stopping = asyncio.ensure_future(bot.stop())
    await slack.until(lambda: not slack.sockets)
    assert not stopping.done()
    go_on.set()
    await stopping
    assert finished == ["x"]
    assert slack.responses[-1]["text"] == "done"


async def test_nothing_is_read_while_stopping(slack: FakeSlack, bot: Application, done: list[str]) -> None:
    socket = slack.sockets[0]
    stopping = asyncio.ensure_future(bot.stop())
    await asyncio.sleep(0)
    await socket.send_json(envelope(command_form("/note", "too late", slack=slack)))
    await stopping
    assert len(done) == len(slack.acks)


async def test_nothing_is_lost_or_done_twice_while_sockets_drop(
    slack: FakeSlack, bot: Application, done: list[str]
) -> None:
    forms = {unique("E"): command_form("/note", str(number), slack=slack) for number in range(150)}

    def unacknowledged() -> list[str]:
        acknowledged = {ack["envelope_id"] for ack in slack.acks}
        return [name for name in forms if name not in acknowledged]

    async def deliver_until_acknowledged() -> None:
        while waiting := unacknowledged():
            for place, name in enumerate(waiting):
                socket = slack.sockets[place % len(slack.sockets)] if slack.sockets else None
                if socket and not socket.closed:
                    with contextlib.suppress(ConnectionError):
                        await socket.send_json({"type": "slash_commands", "envelope_id": name, "payload": forms[name]})
                if place % 40 == 20 and socket:
                    await socket.close()
                await asyncio.sleep(0)
            await asyncio.sleep(0.05)

    async with asyncio.timeout(60):
        await deliver_until_acknowledged()
    await bot.stop()
    assert sorted(done, key=int) == [str(number) for number in range(150)]


async def test_it_is_not_ready_without_a_connection(slack: FakeSlack, bot: Application) -> None:
    assert bot.sockets
    slack.down = True
    connections = list(bot.sockets.connections)
    for socket in list(slack.sockets):
        await socket.close()
    await asyncio.gather(*(connection.leaving.wait() for connection in connections))
    assert bot.sockets.connected == 0
