"""Messages of the outbox arrive once, in order, for who is there; on bad days too."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.outbox.plan import ATTEMPTS, LOOK_AFTER, RENDERINGS, backoff
from commands.kit import Sending
from storage import lanes
from storage.lanes import Settlement
from storage.leases import LEASE
from storage.outbox import Outbox, State
from tests.support.sending import TEAM, Office, office

pytestmark = pytest.mark.slow_on_postgresql

AFTER = LOOK_AFTER.total_seconds()


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(database_url, tmp_path) as made:
        yield made


@pytest.fixture
async def light(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """On SQLite only: for what the database has no part in."""
    async with office(sqlite_url, tmp_path) as made:
        yield made


async def test_messages_of_a_channel_go_in_order_one_a_second(here: Office) -> None:
    for text in ("one", "two", "three"):
        await here.note(text)
    elsewhere = await here.note("elsewhere", "GDEAL")
    assert await here.run() == 2
    assert (await here.texts(), await here.texts("deal-desk")) == (["one"], ["elsewhere"])
    assert (await here.row(elsewhere)).state == "sent"
    assert await here.run() == 0, "the same second"
    await here.later(1)
    assert await here.texts() == ["one", "two"]
    await here.later(1)
    assert await here.texts() == ["one", "two", "three"]
    assert await here.states() == ["sent"] * 4


async def test_a_message_is_rendered_for_who_is_there_when_it_is_sent(light: Office) -> None:
    await light.note("hello", to="GDEAL")
    await light.local.slack.as_("mona").joins("deal-desk", guest="gil")
    await light.run()
    [sending] = light.post.sent
    assert sorted(member.slack_user_id for member in sending.audience.members) == ["UGUEST", "UMONA"], "and no bot"
    assert not sending.audience.is_public
    assert sending.audience.has_outsiders
    mona = next(member for member in sending.audience.members if member.slack_user_id == "UMONA")
    assert mona.person is not None
    assert mona.person.key == "mona"
    assert sending.today == light.now.date()


async def test_nobody_is_looked_up_in_a_public_channel(light: Office) -> None:
    await light.note("hello")
    await light.local.slack.as_("mona").joins("general", guest="gil")
    await light.run()
    [sending] = light.post.sent
    assert sending.audience.is_public
    assert all(member.person is None for member in sending.audience.members)
    assert not sending.audience.all_are(lambda _: True), "anyone may join"


async def test_a_direct_message_reaches_one_person(light: Office) -> None:
    await light.note("for you", light.people["ben"])
    await light.run()
    assert await light.texts("app", "ben") == ["for you"]
    assert await light.texts("app", "mona") == []
    [sending] = light.post.sent
    assert sending.recipient is not None
    assert sending.recipient.key == "ben"


@pytest.mark.parametrize("change", [{"deleted": True}, {"is_restricted": True}])
async def test_who_must_get_nothing_gets_nothing(light: Office, change: dict[str, Any]) -> None:
    await light.local.slack.post("/_test/person", {"id": "UBEN", **change})
    number = await light.note("for you", light.people["ben"])
    await light.run()
    assert ((await light.row(number)).state, light.post.sent) == ("dropped", [])


async def test_an_answer_waits_for_what_it_answers(light: Office) -> None:
    card = await light.note("card")
    reply = await light.note("reply", thread_of=card)
    await light.run()
    assert await light.texts() == ["card"]
    await light.later(1)
    state = await light.local.slack.as_("mona").messages()
    assert [message.data.get("thread_ts") for message in state][1] == (await light.row(card)).ts
    assert (await light.row(reply)).state == "sent"


async def test_an_answer_dies_with_what_it_answers(light: Office) -> None:
    await light.local.slack.as_("mona").leaves("deal-desk")
    card = await light.note("card", "CRND")
    reply = await light.note("reply", "CRND", thread_of=card)
    await light.settle()
    assert [(row.state, row.error) for row in await light.rows()] == [
        ("dead", "not_in_channel"),
        ("dead", "the message that it answers was not sent"),
    ]
    assert (card, reply) == (1, 2)


async def test_an_update_changes_the_message_and_not_more(light: Office) -> None:
    card = await light.note("first")

    async def change(outbox: Outbox) -> int:
        await outbox.update(card, "note", {"text": "second"})
        return await outbox.update(card, "note", {"text": "third"})

    await light.run()
    await light.write(change)
    await light.settle()
    assert await light.texts() == ["third"]
    assert [sending.arguments["text"] for sending in light.post.sent] == ["first", "third"]


async def test_an_update_that_changes_while_it_is_rendered_is_not_lost(light: Office) -> None:
    card = await light.note("first")
    await light.settle()
    await light.local.slack.advance(1)

    async def change(sending: Sending) -> None:
        if sending.arguments["text"] == "second":
            await light.write(lambda outbox: outbox.update(card, "note", {"text": "third"}))

    light.post.meanwhile = change
    await light.write(lambda outbox: outbox.update(card, "note", {"text": "second"}))
    await light.settle()
    assert await light.texts() == ["third"]


async def test_a_send_whose_answer_is_lost_is_found_and_not_sent_again(here: Office) -> None:
    await here.local.slack.fault("lost_answer", on="chat.postMessage", times=1)
    number = await here.note("once")
    await here.run()
    assert (await here.row(number)).state == "sending"
    assert await here.later(AFTER - 1) == 0, "it may still be on its way"
    await here.later(1)
    row = await here.row(number)
    assert (row.state, await here.texts()) == ("sent", ["once"])
    assert row.ts == (await here.local.slack.as_("mona").messages())[0].data["ts"]


async def test_a_lost_answer_in_a_thread_is_found_there(light: Office) -> None:
    card = await light.note("card")
    await light.run()
    await light.local.slack.advance(1)
    await light.local.slack.fault("lost_answer", on="chat.postMessage", times=1)
    await light.note("reply", thread_of=card)
    await light.settle()
    assert await light.texts() == ["card", "reply"]


@pytest.mark.parametrize("kind", ["refused", "error", "unavailable"])
async def test_a_send_that_never_arrived_is_sent_again(light: Office, kind: str) -> None:
    await light.local.slack.fault(kind, on="chat.postMessage", times=2)
    number = await light.note("at last")
    await light.settle(10)
    row = await light.row(number)
    assert (row.state, row.attempts, await light.texts()) == ("sent", 3, ["at last"])


@pytest.mark.slow
async def test_a_long_history_is_searched_to_its_end(light: Office) -> None:
    await light.local.slack.fault("lost_answer", on="chat.postMessage", times=1)
    await light.note("once")
    await light.run()
    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient("xoxb-toy", base_url=f"{light.local.url}/api/", session=session)
        for number in range(230):
            if number % 5 == 0:
                await light.local.slack.advance(5)
            await web.chat_postMessage(channel="CGEN", text=str(number))
    await light.settle(10)
    assert (await light.texts()).count("once") == 1


async def test_a_search_that_is_slowed_down_goes_on_where_it_was(sqlite_url: str, tmp_path: Path) -> None:
    async with office(sqlite_url, tmp_path, distribution="non_marketplace") as light:
        await light.local.slack.fault("lost_answer", on="chat.postMessage", times=1)
        number = await light.note("once")
        await light.run()
        mona = light.local.slack.as_("mona")
        for said in range(40):
            await mona.says(f"chat {said}")
        await light.later(AFTER)
        row = await light.row(number)
        assert (row.state, row.error) == ("sending", "ratelimited")
        assert row.cursor
        await light.settle(30)
        assert (await light.row(number)).state == "sent"
        assert (await light.texts()).count("once") == 1


async def test_retry_after_is_obeyed(light: Office) -> None:
    await light.local.slack.fault("rate_limited", on="chat.postMessage", times=1, retry_after=30)
    await light.note("slowly")
    await light.run()
    assert await light.later(29) == 0
    assert await light.texts() == []
    await light.later(1)
    assert await light.texts() == ["slowly"]


async def test_what_slack_will_never_take_is_given_up_at_once_and_the_next_goes_on(light: Office) -> None:
    await light.note("private", "CRND")
    await light.note("unknown", "CNONE")
    await light.note("fine")
    await light.settle()
    assert [(row.state, row.error) for row in await light.rows()] == [
        ("dead", "not_in_channel"),
        ("dead", "channel_not_found"),
        ("sent", None),
    ]


async def test_words_that_cannot_be_made_are_given_up_after_some_tries(light: Office) -> None:
    poisoned = await light.note("never", breaks="on purpose")
    await light.note("fine", "GDEAL")
    await light.run()
    assert await light.texts("deal-desk") == ["fine"]
    await light.note("behind it")
    await light.settle()
    row = await light.row(poisoned)
    assert (row.state, row.attempts, row.error) == ("dead", RENDERINGS, "ZeroDivisionError: on purpose")
    assert await light.texts() == ["behind it"]


async def test_nothing_left_to_say_is_dropped(light: Office) -> None:
    number = await light.note("x", drop="the request was withdrawn")
    await light.run()
    row = await light.row(number)
    assert (row.state, row.error, await light.texts()) == ("dropped", "the request was withdrawn", [])


async def test_a_revoked_token_gives_nothing_up(light: Office) -> None:
    number = await light.note("later")
    await light.run()
    await light.local.slack.advance(1)
    await light.note("waits")
    await light.local.slack.post("/_test/uninstall", {})
    await light.run()
    waits = await light.row(2)
    assert ((await light.row(number)).state, waits.state) == ("sent", "waiting")
    assert waits.error in ("account_inactive", "invalid_auth", "token_revoked")


@pytest.mark.parametrize("fault", [None, "lost_answer", "error"])
async def test_a_file_arrives_once(light: Office, fault: str | None) -> None:
    if fault:
        await light.local.slack.fault(fault, on="files.completeUploadExternal", times=1)
    await light.local.slack.fault("files_late", seconds=7)
    number = await light.write(lambda outbox: outbox.file("CGEN", "file", {}))
    await light.run()
    assert (await light.row(number)).state == "sending"
    await light.settle()
    row = await light.row(number)
    [message] = await light.local.slack.as_("mona").messages()
    assert (row.state, row.ts) == ("sent", message.data["ts"])
    assert message.data["files"][0]["name"] == f"export-{row.delivery[:12]}.csv"


async def test_several_senders_send_each_message_once(postgresql_url: str, tmp_path: Path) -> None:
    async with office(postgresql_url, tmp_path, senders=3) as many:
        for number in range(6):
            for channel in ("CGEN", "GDEAL", many.people["ben"], many.people["mona"]):
                await many.note(f"note {number}", channel)
        for _ in range(20):
            await asyncio.gather(*(sender.run_once(many.now) for sender in many.senders))
            await many.local.slack.advance(1)
        expected = [f"note {number}" for number in range(6)]
        assert await many.texts() == await many.texts("deal-desk") == await many.texts("app", "ben") == expected


async def test_a_lane_of_a_dead_sender_is_free_after_its_lease(light: Office) -> None:
    await light.note("late")
    assert await lanes.claim(light.database, "TACME", light.now, light.now)
    assert await light.later(59) == 0
    await light.later(1)
    assert await light.texts() == ["late"]


def test_a_message_is_given_up_after_a_day_of_tries() -> None:
    day = sum((backoff(tries, 0.5) for tries in range(1, ATTEMPTS)), timedelta())
    assert timedelta(hours=16) < day < timedelta(hours=30)


@pytest.mark.parametrize(
    ("outcome", "state"), [(State.WAITING, "sending"), (State.DEAD, "sending"), (State.SENT, "sent")]
)
async def test_who_has_lost_the_lane_can_only_say_that_it_was_sent(light: Office, outcome: State, state: str) -> None:
    number = await light.note("once")
    slow = await lanes.claim(light.database, TEAM, light.now, light.now)
    assert slow
    later = light.now + LEASE
    other = await lanes.claim(light.database, TEAM, light.now, later)
    assert other
    assert await lanes.begin(light.database, other, "CGEN", light.now, later)
    await lanes.settle(light.database, slow, Settlement(outcome, light.now), light.now)
    assert (await light.row(number)).state == state


async def test_who_lost_a_lane_overlooks_no_message_that_is_being_written(postgresql_url: str, tmp_path: Path) -> None:
    async with office(postgresql_url, tmp_path) as many:
        await many.note("one")
        slow = await lanes.claim(many.database, TEAM, many.now, many.now)
        other = await lanes.claim(many.database, TEAM, many.now, many.now + 2 * LEASE)
        assert slow
        assert other
        await lanes.settle(many.database, other, Settlement(State.SENT, many.now), many.now)
        late = []

        async def meanwhile(outbox: Outbox) -> int:
            number = await outbox.post("CGEN", "note", {"text": "two"})
            late.append(asyncio.create_task(lanes.release(many.database, slow)))
            await asyncio.sleep(0.3)
            return number

        number = await many.write(meanwhile)
        await asyncio.gather(*late)
        found = await lanes.claim(many.database, TEAM, many.now, many.now)
        assert found
        assert found.id == number
