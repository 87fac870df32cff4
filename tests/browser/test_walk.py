"""A walk across roles with the running product and its worker: with the mouse and with the keyboard alone, wide and narrow."""

import csv
import io
import shutil
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.async_api import Browser, ViewportSize, expect
from python_calamine import CalamineWorkbook

from bot.demo.company import MANAGER, REP
from tests.support.accessibility import troubles
from tests.support.hands import PATIENT, Keyboard, Mouse
from tests.support.keyboard import focused
from tests.support.tour import Stop
from tests.support.turf import running_turf
from tests.support.walk import (
    Walk,
    walk_of_a_card,
    walk_of_a_target,
    walk_of_operations,
    walk_of_territories,
    walk_of_the_others,
)

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENT)
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
HARDEST = pytest.param(Keyboard, PHONE, id="keyboard-phone")
CROSSED = [
    pytest.param(Keyboard, WIDE, id="keyboard-wide", marks=pytest.mark.slow),
    pytest.param(Mouse, PHONE, id="mouse-phone", marks=pytest.mark.slow),
]
WAYS = pytest.mark.parametrize(
    ("hands", "size"), [pytest.param(Mouse, WIDE, id="mouse-wide", marks=pytest.mark.slow), HARDEST, *CROSSED]
)
ONLY_LOOKED_AT = ("shared",)
"""Stops at a page where nobody has done anything yet, so that nothing has the focus."""
Hands = type[Mouse] | type[Keyboard]


@pytest.fixture
async def walk(
    browser: Browser, sample_file: Path, tmp_path: Path, hands: Hands, size: ViewportSize
) -> AsyncIterator[Walk]:
    copy = shutil.copyfile(sample_file, tmp_path / "turf.db")
    async with running_turf(f"sqlite:///{copy}", tmp_path, worker=True) as turf:
        yield Walk(turf, browser, size, hands)


@WAYS
async def test_a_target_is_set_told_read_and_objected_to(walk: Walk) -> None:
    seen = await _gone(walk, walk_of_a_target)
    assert len(seen) == 7
    assert await walk.turf.slack.refusals() == []


@pytest.mark.slow
@pytest.mark.parametrize(("hands", "size"), [HARDEST])
async def test_what_slack_takes_without_saying_so_is_there_once(walk: Walk) -> None:
    for method in ("chat.postMessage", "chat.update", "conversations.open"):
        await walk.turf.slack.fault("lost_answer", on=method, times=2)
    await _gone(walk, walk_of_a_target)
    for who, words in ((REP, "You raised a concern"), (MANAGER, "raised a concern")):
        [only] = await walk.turf.slack.as_(who).messages("app")
        assert words in only.words


@WAYS
async def test_a_card_is_shared_exported_and_kept(walk: Walk) -> None:
    await _gone(walk, walk_of_a_card)
    assert await walk.turf.slack.refusals() == []
    rows = list(csv.DictReader(walk.files["csv"].decode("utf-8-sig").splitlines()))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(walk.files["xlsx"])).get_sheet_by_index(0).to_python()
    assert len(sheet) == len(rows) + 1
    assert sheet[0] == list(rows[0])
    team = [row for row in rows if row["part"] == "row"]
    for column in ("credited", "target"):
        assert _sum(rows, column, but="row") == _sum(team, column) > 0


@WAYS
async def test_operations_and_the_others(walk: Walk) -> None:
    await _gone(walk, walk_of_operations)
    await _gone(walk, walk_of_the_others)
    assert await walk.turf.slack.refusals() == []


@WAYS
async def test_what_is_wrong_with_territories(walk: Walk) -> None:
    assert len(await _gone(walk, walk_of_territories)) == 5
    assert await walk.turf.slack.refusals() == []


def _sum(rows: list[dict[str, str]], column: str, but: str = "") -> Decimal:
    return sum((Decimal(row[column]) for row in rows if row[column] and row["part"] != but), Decimal(0))


async def _gone(walk: Walk, way: Callable[[Walk], AsyncIterator[Stop]]) -> list[str]:
    """Go the whole way; the names of its stops. At none is anything wrong."""
    found, names = {}, []
    async for stop in way(walk):
        names.append(stop.name)
        if wrong := await _wrong(walk, stop):
            found[stop.name] = wrong
    assert found == {}
    assert walk.complaints == []
    return names


async def _wrong(walk: Walk, stop: Stop) -> list[str]:
    page = stop.page
    wrong = await troubles(page)
    if (
        walk.hands is Keyboard
        and stop.name not in ONLY_LOOKED_AT
        and await page.evaluate("document.activeElement === document.body")
    ):
        wrong.append(f"nothing has the focus: {await focused(page)}")
    return wrong
