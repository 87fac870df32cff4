"""Digests at the page of the running product: subscribing by hand, and the weeks that follow, with stops to look around."""

from __future__ import annotations

import csv
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from playwright.async_api import Locator, expect

from bot.demo.company import LEADER, MANAGER, OPS, REP, generate
from bot.demo.workspace import BOT_USER
from storage.database import Database
from tests.support.hands import PATIENT, Hands, say
from tests.support.imports import take, write
from tests.support.sample import TODAY
from tests.support.tour import Stop
from tests.support.turf import Turf
from tests.support.walk import Walk, message, window

FIRST, RICH, QUIET, LATE, QUARTER = (
    date(2026, 11, 30),
    date(2026, 12, 7),
    date(2026, 12, 14),
    date(2026, 12, 21),
    date(2027, 1, 4),
)
"""Mondays: the first digest; after a busy week; after one without an import; late; the first of a quarter."""
IN_TIME, TOO_LATE = time(14, 0, 30, tzinfo=UTC), time(18, 0, tzinfo=UTC)
"""Just after nine o'clock in New York, and what is too late for that."""


@dataclass(frozen=True, slots=True)
class Surface:
    """Where a digest is read: who subscribes, in which channel, to what; the app's messages for a digest to oneself.

    `headline` is how it begins, also in the preview.
    """

    name: str
    who: str
    channel: str
    headline: str
    about: str = ""
    typed: str = ""


TOTAL = Surface("total", MANAGER, "americas", "Americas East is", "Americas East (team)", "americas east")
WHOLE = Surface("whole", LEADER, "sales-managers", "The company is", "The whole company", "whole")
OWN = Surface("rep", REP, "app", "You are")
TEAM = Surface("manager", MANAGER, "app", "Your team is")
ROLL_UP = Surface("leadership", LEADER, "app", "The company is", "The whole company", "whole")
SURFACES = (TOTAL, WHOLE, OWN, TEAM, ROLL_UP)


async def prepare(turf: Turf) -> None:
    """It is Monday, after nine; the app is in both channels, in the private one with those who may see everything."""
    set_clock(turf, TODAY, TOO_LATE)
    for surface in (TOTAL, WHOLE):
        await turf.slack.as_(surface.who).joins(surface.channel, guest=BOT_USER)
    seeing = {turf.local.person(who).id for who in (LEADER, OPS)}
    members = turf.local.channel(WHOLE.channel).members
    members[:] = [one for one in members if one in seeing | {BOT_USER}]


async def at(walk: Walk, surface: Surface) -> Hands:
    """The page of whoever reads it there."""
    state = await walk.turf.slack.as_(surface.who).state()
    wanted = [one["id"] for one in state["channels"] if surface.channel in (one["name"], "app" if one["is_im"] else "")]
    return await walk.at(surface.who, f"&channel={wanted[0]}")


async def subscribe(hands: Hands, surface: Surface) -> AsyncIterator[Stop]:
    """From `/digest`, over the preview, to what says when the first one comes."""
    form = window(hands.page)
    await say(hands, "/digest")
    about = form.get_by_label("What it is about")
    await expect(about).to_be_visible(timeout=PATIENT)
    if surface.about:
        await hands.find(about, surface.typed, surface.about)
    await expect(form).to_contain_text(surface.headline, timeout=PATIENT)
    yield Stop(f"{surface.name}-form", hands.page, form)
    await hands.press(form.get_by_role("button", name="Subscribe"))
    await expect(form).to_contain_text("Subscribed.", timeout=PATIENT)
    await expect(form).to_contain_text("Next: Mon, Nov 30, 09:00 in New York")
    yield Stop(f"{surface.name}-subscribed", hands.page, form)
    await hands.leave()


def set_clock(turf: Turf, day: date, at: time = IN_TIME) -> None:
    turf.set_clock(datetime.combine(day, at))
    assert turf.worker
    turf.worker.wake()


async def thread_of(hands: Hands, digest: Locator) -> Locator:
    """Open it, as soon as it is there."""
    await hands.press(digest.get_by_role("button", name=re.compile("1 reply")))
    thread = hands.page.get_by_role("complementary", name="Thread")
    await expect(thread).to_be_visible(timeout=PATIENT)
    return thread


async def questions(hands: Hands, surface: Surface, digest: Locator, why: str) -> AsyncIterator[Stop]:
    """Why? and My numbers of a digest; `why` are words of the answer."""
    await hands.press(digest.get_by_role("button", name="Why?"))
    form = window(hands.page)
    await expect(form).to_contain_text(why, timeout=PATIENT)
    yield Stop(f"{surface.name}-why", hands.page, form)
    await hands.leave()
    await hands.press(digest.get_by_role("button", name="My numbers"))
    mine = message(hands.page, "Your numbers as of the digest of")
    await expect(mine).to_be_visible(timeout=PATIENT)
    yield Stop(f"{surface.name}-mine", hands.page, mine)


async def walk_of_a_digest(walk: Walk, folder: Path) -> AsyncIterator[Stop]:
    """A channel is subscribed, and gets the digest of a busy week."""
    await prepare(walk.turf)
    hands = await at(walk, WHOLE)
    async for stop in subscribe(hands, WHOLE):
        if stop.name == "whole-form":
            await stop.part.locator("[data-block=about]").scroll_into_view_if_needed()
            yield Stop("digest-form", stop.page, stop.part)
    set_clock(walk.turf, FIRST)
    await walk.until(message(hands.page, WHOLE.headline))
    await busy_week(walk.turf, folder)
    set_clock(walk.turf, RICH)
    digest = await walk.until(message(hands.page, "The company booked"))
    await walk.until(digest.get_by_role("button", name=re.compile("1 reply")))
    yield Stop("digest", hands.page, digest)
    await hands.page.close()


async def busy_week(turf: Turf, folder: Path) -> None:
    """Of the open deals one in nine is won, one lost, and one slips into the next quarter."""
    now = datetime.combine(RICH, IN_TIME)
    generate(folder / "company", TODAY)
    with (folder / "company" / "deals.csv").open(encoding="utf-8", newline="") as file:
        opened = [row for row in csv.DictReader(file) if row["status"] == "open" and row["amount"]]
    database = Database(str(turf.application.settings.database_url))
    try:
        report = await take(database, write(folder / "week", "deals", *_moved(opened)), now=now)
    finally:
        await database.close()
    assert report.rolled_back is None, report
    assert not report.refusals, report.refusals


def _moved(opened: list[dict[str, str]]) -> Iterator[Mapping[str, object]]:
    for number, row in enumerate(opened):
        if number % 9 == 0:
            yield {**row, "status": "won", "stage": "Closed won", "closed_on": "2026-12-02"}
        elif number % 9 == 1:
            reason = ("price", "no decision")[number % 2]
            yield {**row, "status": "lost", "closed_on": "2026-12-03", "loss_reason": reason}
        elif number % 9 == 2:
            yield {**row, "expected_close_on": "2027-02-10"}
