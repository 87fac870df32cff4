"""A handler that changes something does it once for each act of a person, and every delivery of it gets the same answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import storage.writing
from bot.app import Application
from commands.kit import Call, Errors, Message, Modal, Nothing, Reply
from commands.kit.blocks import section
from commands.kit.registry import ActionHandler, Command, Registry, Submission
from domain.errors import NotAllowed
from storage.audit import AUDIT
from storage.inbox import INBOX
from storage.revisions import queue
from storage.writing import Writing
from tests.support.company_of_two import two_people
from tests.support.fake_slack import TEAM, FakeSlack, Sender, click, command_form, unique
from tests.support.transport import FakeDirectory, running_bot, sending_to

PROCESSES = 2


@pytest.fixture
def database_address(database_url: str) -> str:
    return database_url


async def recorded(bot: Application) -> list[int]:
    """What the handlers below did."""
    async with bot.database.read() as connection:
        query = select(AUDIT.c.subject_id).where(AUDIT.c.action == "save").order_by(AUDIT.c.id)
        return list((await connection.execute(query)).scalars())


async def save(call: Call, repo: Writing) -> Reply:
    """Saves the amount that was typed, unless it is wrong."""
    typed = call.view.values["amount"]["value"]["value"] if call.view else call.value or call.text
    if not typed.isdigit():
        return Errors({"amount": "Write a number."})
    number = await repo.audit("save", "amount", int(typed))
    if typed == "13":
        raise NotAllowed("Not thirteen.")
    if typed == "99":
        return Nothing()
    shown = [section(f"Saved as {number}", id="said")]
    return Modal("Saved", shown, metadata=typed) if call.view else Message(f"Saved as {number}", shown)


def submitted(amount: str, *, view: str = "V1", hash: str = "h1", trigger: str = "") -> dict[str, Any]:  # noqa: A002
    values = {"amount": {"value": {"type": "plain_text_input", "value": amount}}}
    shown = {"id": view, "hash": hash, "callback_id": "save", "private_metadata": "", "state": {"values": values}}
    trigger = trigger or unique("trigger.")
    user = {"id": "U1", "team_id": TEAM}
    return {"type": "view_submission", "team": {"id": TEAM}, "user": user, "trigger_id": trigger, "view": shown}


@pytest.fixture
async def senders(
    slack: FakeSlack, registry: Registry, directory: FakeDirectory, database_url: str, tmp_path: Path
) -> AsyncIterator[list[tuple[Application, Sender]]]:
    """Several bots on one database, as several processes would be."""
    await two_people(database_url, tmp_path)
    registry.add(Submission("save", save, effect=True))
    registry.add(ActionHandler("save", save, effect=True))
    registry.add(Command("/save", save, help="Save an amount", effect=True))
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(PROCESSES):
            bot = await stack.enter_async_context(running_bot(slack, registry, directory, DATABASE_URL=database_url))
            made.append((bot, await stack.enter_async_context(sending_to(bot))))
        yield made


Senders = list[tuple[Application, Sender]]


async def test_a_submission_that_comes_five_times_at_once_has_one_effect(senders: Senders) -> None:
    deliveries = [senders[number % PROCESSES][1].interaction(submitted("42")) for number in range(5)]
    answers = [answer.json() for answer in await asyncio.gather(*deliveries)]
    assert await recorded(senders[0][0]) == [42]
    assert answers[0]["view"]["private_metadata"] == "42"
    assert answers == [answers[0]] * 5


async def test_another_state_of_the_view_is_another_act(senders: Senders) -> None:
    for state in ("h1", "h2", "h1"):
        await senders[0][1].interaction(submitted("42", hash=state))
    assert await recorded(senders[0][0]) == [42, 42]


async def test_corrected_errors_are_taken(senders: Senders) -> None:
    bot, sender = senders[0]
    first = (await sender.interaction(submitted("lots"))).json()
    assert first == {"response_action": "errors", "errors": {"amount": "Write a number."}}
    assert (await sender.interaction(submitted("7"))).json()["response_action"] == "update"
    assert await recorded(bot) == [7]


async def test_a_refusal_writes_nothing_and_can_be_repeated(senders: Senders) -> None:
    bot, sender = senders[0]
    answer = (await sender.interaction(submitted("13"))).json()
    assert answer["errors"] == {"amount": "Not thirteen."}
    assert await recorded(bot) == []
    async with bot.database.read() as connection:
        assert (await connection.execute(select(INBOX))).all() == []


async def test_a_window_that_closes_closes_again(senders: Senders) -> None:
    for _ in range(2):
        answer = await senders[0][1].interaction(submitted("99"))
        assert (answer.status_code, answer.content) == (200, b"")
    assert await recorded(senders[0][0]) == [99]


async def test_a_click_that_comes_again_is_answered_again(senders: Senders, slack: FakeSlack) -> None:
    container = {"type": "message", "message_ts": "1.5", "channel_id": "C1"}

    def pressed(at: str) -> dict[str, Any]:
        made = click("save", "5", slack=slack, container=container)
        made["actions"][0]["action_ts"] = at
        return made

    for count, at in enumerate(("10.1", "10.1", "10.2"), 1):
        await senders[count % PROCESSES][1].interaction(pressed(at))
        await slack.until(lambda count=count: len(slack.responses) == count)
    assert await recorded(senders[0][0]) == [5, 5]
    first, again, other = (body["blocks"] for body in slack.responses)
    assert first == again != other


async def test_a_command_that_comes_again_is_answered_again(senders: Senders, slack: FakeSlack) -> None:
    form = command_form("/save", "6", slack=slack)
    for count, (_, sender) in enumerate(senders, 1):
        await sender.form(form)
        await slack.until(lambda count=count: len(slack.responses) == count)
    assert await recorded(senders[0][0]) == [6]
    assert slack.responses[0] == slack.responses[1]


async def test_who_comes_while_someone_else_writes_is_told(senders: Senders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.writing, "PATIENCE", 0.2)
    bot, sender = senders[0]
    async with senders[1][0].database.write() as connection:
        await queue(connection, 1)
        answer = (await sender.interaction(submitted("42"))).json()
    assert answer["errors"] == {"amount": "An import is running. Try again in a minute."}
    assert await recorded(bot) == []
    assert (await sender.interaction(submitted("42"))).json()["response_action"] == "update"
