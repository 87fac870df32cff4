"""Share..., Keep in my messages and Export... of a card, through the real bot, the outbox and its sender."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.demo.company import LEADER, MANAGER, OPS, REP, slack_seed
from storage.database import Database
from tests.support.delivering import deliver
from tests.support.rewriting import becomes
from tests.support.sample import NOW, TODAY
from tests.support.slack import SlackClient, View
from tests.support.turf import Turf, running_turf

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow_on_postgresql]

REGION, PRIVATE = "americas", "sales-managers"
BOT = "U0TURF"
SEEN_BY = (MANAGER, OPS, LEADER)


async def channel_id(slack: SlackClient, who: str, name: str) -> str:
    return next(str(one["id"]) for one in (await slack.as_(who).state())["channels"] if one["name"] == name)


async def only(slack: SlackClient, channel: str, keys: Sequence[str]) -> None:
    """Everyone else leaves a channel, and the app joins."""
    seed: dict[str, Any] = slack_seed(TODAY)
    members = next(one["members"] for one in seed["channels"] if one["name"] == channel)
    for name in [user["name"] for user in seed["users"] if user["id"] in members]:
        if name not in keys:
            await slack.as_(name).leaves(channel)
    await slack.as_(keys[0]).joins(channel, guest=BOT)


async def sent(turf: Turf, count: int) -> list[tuple[str, str, str | None]]:
    """The last messages of the outbox, once all are settled."""
    return (await deliver(turf, NOW + timedelta(minutes=1)))[-count:]


async def shares(slack: SlackClient, who: str, channel: str) -> View:
    card = await slack.as_(who).types("/targets", channel=channel)
    view = await card.press("Share…")
    assert isinstance(view, View)
    return view


async def test_a_public_channel_sees_the_total_that_was_previewed(turf: Turf, slack: SlackClient) -> None:
    await slack.as_(MANAGER).joins(REGION, guest=BOT)
    view = await shares(slack, MANAGER, REGION)
    assert "only a total is shared: that of Americas East" in view.words
    assert (await view.submit()).words.startswith("On its way to <#")  # type: ignore[union-attr]
    assert [state for _, state, _ in await sent(turf, 2)] == ["sent", "dropped"]
    posted = (await slack.as_(REP).messages(REGION))[-1]
    assert not posted.ephemeral
    assert posted.text.startswith("Americas East: ")
    assert [one for one in view.blocks if one["block_id"] in ("standing", "notes", "about")] == posted.blocks
    assert "Chen" not in posted.json


async def test_a_channel_without_the_bot_says_how_to_invite_it(turf: Turf, slack: SlackClient) -> None:
    before = await deliver(turf, NOW)
    view = await shares(slack, REP, REGION)
    assert "Invite me there with /invite @turf" in view.words
    again = await view.submit()
    assert isinstance(again, View)
    assert again.errors == {"channel": "Choose a channel for which a preview is shown below."}
    assert await deliver(turf, NOW) == before


async def test_another_channel_is_previewed_when_it_is_chosen(slack: SlackClient) -> None:
    await slack.as_(MANAGER).joins(REGION, guest=BOT)
    view = await shares(slack, MANAGER, PRIVATE)
    assert "Nothing can be shared there" in view.words
    view = await view.select("Where", await channel_id(slack, MANAGER, REGION))
    assert "Americas East: " in view.words


async def test_where_everyone_may_see_them_the_rows_are_shared(turf: Turf, slack: SlackClient) -> None:
    await only(slack, PRIVATE, SEEN_BY)
    view = await shares(slack, MANAGER, PRIVATE)
    assert "only a total" not in view.words
    await view.submit()
    await sent(turf, 2)
    posted = (await slack.as_(LEADER).messages(PRIVATE))[-1]
    assert posted.text.startswith("Marcus Chen and team: ")
    assert "Ana Silva" in posted.words
    assert "Shared by Marcus Chen" in posted.words


async def test_who_joins_after_the_preview_sees_nothing_and_the_sharer_is_told(turf: Turf, slack: SlackClient) -> None:
    await only(slack, PRIVATE, SEEN_BY)
    view = await shares(slack, MANAGER, PRIVATE)
    await view.submit()
    await slack.as_(MANAGER).joins(PRIVATE, guest=REP)
    (_, state, why), told = await sent(turf, 2)
    assert (state, told[:2]) == ("dropped", ("targets/share_told", "sent"))
    assert why == "Not everyone in the channel may see these figures any more."
    seen = await slack.as_(MANAGER).messages(PRIVATE)
    assert not any(card.blocks for card in seen if not card.ephemeral)
    message = (await slack.as_(MANAGER).messages("app"))[-1]
    assert message.text == "Something that you shared did not appear."
    assert "may see these figures any more" in message.words


async def test_who_shared_into_a_channel_that_the_bot_has_left_is_told(turf: Turf, slack: SlackClient) -> None:
    await slack.as_(MANAGER).joins(REGION, guest=BOT)
    view = await shares(slack, MANAGER, REGION)
    await view.submit()
    await slack.reset()
    assert [state for _, state, _ in await sent(turf, 2)] == ["dead", "sent"]
    assert "Invite me there" in (await slack.as_(MANAGER).messages("app"))[-1].words


async def test_a_kept_card_is_a_message_with_its_time(turf: Turf, slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/targets")
    said = await card.press("Keep in my messages")
    assert (said.ephemeral, said.text) == (True, "The card is on its way to your messages with me.")
    assert await sent(turf, 1) == [("targets/kept", "sent", None)]
    [kept] = await slack.as_(REP).messages("app")
    assert kept.text == card.text
    assert "Kept for you on Nov 23, 09:3" in kept.words
    why = await kept.press("Why?")
    assert why.title == "Why?"


async def test_a_kept_card_of_others_says_nothing_on_a_lock_screen(turf: Turf, slack: SlackClient) -> None:
    card = await slack.as_(MANAGER).types("/targets")
    await card.press("Keep in my messages")
    await sent(turf, 1)
    assert (await slack.as_(MANAGER).messages("app"))[-1].text == "Kept for you: Marcus Chen and team, Q4 2026."


@pytest.mark.parametrize("form", ["CSV", "Excel"])
async def test_the_rows_come_as_a_file(turf: Turf, slack: SlackClient, form: str) -> None:
    card = await slack.as_(MANAGER).types("/targets")
    view = await card.press("Export…")
    view.fill("Format", {"CSV": "csv", "Excel": "xlsx"}[form])
    await view.submit()
    assert await sent(turf, 1) == [("targets/export", "sent", None)]
    message = (await slack.as_(MANAGER).messages("app"))[-1]
    [file] = message.data["files"]
    assert message.text.startswith("The rows behind Marcus Chen and team, Q4 2026")
    token = {"Authorization": f"Bearer {turf.keys.bot_token}"}
    async with aiohttp.ClientSession(headers=token) as session, session.get(file["url_private"]) as answer:
        content = await answer.read()
    if form == "CSV":
        assert {row["part"] for row in csv.DictReader(io.StringIO(content.decode()))} >= {"credit", "open", "row"}
    else:
        assert content.startswith(b"PK")


async def test_where_there_is_nothing_there_is_nothing_to_share_or_export(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/targets 2019Q1")
    assert not {"Share…", "Why?"} & set(card.buttons)
    assert "Export…" not in card.choices


async def test_who_loses_the_role_meanwhile_gets_no_figures(sample_url: str, tmp_path: object) -> None:
    async with running_turf(sample_url, tmp_path) as turf:  # type: ignore[arg-type]
        slack = turf.slack
        card = await slack.as_(LEADER).types("/targets all")
        await card.press("Keep in my messages")
        await (await card.press("Export…")).submit()
        database = Database(sample_url)
        await becomes(database, LEADER, "partner")
        await database.close()
        rows = await deliver(turf, NOW)
        assert [state for _, state, _ in rows] == ["sent", "dropped"]
        [message] = await slack.as_(LEADER).messages("app")
        assert message.text == "A card could not be kept."
        assert "$" not in message.words
