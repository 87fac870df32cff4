"""/digest through the real bot: the form with its preview, and what is saved."""

import json
from datetime import timedelta

import pytest

from bot.demo.company import LEADER, MANAGER, OPS, REP
from tests.support.delivering import deliver
from tests.support.digest_hands import (
    BOT,
    INVITE,
    NOW,
    REGION,
    about,
    audited,
    form,
    only,
    subscribe,
    subscribed,
    team_form,
    work,
)
from tests.support.slack import SlackClient, View
from tests.support.turf import Turf

pytestmark = pytest.mark.asyncio(loop_scope="module")


# The form


async def test_a_channel_is_subscribed_with_what_was_previewed(turf: Turf, slack: SlackClient) -> None:
    view = await team_form(slack)
    assert "This would be posted now" in view.words
    assert "*Next:* Mon, Nov 30, 09:00 in" in view.words
    done = await view.submit()
    assert isinstance(done, View)
    assert "*Subscribed.* The digest of" in done.words
    known = await only(turf)
    assert (known.wish.channel_id is not None, known.schedule.weekdays, f"{known.schedule.at}") == (
        True, frozenset({0}), "09:00:00",
    )  # fmt: skip
    [recorded] = await audited(turf, "digest.subscribe")
    assert (recorded["scope_kind"], recorded["weekdays"]) == (known.wish.scope_kind, [0])
    assert "Marcus" not in json.dumps(recorded)


async def test_the_preview_is_what_is_posted(turf: Turf, slack: SlackClient) -> None:
    view = await team_form(slack)
    await view.submit()
    await slack.as_(MANAGER).types("/digest send now", channel=REGION)
    await work(turf, NOW)
    assert (await deliver(turf, NOW + timedelta(minutes=1)))[0][1] == "sent"
    posted = next(one for one in await slack.as_(REP).messages(REGION) if not one.ephemeral and one.blocks)
    shown = [one for one in view.blocks if one["block_id"] in ("headline", "lines", "do", "about")]
    assert [one for one in posted.blocks if one["block_id"] != "controls"] == shown


async def test_a_channel_without_the_bot_says_how_to_invite_it(turf: Turf, slack: SlackClient) -> None:
    view = await form(slack)
    assert INVITE in view.words
    again = await view.submit()
    assert isinstance(again, View)
    assert "Invite me with /invite @turf" in again.errors["scope"]
    assert await subscribed(turf) == []
    shown = await again.press("Show preview")
    assert INVITE in shown.words
    await slack.as_(MANAGER).joins(REGION, guest=BOT)
    shown = await about(shown)
    assert "This would be posted now" in shown.words
    done = await shown.submit()
    assert "*Subscribed.*" in done.words


async def test_what_is_wrong_stands_at_its_field(turf: Turf, slack: SlackClient) -> None:
    view = await form(slack, REP, "app")
    view.fill("at", "9 o'clock")
    shown = await view.press("Show preview")
    assert "I can't read '9 o'clock' as a time of day. Type 9, 9:00, 9am or 21:30." in shown.words
    shown.fill("ends", "2026-11-01")
    shown.fill("at", "25")
    again = await shown.submit()
    assert set(again.errors) == {"at", "ends"}
    assert "I can't read '25'" in again.errors["at"]
    assert await subscribed(turf) == []


async def test_zones_are_searched_and_ones_own_come_first(slack: SlackClient) -> None:
    view = await form(slack, REP, "app")
    first = [one["value"] for one in await view.offered("zone", "")]
    assert first[0] == "America/New_York"
    assert [one["value"] for one in await view.offered("zone", "berlin")] == ["Europe/Berlin"]
    assert (await view.offered("zone", "Belrin"))[0]["value"] == "Europe/Berlin"
    [nothing] = await view.offered("zone", "zzzzzz")
    assert nothing["text"]["text"] == "No zone fits 'zzzzzz': type a larger city nearby"
    chosen = await view.select("zone", nothing)
    assert isinstance(chosen, View)
    refused = await chosen.submit()
    assert isinstance(refused, View)
    assert "I don't know a time zone 'zzzzzz'" in refused.errors["zone"]


async def test_what_may_be_chosen_is_what_somebody_may_see(slack: SlackClient) -> None:
    rep = await form(slack, REP, "app")
    labels = [one["text"]["text"] for one in await rep.offered("scope", "")]
    assert labels[0] == "Me"
    assert "The whole company" not in labels
    await slack.as_(MANAGER).joins(REGION, guest=LEADER)
    leader = await form(slack, LEADER, REGION)
    labels = [one["text"]["text"] for one in await leader.offered("scope", "")]
    assert "The whole company" in labels
    assert not any(one.split(",")[0] == "Me" for one in labels)


async def test_choosing_something_else_shows_what_that_would_be(turf: Turf, slack: SlackClient) -> None:
    await slack.as_(MANAGER).joins(REGION, guest=BOT)
    await slack.as_(MANAGER).joins(REGION, guest=LEADER)
    shown = await about(await form(slack, LEADER, REGION), "The whole company")
    assert "*Nothing would be posted now:* With what else people here can see" in shown.words
    shown = await about(shown)
    assert "Americas East is" in shown.words
    await shown.submit()
    assert (await only(turf)).wish.scope_kind == "team"


async def test_the_form_begins_with_what_can_be_posted_in_the_channel(turf: Turf, slack: SlackClient) -> None:
    """Nothing of the channel's own team can be, nor of what operations are in."""
    closed = await form(slack, OPS)
    assert "Sales (team)" in _chosen(closed)
    await slack.as_(MANAGER).joins(REGION, guest=BOT)
    for who, label in ((OPS, "Sales (team)"), (MANAGER, "Americas East (team)")):
        view = await form(slack, who)
        assert label in _chosen(view)
        assert "This would be posted now" in view.words
        assert "could be posted here" not in view.words


def _chosen(view: View) -> str:
    return json.dumps([one["element"]["initial_option"] for one in view.blocks if one["block_id"] == "scope"])


async def test_what_could_not_be_posted_is_said_beside_the_choice_and_once_saved(
    turf: Turf, slack: SlackClient
) -> None:
    await slack.as_(MANAGER).joins(REGION, guest=BOT)
    warned = await about(await form(slack, OPS), "The whole company")
    [said] = [one for one in warned.blocks if one["block_id"] == "held"]
    assert "*Nothing about this could be posted here now.* With what else people here can see" in json.dumps(said)
    assert "Something about *Sales (team)* could." in json.dumps(said)
    assert [one["block_id"] for one in warned.blocks][1:3] == ["scope", "held"]
    done = await warned.submit()
    assert "*Subscribed.*" in done.words
    assert "*Nothing of it could be posted there now:*" in done.words
    assert (await only(turf)).wish.scope_kind == "company"
    better = await about(await form(slack, OPS), "Sales (team)")
    assert "held" not in [one["block_id"] for one in better.blocks]
    assert "Nothing of it could be posted" not in (await better.submit()).words


async def test_sections_are_left_out_as_they_are_chosen(turf: Turf, slack: SlackClient) -> None:
    view = await form(slack, REP, "app")
    shown = await view.select("Sections", ["to_go"])
    assert "To go:" in shown.words
    shown = await shown.select("Sections", [])
    assert "To go:" not in shown.words
    shown.typed = {}
    await shown.submit()
    assert "to_go" in (await only(turf)).wish.hidden


async def test_another_kind_of_digest_shows_what_the_first_did_not_have(turf: Turf, slack: SlackClient) -> None:
    view = await form(slack, LEADER, "app")
    shown = await view.select("Sections", ["forecast", "rows", "moves"])
    company = await about(shown, "The whole company")
    assert "Risks:" in company.words
    assert "Coverage:" not in company.words
    await company.submit()
    hidden = (await only(turf)).wish.hidden
    assert "coverage" in hidden
    assert not hidden & {"risks", "forecast", "rows", "moves"}


async def test_the_same_form_changes_it_and_says_whose_it_is(turf: Turf, slack: SlackClient) -> None:
    await subscribe(slack)
    before = await only(turf)
    view = await form(slack, OPS)
    assert "set up by Marcus Chen" in view.words
    view.fill("at", "16:45")
    done = await view.submit()
    assert "*Saved.*" in done.words
    known = await only(turf)
    assert (known.id, f"{known.schedule.at:%H:%M}", known.wish.owner_id) == (before.id, "16:45", before.wish.owner_id)
    assert await audited(turf, "digest.change") == [{"at": "16:45"}]


async def test_about_something_else_it_is_another_one_in_the_same_place(turf: Turf, slack: SlackClient) -> None:
    await subscribe(slack, OPS)
    before = await only(turf)
    await (await about(await form(slack, OPS), "The whole company")).submit()
    after = await only(turf)
    assert after.id != before.id
    assert (after.wish.channel_id, after.last_slot, after.next) == (
        before.wish.channel_id, before.last_slot, before.next,
    )  # fmt: skip


async def test_nobody_writes_over_somebody_else_s_change(turf: Turf, slack: SlackClient) -> None:
    await subscribe(slack)
    mine, theirs = await form(slack), await form(slack, OPS)
    theirs.fill("at", "10")
    await theirs.submit()
    mine.fill("at", "11")
    assert "Somebody changed this digest meanwhile" in (await mine.submit()).errors["scope"]
    assert f"{(await only(turf)).schedule.at:%H:%M}" == "10:00"


async def test_of_two_who_subscribe_a_channel_at_once_one_does(turf: Turf, slack: SlackClient) -> None:
    mine, theirs = await team_form(slack), await team_form(slack, OPS)
    await theirs.submit()
    assert "Somebody subscribed this channel meanwhile" in (await mine.submit()).errors["scope"]
    assert len(await subscribed(turf)) == 1
