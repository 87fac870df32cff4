"""A request on its way: who is told what, who may decide, what becomes of it, in the channel and in direct messages."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
import pytest_asyncio

from bot.app import register_features
from bot.demo.company import OPS, REP
from bot.demo.workspace import BOT_USER
from bot.jobs import Runner
from commands.kit.names import Kind, Subject
from commands.targets.service import build
from domain.periods import parse_label
from domain.requests.model import State
from templates.numbers import exact_money
from tests.support.deciding_hands import EAST, REGION, WEST, approves, asks_to_move, in_channel, last, read
from tests.support.posting import deliver
from tests.support.sample import NOW
from tests.support.setting import saved
from tests.support.slack import SlackClient, View
from tests.support.turf import Turf, running_turf

LEADER = "grace.adeyemi"
FIRST = date(2026, 12, 1)


@pytest_asyncio.fixture
async def turf(sample_file: Path, tmp_path: Path) -> AsyncIterator[Turf]:
    copy = shutil.copyfile(sample_file, tmp_path / "turf.db")
    async with running_turf(f"sqlite:///{copy}", tmp_path) as running:
        await running.slack.as_(EAST).joins(REGION, guest=BOT_USER)
        yield running


@pytest.fixture
def slack(turf: Turf) -> SlackClient:
    return turf.slack


async def works_on(turf: Turf, day: date) -> None:
    now = datetime.combine(day, time(12), UTC)
    turf.set_clock(now)
    await Runner(turf.application.store, register_features(), jitter=lambda: 0.0).run_once(now)
    await deliver(turf)


async def test_two_managers_agree_and_everyone_is_told(turf: Turf, slack: SlackClient) -> None:
    await asks_to_move(turf)
    card = await in_channel(slack)
    assert "*2 accounts* from New England to California, from Dec 1, 2026." in card.words
    assert "Waits for Marcus Chen, Sofie Park" in card.words
    asked = await last(slack, EAST)
    assert "Why: Closer to her other customers" in asked.words
    look = await asked.press("See impact")
    assert "*New England, Q4 2026* (as of Dec 1, 2026)" in look.words
    assert "Target: $646,400.00 → *$638,9" in look.words
    assert "*Imani Brooks" not in look.words, "he does not report to the one who looks"
    first = await approves(turf, EAST)
    assert "It waits for Sofie Park." in first.words
    assert "approved, takes effect on Dec 1, 2026" in (await approves(turf, WEST)).words
    await deliver(turf)
    loses = (await last(slack, REP)).words
    assert "You hand over *2 accounts*: Aspen Plastics Inc, Bright Foods Corp." in loses
    assert "write Imani Brooks a hand-over note" in loses
    assert "You take on *2 accounts*" in (await last(slack, "imani.brooks")).words
    assert (await last(slack, EAST)).buttons == ["See impact"], "there is nothing to decide any more"
    await works_on(turf, FIRST)
    assert (await read(turf)).state is State.EFFECTIVE
    assert (await last(slack, REP)).words.startswith("*Since Dec 1, 2026: accounts move*")
    card = await in_channel(slack)
    assert "in effect since Dec 1, 2026" in card.words
    assert [one.words for one in await card.replies()] == [
        "One side agreed, by Marcus Chen.",
        "Everybody agreed, by Sofie Park.",
        "Scheduled: it takes effect on Dec 1, 2026.",
        "In effect now.",
    ]


async def test_after_it_the_cards_show_what_was_promised(turf: Turf, slack: SlackClient) -> None:
    await asks_to_move(turf, count=3)
    look = await (await last(slack, EAST)).press("See impact")
    [promised] = re.findall(r"\*New England, Q4 2026.*?Target: \S+ → \*(\S+)\*", look.words, re.DOTALL)
    for who in (EAST, WEST):
        await approves(turf, who)
    await works_on(turf, FIRST)
    async with turf.application.store.read(1) as repo:
        territory = next(one for one in repo.company.territories.values() if one.key == "new-england")
        period = parse_label("2026Q4", 1)
        made = await build(
            repo, subject=Subject(Kind.TERRITORY, territory.id, territory.name), period=period, today=FIRST
        )
    assert exact_money(made.score.standing.target or 0, "USD") == promised


async def test_who_does_not_decide_is_told_who_does_and_old_buttons_what_became(turf: Turf, slack: SlackClient) -> None:
    await asks_to_move(turf)
    card, asked = await in_channel(slack), await last(slack, EAST)
    as_leader = [one for one in await slack.as_(LEADER).messages(REGION) if "Request 1" in one.words][-1]
    assert "This waits for Marcus Chen and Sofie Park" in (await as_leader.press("Approve…")).words
    [box] = [await asked.press("Reject…")]
    box.fill("said", "Not before the fair")
    assert "you rejected it" in (await box.submit()).words
    assert "This request was rejected on Nov 23" in (said := (await card.press("Approve…")).words) or "23 Nov" in said
    await deliver(turf)
    told = (await last(slack, OPS)).words
    assert "Marcus Chen rejected it: Not before the fair" in told
    card = await in_channel(slack)
    assert "fair" not in card.words + "".join(one.words for one in await card.replies())
    assert card.buttons == ["See impact"]


async def test_asking_for_changes_needs_a_comment_which_the_requester_reads(turf: Turf, slack: SlackClient) -> None:
    await asks_to_move(turf)
    box = await (await last(slack, EAST)).press("Ask for changes…")
    box.fill("said", "Keep Aspen with Ana")
    await box.submit()
    await deliver(turf)
    told = await last(slack, OPS)
    assert "Marcus Chen asks for changes: Keep Aspen with Ana" in told.words
    assert "Now: withdrawn" in (await told.press("Withdraw")).words
    assert (await read(turf)).state is State.WITHDRAWN


async def test_what_changed_meanwhile_is_shown_before_it_is_decided(turf: Turf, slack: SlackClient) -> None:
    await asks_to_move(turf)
    box = await (await last(slack, EAST)).press("Approve…")
    await saved(slack, OPS, "New England Q4 2026", "2M")
    again = await box.submit()
    assert isinstance(again, View)
    assert "nothing was decided yet" in again.words
    assert "of target* goes along (was $7,425)" in again.words, again.words
    assert (await read(turf)).state is State.SUBMITTED
    assert "It waits for Sofie Park" in (await again.submit()).words  # type: ignore[union-attr]


async def test_what_is_in_effect_can_be_given_back(turf: Turf, slack: SlackClient) -> None:
    await asks_to_move(turf)
    for who in (EAST, WEST):
        await approves(turf, who)
    await works_on(turf, FIRST)
    box = await (await in_channel(slack)).press("Reverse…")
    assert "that is given back from the day on that you choose" in box.words
    box.fill("effective_on", "2026-12-07")
    box.fill("said", "They asked for Ana")
    sent = await box.submit()
    assert isinstance(sent, View)
    assert "Request 2: sent" in sent.words, (sent.errors, sent.words)
    await deliver(turf)
    for who in (EAST, WEST):
        if (await read(turf, 2)).state is State.SUBMITTED and "Approve…" in (await last(slack, who)).buttons:
            await approves(turf, who)
    await works_on(turf, date(2026, 12, 7))
    assert [(await read(turf, one)).state for one in (1, 2)] == [State.REVERSED, State.EFFECTIVE]
    turf.set_clock(NOW)


async def test_it_is_found_in_the_list_and_waits_on_home(turf: Turf, slack: SlackClient) -> None:
    await asks_to_move(turf)
    for typed in ("", "open", "mine", "new england"):
        found = await slack.as_(OPS).types(f"/territory requests {typed}".strip())
        assert "1 request" in found.words
        assert "1: accounts move" in found.words, typed
        assert "See impact" in found.choices
    assert "no requests about Canada" in (await slack.as_(OPS).types("/territory requests canada")).words
    assert "Request 1 waits for you: accounts move" in (await slack.as_(EAST).home()).words
    assert "Request 1" not in (await slack.as_("ines.wagner").home()).words
    box = await (await slack.as_(EAST).home()).press("Approve…")
    await box.submit()
    assert "Request 1" not in (await slack.as_(EAST).home()).words
    assert "Request 1 waits for you" in (await slack.as_(WEST).home()).words
