"""A digest that is there: who may pause, resume, send and list it; and that nothing happens twice."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest
from sqlalchemy import delete, select

from bot.demo.company import LEADER, MANAGER, OPS, PARTNER, REP
from commands.kit.recent import Recent
from storage.database import Database
from storage.digests import DIGESTS
from storage.jobs import JOBS
from storage.subscriptions import SUBSCRIPTIONS, State, create_subscription
from tests.support.delivering import deliver
from tests.support.digest_hands import (
    BOT,
    INVITE,
    NOW,
    REGION,
    WEEK,
    audited,
    form,
    only,
    subscribe,
    subscribed,
    work,
)
from tests.support.fake_slack import signed
from tests.support.hostile import NAMES, unseen
from tests.support.rewriting import is_called
from tests.support.sample import SETTINGS, import_folder
from tests.support.slack import SlackClient
from tests.support.turf import Turf, running_turf

pytestmark = pytest.mark.asyncio(loop_scope="module")


# Who may do what


RUN = ("/digest send now", "/digest pause", "/digest resume", "/digest stop")


async def test_its_owner_a_manager_in_scope_and_operations_run_it(turf: Turf, slack: SlackClient) -> None:
    await subscribe(slack, OPS)
    await slack.as_(MANAGER).joins(REGION, guest=LEADER)
    for who, allowed in ((REP, False), (LEADER, False), (MANAGER, True), (OPS, True)):
        for command in RUN:
            card = await slack.as_(who).types(command, channel=REGION)
            assert ("Only who set this digest up" not in card.words) == allowed, (who, command, card.words)
        view = await form(slack, who)
        assert ("Subscribe" in str(view.data) or "Save" in str(view.data.get("submit"))) == allowed, view.words
        await view.close()


async def test_partners_have_no_figures(slack: SlackClient) -> None:
    for typed in ("/digest preview", "/digest pause", "/digest mute", "/digest list", "/digest stop"):
        card = await slack.as_(PARTNER).types(typed, channel="app")
        assert "does not include sales figures" in card.words
    assert "does not include sales figures" in (await form(slack, PARTNER, "app")).words


async def test_without_a_digest_there_is_nothing_to_run(slack: SlackClient) -> None:
    for command in ("preview", "pause", "resume", "send now", "stop"):
        card = await slack.as_(MANAGER).types(f"/digest {command}", channel=REGION)
        assert "This channel has no digest yet. Type /digest to subscribe it." in card.words + card.text
    card = await slack.as_(MANAGER).types("/digest preview", channel="app")
    assert "You get no digest by direct message yet" in card.words + card.text


async def test_the_list_is_what_somebody_may_change(slack: SlackClient) -> None:
    await subscribe(slack)
    await subscribe(slack, REP, "app")
    mine = await slack.as_(MANAGER).types("/digest list", channel="app")
    assert mine.text.startswith("1 digest")
    assert "Next: Mon, Nov 30, 09:00 in" in mine.words
    everything = await slack.as_(OPS).types("/digest list", channel="app")
    assert everything.text == "2 digests"
    assert "to Ana Silva" in everything.words
    assert (await slack.as_(LEADER).types("/digest list", channel="app")).text.startswith("You look after no digest")


async def test_a_long_list_has_pages(turf: Turf, slack: SlackClient) -> None:
    await subscribe(slack, OPS)
    known = await only(turf)
    async with turf.application.database.write() as connection:
        for number in range(40):
            wish = replace(known.wish, channel_id=f"C9{number:03}")
            await create_subscription(connection, 1, wish, last_slot=known.last_slot, following=None, now=NOW)
    first = await slack.as_(OPS).types("/digest list", channel="app")
    assert first.text == "41 digests, page 1 of 3"
    assert ("Next" in first.buttons, "Previous" in first.buttons) == (True, False)
    second = await first.press("Next")
    third = await second.press("Next")
    assert third.text == "41 digests, page 3 of 3"
    assert third.words.count("Set up by") == 1
    async with turf.application.database.write() as connection:
        await connection.execute(delete(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.id != known.id))
    assert (await third.press("Previous")).text == "1 digest"


# Pause, resume, now


async def test_a_pause_ends_by_itself_or_by_its_button(turf: Turf, slack: SlackClient) -> None:
    await subscribe(slack)
    card = await slack.as_(MANAGER).types("/digest pause until 8 Dec", channel=REGION)
    assert "until Tue, Dec 8" in card.words
    assert "*Next:* Mon, Dec 14" in card.words
    back = await card.press("Resume")
    assert "*It goes on:*" in back.words
    assert "Mon, Nov 30" in back.words
    again = await card.press("Resume")
    assert "is not paused" in again.words
    stopped = await back.press("Pause again")
    assert "until somebody resumes it" in stopped.words
    assert (await only(turf)).state is State.PAUSED
    await work(turf, NOW + 2 * WEEK)
    assert await audited(turf, "digest.skip") == []


async def test_a_day_that_is_none_is_explained(slack: SlackClient) -> None:
    card = await slack.as_(MANAGER).types("/digest pause until yesterday", channel=REGION)
    assert "I can't read 'yesterday' as a day" in card.words
    card = await slack.as_(MANAGER).types("/digest pause until 2026-11-01", channel=REGION)
    assert "That day has passed. A digest is paused until a day that is still to come." in card.words
    card = await slack.as_(MANAGER).types("/digest pause until 2026-11-23", channel=REGION)
    assert "That day is today." in card.words


async def test_a_digest_that_rests_goes_on_once_the_bot_is_back(turf: Turf, slack: SlackClient) -> None:
    await subscribe(slack)
    await slack.reset()
    await work(turf, NOW + WEEK)
    await deliver(turf, NOW + WEEK + timedelta(minutes=1))
    await work(turf, NOW + WEEK + timedelta(minutes=5))
    await deliver(turf, NOW + WEEK + timedelta(minutes=6))
    assert (await only(turf)).state is State.RESTING
    told = (await slack.as_(MANAGER).messages("app"))[-1]
    assert told.text == "A digest that you look after rests."
    assert "Invite me there" in told.words
    refused = await told.press("Resume")
    assert INVITE in refused.words + refused.text
    assert (await only(turf)).state is State.RESTING
    await slack.as_(MANAGER).joins(REGION, guest=BOT)
    assert "*It goes on:*" in (await told.press("Resume")).words
    known = await only(turf)
    assert (known.state, known.next is not None) == (State.ACTIVE, True)


async def test_now_is_an_extra_one_and_only_once_a_day(turf: Turf, slack: SlackClient) -> None:
    await subscribe(slack)
    before = await only(turf)
    card = await slack.as_(MANAGER).types("/digest send now", channel=REGION)
    assert "an extra digest" in card.words
    assert "on its way already" in (await slack.as_(MANAGER).types("/digest send now", channel=REGION)).words
    await work(turf, NOW)
    again = await slack.as_(MANAGER).types("/digest send now", channel=REGION)
    assert "it is made, and waits to be posted" in again.words
    await deliver(turf, NOW + timedelta(minutes=1))
    again = await slack.as_(MANAGER).types("/digest send now", channel=REGION)
    assert "was sent already" in again.words
    await work(turf, NOW + timedelta(minutes=5))
    assert (await only(turf)).next == before.next
    await work(turf, NOW + WEEK)
    async with turf.application.database.read() as connection:
        slots = (await connection.execute(select(DIGESTS.c.slot).order_by(DIGESTS.c.id))).scalars().all()
    assert [str(one) for one in slots] == ["2026-11-23", "2026-11-30"]
    assert len(await audited(turf, "digest.send")) == 1


# Ending


@pytest.mark.parametrize("word", ["stop", "end", "unsubscribe", "off"])
async def test_it_is_ended_after_a_question_and_comes_back_as_it_was(turf: Turf, slack: SlackClient, word: str) -> None:
    await subscribe(slack)
    before = await only(turf)
    asked = await slack.as_(MANAGER).types(f"/digest {word}", channel=REGION)
    assert "*End the digest of" in asked.words
    assert await only(turf) == before
    ended = await asked.press("End digest")
    assert "*Ended:*" in ended.words
    assert await subscribed(turf) == []
    assert "has no digest yet" in (await slack.as_(MANAGER).types("/digest preview", channel=REGION)).words
    back = await ended.press("Undo")
    assert "*It is back as it was:*" in back.words
    assert "Mon, Nov 30" in back.words
    after = await only(turf)
    assert (after.id, after.wish, after.state, after.next) == (before.id, before.wish, State.ACTIVE, before.next)
    assert [len(await audited(turf, f"digest.{one}")) for one in ("stop", "restart")] == [1, 1]


async def test_what_was_ended_sends_nothing_and_old_digests_still_answer(turf: Turf, slack: SlackClient) -> None:
    await subscribe(slack, REP, "app")
    await work(turf, NOW + WEEK)
    await deliver(turf, NOW + WEEK + timedelta(minutes=1))
    digest = next(one for one in await slack.as_(REP).messages("app") if "Why?" in one.buttons)
    listed = await slack.as_(REP).types("/digest list", channel="app")
    await (await listed.press("End…")).press("End digest")
    await work(turf, NOW + 3 * WEEK)
    async with turf.application.database.read() as connection:
        assert len((await connection.execute(select(DIGESTS.c.id))).all()) == 1
    assert "Credited $" in (await digest.press("Why?")).words
    gone = await digest.press("Preview the next one")
    assert "no longer there" in gone.words + gone.text


async def test_a_paused_one_comes_back_paused_and_not_beside_another(turf: Turf, slack: SlackClient) -> None:
    await subscribe(slack)
    await slack.as_(MANAGER).types("/digest pause", channel=REGION)
    ended = await (await slack.as_(MANAGER).types("/digest stop", channel=REGION)).press("End digest")
    again = await ended.press("Undo")
    assert "It is paused" in again.words
    assert (await only(turf)).state is State.PAUSED
    ended = await (await slack.as_(MANAGER).types("/digest stop", channel=REGION)).press("End digest")
    await subscribe(slack)
    refused = await ended.press("Undo")
    assert "Another digest took its place" in refused.words + refused.text
    assert len(await subscribed(turf)) == 1


async def test_the_form_of_a_digest_that_is_there_ends_it(turf: Turf, slack: SlackClient) -> None:
    assert "End digest" not in (await form(slack, MANAGER)).buttons
    await subscribe(slack)
    ended = await (await form(slack, MANAGER)).press("End digest")
    assert "*Ended:*" in ended.words
    assert "*It is back as it was:*" in (await ended.press("Undo")).words
    assert (await only(turf)).state is State.ACTIVE


async def test_only_who_may_change_it_ends_it_or_brings_it_back(turf: Turf, slack: SlackClient) -> None:
    await subscribe(slack, OPS)
    await slack.as_(MANAGER).joins(REGION, guest=LEADER)
    asked = await slack.as_(MANAGER).types("/digest stop", channel=REGION)
    for who in (REP, LEADER):
        card = await slack.as_(who).types("/digest stop", channel=REGION)
        assert "Only who set this digest up" in card.words + card.text
    assert (await only(turf)).state is State.ACTIVE
    await asked.press("End digest")
    assert await subscribed(turf) == []


async def test_whose_digest_somebody_else_ends_hears_of_it_once(turf: Turf, slack: SlackClient) -> None:
    await slack.reset()
    await subscribe(slack, OPS)
    asked = [await slack.as_(MANAGER).types("/digest stop", channel=REGION) for _ in range(2)]
    for one in asked:
        assert "Olga Petrova set it up and is told." in one.words
        await one.press("End digest")
    await deliver(turf, NOW + timedelta(minutes=1))
    [told] = await slack.as_(OPS).messages("app")
    assert told.text == "A digest that you set up was ended."
    assert "*The digest of Americas East in" in told.words
    assert "was ended* by Marcus Chen" in told.words
    assert "*It is back as it was:*" in (await told.press("Bring it back")).words
    assert (await only(turf)).state is State.ACTIVE
    mine = await slack.as_(OPS).types("/digest stop", channel=REGION)
    assert "is told" not in mine.words
    await mine.press("End digest")
    await deliver(turf, NOW + timedelta(minutes=2))
    assert len(await slack.as_(OPS).messages("app")) == 1


async def test_who_is_to_be_told_that_it_ended_is_not_once_it_is_back(turf: Turf, slack: SlackClient) -> None:
    await slack.reset()
    await subscribe(slack, OPS)
    ended = await (await slack.as_(MANAGER).types("/digest stop", channel=REGION)).press("End digest")
    await ended.press("Undo")
    await (await slack.as_(MANAGER).types("/digest stop", channel=REGION)).press("End digest")
    await deliver(turf, NOW + timedelta(minutes=1))
    assert len(await slack.as_(OPS).messages("app")) == 1, "of two ends one was taken back before it was told"


# Sections, and what is below a digest


async def test_a_section_is_muted_for_oneself_and_shown_again(turf: Turf, slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/digest mute forecast", channel="app")
    assert "*Forecast* is left out from now on." in card.words
    back = await card.press("Show Forecast")
    assert "*Forecast* is shown again." in back.words
    assert "Leave out Forecast" in back.buttons
    assert "Did you mean Forecast?" in (await slack.as_(REP).types("/digest mute forcast", channel="app")).words
    unlike = await slack.as_(REP).types("/digest mute rubbish", channel="app")
    assert "Did you mean" not in unlike.words
    assert "There are: " in unlike.words
    assert "Forecast" in unlike.words


async def test_an_unknown_word_opens_no_form_but_offers_the_nearest(slack: SlackClient) -> None:
    for typed, nearest in (("resmue", "/digest resume"), ("send", "/digest send now"), ("prveiw", "/digest preview")):
        card = await slack.as_(REP).types(f"/digest {typed}", channel="app")
        assert f"I don't know `/digest {typed}`. Did you mean `{nearest}`?" in card.words
        assert "`/digest pause [until DATE]`" in card.words
        assert card.buttons == [nearest]
    assert "You get no digest by direct message yet" in (await card.press("/digest preview")).words
    assert (await slack.as_(REP).types("/digest xyzzy", channel="app")).buttons == []


async def test_the_menu_below_a_digest_changes_previews_pauses_and_mutes(turf: Turf, slack: SlackClient) -> None:
    await subscribe(slack, REP, "app")
    await work(turf, NOW + WEEK)
    await deliver(turf, NOW + WEEK + timedelta(minutes=1))
    digest = next(one for one in await slack.as_(REP).messages("app") if "Why?" in one.buttons)
    assert digest.choices == ["Change…", "Pause", "Preview the next one", "Leave out a section…"]
    assert "Your digest by direct message" in (await digest.press("Change…")).words
    assert "This would come now" in (await digest.press("Preview the next one")).words
    assert "*Paused:*" in (await digest.press("Pause")).words
    assert "Leave out Forecast" in (await digest.press("Leave out a section…")).buttons


# What goes wrong


async def again_and_again(turf: Turf, text: str, trigger: str) -> None:
    """The same command, delivered three times; the bot has forgotten the first by the third."""
    body = urlencode(
        {
            "command": "/digest", "text": text, "team_id": "T0001", "user_id": await slack_id(turf, MANAGER),
            "channel_id": "C0002", "trigger_id": trigger, "response_url": "",
        }
    ).encode()  # fmt: skip
    kind = {"content-type": "application/x-www-form-urlencoded"}
    async with aiohttp.ClientSession() as session:
        for number in range(3):
            if number == 2:
                turf.application.dispatcher._recent = Recent()
            headers = kind | signed(body, secret=turf.keys.signing_secret)
            async with session.post(f"{turf.url}/slack/events", data=body, headers=headers) as answer:
                assert answer.status == 200
            await turf.application.tasks.drain(10)


async def slack_id(turf: Turf, key: str) -> str:
    async with turf.application.store.read(1) as repo:
        return next(str(one.slack_user_id) for one in repo.company.people.values() if one.key == key)


async def test_a_delivery_that_comes_again_and_a_double_click_do_nothing_twice(turf: Turf, slack: SlackClient) -> None:
    await subscribe(slack)
    await again_and_again(turf, "pause", "T1")
    await again_and_again(turf, "send now", "T2")
    assert [len(await audited(turf, f"digest.{one}")) for one in ("subscribe", "pause", "send")] == [1, 1, 1]
    await again_and_again(turf, "resume", "T3")
    assert len(await audited(turf, "digest.resume")) == 1
    async with turf.application.database.read() as connection:
        keys = (await connection.execute(select(JOBS.c.key).where(JOBS.c.kind == "digests/slot"))).scalars().all()
    assert len(keys) == 1
    card = await slack.as_(MANAGER).types("/digest list", channel=REGION)
    for _ in range(2):
        await card.press("Pause")
    assert (await only(turf)).state is State.PAUSED


async def test_names_stay_text_wherever_a_digest_is_spoken_of(sample_url: str, tmp_path: Path) -> None:
    database = Database(sample_url)
    await is_called(database, MANAGER, NAMES["mark-up"])
    await database.close()
    async with running_turf(sample_url, tmp_path) as turf:
        await subscribe(turf.slack)
        shown = [
            await form(turf.slack, OPS),
            await turf.slack.as_(OPS).types("/digest list", channel=REGION),
            await turf.slack.as_(MANAGER).types("/digest pause", channel=REGION),
            await turf.slack.as_(MANAGER).types("/digest mute", channel="app"),
        ]
        for one in shown:
            assert not unseen(json.loads(one.json))
            assert "<!channel" not in one.words
            assert "<@U1" not in one.words
        assert await turf.slack.refusals() == []


async def test_a_company_without_data_has_an_answer(sqlite_url: str, tmp_path: Path) -> None:
    """Someone in operations, and nothing else."""
    files = tmp_path / "files"
    files.mkdir()
    (files / "people.csv").write_text("person,name,role,email\nolga,Olga,ops,olga.petrova@larkfield.example\n", "utf-8")
    await import_folder(sqlite_url, files, new_workspace={**SETTINGS, "holidays": None})
    async with running_turf(sqlite_url, tmp_path) as turf:
        await turf.slack.as_(OPS).joins(REGION, guest=BOT)
        view = await form(turf.slack, OPS, REGION)
        assert "The whole company" in view.words
        assert "Nothing would be posted now" in view.words
        assert "*Next:*" in view.words
        mine = await form(turf.slack, OPS, "app")
        assert "This would come now" in mine.words
