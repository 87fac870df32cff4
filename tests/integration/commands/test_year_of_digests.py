"""Digests week by week: each begins where the last one ended but for corrections, and its parts sum to the change, to the cent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.demo.company import MANAGER, REP, generate
from commands.kit.names import COMPANY, Kind, Subject
from commands.targets.changes.bridging import Bridges
from commands.targets.service_for_digests import happened
from domain.bridges import Bridge, Part
from domain.periods import Period, PeriodKind, containing
from storage.database import Database
from storage.store import Repositories, Store
from tests.support.bridging import shown
from tests.support.digests import of, person, team
from tests.support.sample import TODAY, import_folder, load_sample
from tests.support.weeks import Year, last_months

WEEK = timedelta(days=7)


@dataclass
class Digests:
    """What the last digest of each subject showed, and when."""

    revision: int
    today: date
    period: Period
    figures: dict[Subject, tuple[int, int]] = field(default_factory=dict)


def some(repo: Repositories) -> Sequence[Subject]:
    """A team whose members come and go."""
    return [team(repo, "Americas East")]


def many(repo: Repositories) -> Sequence[Subject]:
    lands = [one for one in repo.company.territories.values() if one.key in ("europe", "new-england")]
    people = [of(person(repo, key)) for key in (REP, MANAGER)]
    teams = [team(repo, name) for name in ("Americas East", "Europe South")]
    return [COMPANY, *teams, *people, *(Subject(Kind.TERRITORY, one.id, one.name) for one in lands)]


async def a_year(year: Year, subjects: Sequence[Subject], weeks: int) -> Counter[Part]:
    """How often each cause was told."""
    store, told = Store(year.database), Counter[Part]()
    async with store.read(1) as repo:
        last = await _digests(repo, subjects, year.today)
    for _ in range(weeks):
        await year.week()
        async with store.read(1) as now:
            digests = await _digests(now, subjects, year.today)
            then = await now.earlier(last.revision)
            for subject in subjects:
                for bridge in await _told(then, now, subject, last, digests):
                    told.update(step.part for step in bridge.steps)
        last = digests
    return told


async def _digests(repo: Repositories, subjects: Sequence[Subject], today: date) -> Digests:
    period = containing(today, PeriodKind.QUARTER, repo.settings.fiscal_start)
    found = Digests(repo.revision, today, period)
    for subject in subjects:
        found.figures[subject] = await shown(repo, subject, period, today)
    return found


async def _told(
    then: Repositories, now: Repositories, subject: Subject, last: Digests, digests: Digests
) -> Sequence[Bridge]:
    """The bridges of the digest; the first one of a period has those of the last period, to its final result, too."""
    same = last.period == digests.period
    before = last.figures[subject] if same else await shown(then, subject, digests.period, last.today)
    told = [(digests.period, before, digests.figures[subject])]
    if not same:
        final = await shown(now, subject, last.period, digests.today)
        told.append((last.period, last.figures[subject], final))
    found: list[Bridge] = []
    for period, closing, figures in told:
        made = await happened(then, now, subject, period, was=last.today, today=digests.today)
        assert made.moved is not None
        found += _held_against(made.moved, closing, figures)
    return found


def _held_against(made: Bridges, closing: tuple[int, int], figures: tuple[int, int]) -> Sequence[Bridge]:
    assert made.forecast is not None
    for bridge, before, after in zip((made.credited, made.forecast), closing, figures, strict=True):
        corrections = sum(step.change for step in bridge.steps if step.part is Part.CORRECTED)
        rest = sum(step.change for step in bridge.steps if step.part is not Part.CORRECTED)
        assert bridge.opening == before + corrections
        assert bridge.opening + rest == after
        assert {step.deal for step in bridge.steps} <= made.deals.keys()
    return made.credited, made.forecast


EVERY = set(Part)


async def test_half_a_year_adds_up(sqlite_url: str, tmp_path: Path) -> None:
    """With the deals of the last months only, so that it does not take its time."""
    generate(tmp_path / "files", TODAY)
    last_months(tmp_path / "files")
    await import_folder(sqlite_url, tmp_path / "files")
    database = Database(sqlite_url)
    year = Year(database, tmp_path / "files", tmp_path)
    try:
        async with Store(database).read(1) as repo:
            subjects = some(repo)
        told = await a_year(year, subjects, 26)
    finally:
        await database.close()
    assert EVERY - told.keys() == set()


async def test_the_opening_is_what_the_corrections_alone_would_have_shown(sqlite_url: str, tmp_path: Path) -> None:
    """First what was booked is corrected, then the week goes on; the digest opens with the card between the two."""
    generate(tmp_path / "files", TODAY)
    last_months(tmp_path / "files")
    await import_folder(sqlite_url, tmp_path / "files")
    database = Database(sqlite_url)
    year, corrected = Year(database, tmp_path / "files", tmp_path), 0
    try:
        for number in range(3):
            was, today = year.today, year.today + WEEK
            period = containing(was, PeriodKind.QUARTER, 1)
            async with Store(database).read(1) as repo:
                revision = repo.revision
            touched = await year.take(year.corrections(), f"corrected {number}")
            async with Store(database).read(1) as repo:
                between = {one: (await shown(repo, one, period, was))[0] for one in many(repo)}
            year.today, year.number = today, number
            await year.take(year.news(but=touched), f"news {number}")
            async with Store(database).read(1) as now:
                for one, opening in between.items():
                    made = await happened(await now.earlier(revision), now, one, period, was=was, today=today)
                    assert made.moved is not None
                    assert made.moved.credited.opening == opening, (one.name, today)
                    corrected += made.moved.credited.before != opening
    finally:
        await database.close()
    assert corrected > 6


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2])
async def test_a_whole_year_adds_up_for_everyone(database_url: str, tmp_path: Path, seed: int) -> None:
    load_sample(database_url, tmp_path / "files")
    database = Database(database_url)
    year = Year(database, tmp_path / "files", tmp_path, seed)
    try:
        async with Store(database).read(1) as repo:
            subjects = many(repo)
        told = await a_year(year, subjects, 52)
    finally:
        await database.close()
    assert EVERY - told.keys() == set()
