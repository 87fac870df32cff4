"""Digests in Chromium with the running product and its worker: subscribed by hand, read in the channel and by direct message."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, ViewportSize, expect

from tests.support.accessibility import troubles
from tests.support.digest_tour import (
    FIRST,
    IN_TIME,
    LATE,
    QUARTER,
    QUIET,
    RICH,
    SURFACES,
    TOO_LATE,
    TOTAL,
    WHOLE,
    Surface,
    at,
    busy_week,
    prepare,
    questions,
    set_clock,
    subscribe,
    thread_of,
)
from tests.support.hands import PATIENT, Hands, Mouse
from tests.support.tour import Stop
from tests.support.turf import running_turf
from tests.support.walk import Walk, message

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENT)
PHONE: ViewportSize = {"width": 390, "height": 844}
WIDE: ViewportSize = {"width": 1280, "height": 800}
WEEKS = {
    FIRST: {
        "total": "Americas East is $272k (19 %) behind pace for Q4.",
        "whole": "The company is $1.49M (19 %) behind pace for Q4.",
        "rep": "You are $65k (19 %) behind pace for Q4.",
        "manager": "Your team is $484k (30 %) behind pace for Q4.",
        "leadership": "The company is $1.49M (19 %) behind pace for Q4.",
    },
    RICH: {
        "total": "Americas East booked $473k this week and needed $270k: now $69k (4 %) behind pace for Q4.",
        "whole": "The company booked $2.95M this week and needed $1.33M: now $135k (1 %) ahead of pace for Q4.",
        "rep": "You booked $141k this week and needed $64k: now $13k (3 %) ahead of pace for Q4.",
        "manager": "Your team booked $473k this week and needed $320k: now $332k (17 %) behind pace for Q4.",
        "leadership": "The company booked $2.95M this week and needed $1.33M: now $135k (1 %) ahead of pace for Q4.",
    },
    QUIET: {
        "total": "for Q4 on Dec 7; since then too few people have moved it to tell.",
        "whole": "The company booked nothing this week but needed $1.41M: now $1.27M (12 %) behind pace for Q4.",
        "rep": "You booked nothing this week but needed $69k: now $56k (12 %) behind pace for Q4.",
        "manager": "Your team booked nothing this week but needed $347k: now $679k (30 %) behind pace for Q4.",
        "leadership": "The company booked nothing this week but needed $1.41M: now $1.27M (12 %) behind pace for Q4.",
    },
    LATE: {surface.name: "late: it was due on Dec 21" for surface in SURFACES},
    QUARTER: {
        "whole": "The company closed Q4 at 65.6 %, preliminary. Q1: nothing credited yet, and no target is set.",
        "rep": "You closed Q4 at 63.6 %, preliminary. Q1: nothing credited yet, and no target is set.",
        "manager": "Your team closed Q4 at 50.6 %, preliminary. Q1: nothing credited yet, and no target is set.",
        "leadership": "The company closed Q4 at 65.6 %, preliminary. Q1: nothing credited yet, and no target is set.",
    },
}
"""What each digest says in each week; the total of the first week of a quarter would be of too few people."""


@pytest.fixture
async def walk(browser: Browser, sample_file: Path, tmp_path: Path, size: ViewportSize) -> AsyncIterator[Walk]:
    copy = shutil.copyfile(sample_file, tmp_path / "turf.db")
    async with running_turf(f"sqlite:///{copy}", tmp_path, worker=True) as turf:
        await prepare(turf)
        yield Walk(turf, browser, size, Mouse)


@pytest.mark.parametrize("size", [pytest.param(PHONE, id="phone")])
async def test_a_channel_is_subscribed_and_its_digest_read_and_asked_about(walk: Walk) -> None:
    hands = await at(walk, WHOLE)
    async for stop in subscribe(hands, WHOLE):
        await _is_well(stop)
    set_clock(walk.turf, FIRST)
    digest = await walk.until(message(hands.page, "behind pace for Q4"))
    await _is_well(Stop("digest", hands.page, digest))
    thread = await thread_of(hands, digest)
    await expect(thread.get_by_role("img")).not_to_have_count(0)
    await expect(thread.get_by_role("table").filter(has_text="furthest behind first")).to_contain_text("Europe")
    await _is_well(Stop("thread", hands.page, thread))
    await hands.press(thread.get_by_role("button", name="Close the thread"))
    async for stop in questions(hands, WHOLE, digest, "no earlier digest of this period to compare with"):
        await _is_well(stop)
    assert walk.complaints == []
    assert await walk.turf.slack.refusals() == []


@pytest.mark.slow
@pytest.mark.parametrize("size", [pytest.param(WIDE, id="wide"), pytest.param(PHONE, id="phone")])
async def test_each_kind_of_digest_in_each_kind_of_week(walk: Walk, tmp_path: Path) -> None:
    pages = {surface.name: await at(walk, surface) for surface in SURFACES}
    for surface in SURFACES:
        async for stop in subscribe(pages[surface.name], surface):
            await _is_well(stop)
    for day, sentences in WEEKS.items():
        if day == RICH:
            await busy_week(walk.turf, tmp_path)
        set_clock(walk.turf, day, TOO_LATE if day == LATE else IN_TIME)
        for surface in SURFACES:
            if surface.name in sentences:
                await _read(walk, pages[surface.name], surface, sentences[surface.name])
    told = await walk.until(
        message(pages["manager"].page, "The digest of Americas East for Jan 4 did not appear in #americas.")
    )
    await _is_well(Stop("withheld", pages["manager"].page, told))
    for surface in SURFACES:
        digest = message(pages[surface.name].page, WEEKS[RICH][surface.name])
        async for stop in questions(pages[surface.name], surface, digest, "in the digest before"):
            await _is_well(stop)
    assert walk.complaints == []
    assert await walk.turf.slack.refusals() == []


async def _read(walk: Walk, hands: Hands, surface: Surface, sentence: str) -> None:
    digest = await walk.until(message(hands.page, sentence))
    await _is_well(Stop(surface.name, hands.page, digest))
    if surface is TOTAL or "closed Q4" in sentence:
        return
    await walk.until(digest.get_by_role("button", name="1 reply"))
    thread = await thread_of(hands, digest)
    await _is_well(Stop(f"{surface.name}-thread", hands.page, thread))
    await hands.press(thread.get_by_role("button", name="Close the thread"))


async def _is_well(stop: Stop) -> None:
    assert await troubles(stop.page) == [], stop.name
