"""Who is told of a target, what they answer, and who hears of a concern."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.demo.company import AHEAD, MANAGER, OPS, REP
from storage.audit import AUDIT
from tests.support.posting import deliver
from tests.support.setting import direct, filled, months, saved
from tests.support.slack import Card, SlackClient, View
from tests.support.turf import Turf

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_set_publish_tell_read_and_object(turf: Turf, slack: SlackClient) -> None:
    await slack.as_(REP).home()
    form = await filled(slack, MANAGER, "Ana Silva Q1 2027", "1M", reason="New *accounts* <!channel>")
    assert "*Ana Silva* has no target of their own for Q1 2027 yet." in form.words
    assert len(months(form)) == 3
    assert sum(months(form)) == 1_000_000
    assert "A year before (Q1 2026): " in form.words
    done = await form.submit()
    assert "*Published:* Ana Silva, Q1 2027: $1,000,000.00." in done.words
    assert "Ana Silva gets a direct message" in done.words

    await deliver(turf)
    [told] = await direct(slack, REP)
    assert told.text == "Marcus Chen published your target for Q1 2027."
    assert "*Your target for Q1 2027: $1,000,000.00*" in told.words
    assert "No target of your own was set before." in told.words
    assert "Why: New ∗accounts∗ &lt;!channel&gt;" in told.words
    for amount in months(form):
        assert f"{amount:,}" in told.words
    waiting = "• *Your target for Q1 2027*, set by Marcus Chen, Nov 23, 09:30: not answered yet."
    assert waiting in await shown_at_home(slack, REP), "published without being opened"
    assert waiting in (await slack.as_(REP).home()).words
    assert "Nothing waits for an answer of yours." in (await slack.as_(MANAGER).home()).words
    card = await slack.as_(REP).types("/targets Q1 2027")
    assert "the target is $1M" in card.text

    await _answers(turf, slack, told)


async def shown_at_home(slack: SlackClient, who: str) -> str:
    """The Home tab as it was published last."""
    person = slack.as_(who)
    return View(person, (await person.state())["home"]).words


async def _answers(turf: Turf, slack: SlackClient, told: Card) -> None:
    # The press is answered by the message that changes, once it is sent.
    body = {"channel": told.channel, "message_ts": told.ts}
    [button] = [one for _, one in told._elements() if one["text"]["text"] == "I've read this"]
    click = body | {"block_id": "answer", "action_id": button["action_id"], "value": button["value"], "values": {}}
    for _ in range(2):
        await slack.post(f"/_client/{REP}/action", click)
    await deliver(turf)
    [read] = await direct(slack, REP)
    assert read.ts == told.ts
    assert "You have read this, Nov 23" in read.words
    assert read.buttons == ["Raise a concern"]
    assert "Nothing waits for an answer of yours." in await shown_at_home(slack, REP)
    assert "Q1 2027" not in (await slack.as_(REP).home()).words
    assert await audited(turf, "targets.read") == 1

    box = await read.press("Raise a concern")
    box.fill("concern", "Half of my accounts *moved*")
    sent = await box.submit()
    assert "*Sent.*" in sent.words
    await sent.close()
    late = await read.press("Raise a concern")
    assert "You have raised a concern about this target already" in late.words
    await late.close()
    await deliver(turf)
    [objected] = await direct(slack, REP)
    assert "You raised a concern, Nov 23" in objected.words
    assert objected.buttons == []
    [concern] = [card for card in await direct(slack, MANAGER) if "concern" in card.text]
    assert concern.text == "Ana Silva raised a concern about a target."
    assert "Half of my accounts ∗moved∗" in concern.words
    change = await concern.press("Change the target")
    assert "*Ana Silva* has a target for Q1 2027: $1,000,000.00." in change.words
    await change.close()
    history = await slack.as_(REP).types("/targets history Q1 2027")
    assert "*Ana Silva* Q1 2027: $1,000,000.00" in history.words
    assert "Marcus Chen, Nov 23, 09:30: New ∗accounts∗ &lt;!channel&gt;" in history.words


async def audited(turf: Turf, action: str) -> int:
    async with turf.application.database.read() as connection:
        rows = await connection.execute(select(AUDIT.c.id).where(AUDIT.c.action == action))
        return len(rows.all())


async def test_a_later_change_takes_the_buttons_off_the_first_message(turf: Turf, slack: SlackClient) -> None:
    for amount in ("1M", "1.1M"):
        await saved(slack, OPS, "Ana Silva Q1 2026", amount)
        await deliver(turf)
    first, second = [card for card in await direct(slack, REP) if "Q1 2026" in card.text]
    assert first.buttons == []
    assert "This target was changed later." in first.words
    assert second.buttons == ["I've read this", "Raise a concern"]
    assert "It was $1,000,000.00 before: 10.0\u00a0% more now." in second.words


async def test_a_territory_tells_its_primary(turf: Turf, slack: SlackClient) -> None:
    await saved(slack, OPS, "New England Q3 2028", "640k")
    await deliver(turf)
    told = [card for card in await direct(slack, REP) if "Q3 2028" in card.text]
    assert [card.text for card in told] == ["Olga Petrova published the target of New England for Q3 2028."]


async def test_what_was_changed_before_it_was_sent_is_told_once(turf: Turf, slack: SlackClient) -> None:
    await saved(slack, MANAGER, "Ana Silva Q4 2027", "2M")
    await saved(slack, OPS, "Ana Silva Q4 2027", "3M")
    await saved(slack, MANAGER, "Carla Romano Q4 2027", "777k", state="draft")
    await deliver(turf)
    [told] = [card for card in await direct(slack, REP) if "Q4 2027" in card.text]
    assert "It was $2,000,000.00 before: 50.0\u00a0% more now." in told.words
    assert await direct(slack, AHEAD) == []
