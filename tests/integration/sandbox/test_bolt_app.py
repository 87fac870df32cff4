"""An app written with slack_bolt, whose clients are nobody's but its own, over HTTP and over Socket Mode."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from tests.support.boltapp import PICTURE, Running, running_bolt
from tests.support.slack_rules import proves


@pytest.fixture(params=["http", "socket"])
async def bolt(request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    async with running_bolt(request.param) as running:
        yield running


async def until(happened: Callable[[], object], seconds: float = 20) -> None:
    """Wait for what the app does in the background; nothing tells us."""
    async with asyncio.timeout(seconds):
        while not happened():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_command_windows_errors_update_push_and_clear(bolt: Running):
    mona = bolt.slack.as_("mona")
    assert (await mona.types("/toy something")).text == "You asked for 'something'"
    form = await (await mona.opens("/toy window")).press("More")
    assert [view.title for view in await mona.views()] == ["First", "Second"]
    form.fill("Name", "nobody")
    form = await form.submit()
    assert form.errors == {"name": "There is no such person."}
    form.fill("Name", "deeper")
    assert (await form.submit()).title == "Third"
    assert len(await mona.views()) == 3
    await (await mona.views())[2].close()
    form = (await mona.views())[1]
    form.fill("Name", "changed")
    assert (await form.submit()).title == "Changed"
    await (await mona.views())[1].close()
    form = await (await mona.views())[0].press("More")
    form.fill("Name", "Ana")
    assert await form.submit() is None
    assert await mona.views() == []


async def test_home_messages_and_threads(bolt: Running):
    mona = bolt.slack.as_("mona")
    assert (await mona.home()).text == "At home"
    await mona.says("reply", channel="app")
    await until(lambda: "message" in [e["type"] for e in bolt.bolt.events if "bot_id" in e])
    said, answer = await mona.messages("app")
    assert (answer.text, answer.data["thread_ts"], said.data["reply_count"]) == ("Here", said.ts, 1)


@proves("shortcut.global", "shortcut.message")
async def test_shortcuts(bolt: Running):
    mona = bolt.slack.as_("mona")
    note = await mona.shortcut("note")
    assert note.title == "Note"
    got = bolt.bolt.events[-1]
    assert got["type"] == "shortcut"
    assert not {"channel", "response_url"} & set(got)
    await bolt.slack.as_("ben").says("worth keeping")
    message = (await mona.messages())[0]
    assert (await message.shortcut("keep")).text == "Kept: worth keeping"
    got = bolt.bolt.events[-1]
    assert (got["type"], got["message_ts"], got["channel"]["id"]) == ("message_action", message.ts, "CGEN")
    secret = (await mona.messages())[1]
    with pytest.raises(AssertionError, match="no shortcuts"):
        await secret.shortcut("keep")
    with pytest.raises(AssertionError, match="no message shortcut 'note'"):
        await message.shortcut("note")


@proves("file.token")
async def test_files_upload_v2(bolt: Running):
    mona = bolt.slack.as_("mona")
    card = await mona.types("/toy file")
    (file,) = card.data["files"]
    assert (card.text, file["name"], file["mimetype"], file["size"]) == (
        "The chart",
        "chart.png",
        "image/png",
        len(PICTURE),
    )
    await until(lambda: {"file_share", "file_shared"} <= set(bolt.bolt.kinds()))
    assert (await bolt.web.files_info(file=file["id"]))["file"]["channels"] == ["CGEN"]
    block = {"type": "image", "alt_text": "The chart", "slack_file": {"id": file["id"]}}
    assert (await bolt.web.chat_postMessage(channel="CGEN", text="again", blocks=[block]))["ok"]
    session = bolt.slack._open()
    for token, status in (("xoxb-toy", 200), ("xoxb-other", 302), ("", 302)):
        headers = {"Authorization": f"Bearer {token}"}
        async with session.get(file["url_private"], headers=headers, allow_redirects=False) as answer:
            assert (answer.status, await answer.read() == PICTURE) == (status, status == 200)
    await bolt.web.files_delete(file=file["id"])
    assert (await mona.messages())[0].data["files"] == [{"id": file["id"], "mode": "tombstone"}]
