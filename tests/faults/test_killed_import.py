"""An import that is killed with SIGKILL at any point leaves everything as it was, or all of it done; the next one works."""

import asyncio
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from subprocess import CompletedProcess
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from storage.faults import KILL_AT
from storage.importing.report import Report
from tests.support.command_line import turf
from tests.support.imports import everything, open_at, take, write

Row = Mapping[str, object]
Tables = Mapping[str, Sequence[Row]]
State = dict[str, list[tuple[Any, ...]]]

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
SETTINGS = {
    "currency": "USD",
    "timezone": "UTC",
    "fiscal_start": 1,
    "business_days": [0, 1, 2, 3, 4],
    "holidays": None,
}
"""What `turf import` gives to a workspace that it makes."""
REPS = ("ana", "ben", "cy", "dee", "eli")
AREAS = ("east", "west", "south")
BEFORE_COMMIT = ("staged", "mid-merge", "after-ledger", "before-commit")


@dataclass(frozen=True)
class Case:
    """What is there already (one import a day), and the import that is killed."""

    before: Sequence[Tables]
    then: Tables
    options: tuple[str, ...] = ()


def deals(rng: Random, numbers: range) -> list[Row]:
    """Won, lost and open ones in two currencies; some are split, returned or of nobody."""
    return [
        {
            "deal": f"D{number}",
            "owner": rng.choice((*REPS, "")),
            "account": f"A{number % 8}",
            "amount": rng.randint(-300, 9_000) if number % 5 == 0 else rng.randint(1, 9_000),
            "currency": rng.choice(("USD", "EUR")),
            "status": "won" if number % 5 == 0 else rng.choice(("won", "won", "lost", "open")),
            "stage": "Offer",
            "created_on": f"2026-01-{rng.randint(1, 28):02}",
            "closed_on": f"2026-02-{rng.randint(1, 28):02}",
            "expected_close_on": "2026-03-30",
        }
        for number in numbers
    ]


def splits(numbers: range) -> list[Row]:
    shares = (("ana", "revenue", "62.5"), ("ben", "revenue", "37.5"), ("cy", "overlay", "50"))
    return [
        {"deal": f"D{number}", "person": who, "kind": kind, "percent": percent}
        for number in numbers
        for who, kind, percent in shares
    ]


def company() -> dict[str, Sequence[Row]]:
    """Five reps under a manager, three territories, eight accounts, forty deals with all that belongs to them."""
    mona = {"person": "mona", "name": "Mona", "role": "manager", "manager": "", "team": "north"}
    return {
        "people": [
            mona,
            *({"person": one, "name": one, "role": "rep", "manager": "mona", "team": "north"} for one in REPS),
        ],
        "teams": [{"team": "north", "name": "North", "lead": "mona"}],
        "territories": [{"territory": area, "name": area.title(), "team": "north"} for area in AREAS],
        "assignments": [
            {"territory": area, "person": who, "from": "2026-01-01"} for area, who in zip(AREAS, REPS, strict=False)
        ],
        "accounts": [
            {"account": f"A{number}", "name": f"Account {number}", "territory": [*AREAS, ""][number % 4]}
            for number in range(8)
        ],
        "targets": [
            {"subject_kind": "territory", "subject": area, "period": "2026Q1", "amount": 50_000} for area in AREAS
        ],
        "rates": [{"currency": "EUR", "period": f"2026-0{month}", "rate": f"1.{month}"} for month in (1, 2, 3)],
        "deals": deals(Random(1), range(40)),
        "splits": splits(range(0, 40, 7)),
        "stages": [{"deal": f"D{number}", "stage": "Offer", "entered_on": "2026-02-01"} for number in range(0, 40, 3)],
    }


def updates() -> dict[str, Sequence[Row]]:
    """Old and new deals, a new person, a territory in other hands, another rate, and two rows that are refused."""
    bad: list[Row] = [{"deal": "D90", "status": "won", "closed_on": ""}, {"deal": "D91", "owner": "ghost"}]
    return {
        "people": [{"person": "fay", "name": "Fay", "role": "rep", "manager": "mona"}],
        "assignments": [
            {"territory": "east", "person": "ana", "from": "2026-01-01", "to": "2026-02-10"},
            {"territory": "east", "person": "fay", "from": "2026-02-10"},
        ],
        "rates": [{"currency": "EUR", "period": "2026-02", "rate": "1.75"}],
        "deals": [*company()["deals"][:10], *deals(Random(2), range(30, 60)), *bad],
        "splits": [
            {"deal": "D7", "person": "ana", "kind": "revenue", "percent": "10"},
            {"deal": "D7", "person": "ben", "kind": "revenue", "percent": "90"},
        ],
    }


def other_owners() -> dict[str, Sequence[Row]]:
    """Every deal belongs to somebody else, also those that are closed."""
    return {"deals": [{**row, "owner": REPS[number % len(REPS)]} for number, row in enumerate(company()["deals"])]}


def shuffled() -> dict[str, Sequence[Row]]:
    """All files with their rows in another order, and every amount another."""
    rng, found = Random(3), company()
    found["deals"] = deals(Random(4), range(40))
    return {kind: rng.sample(rows, len(rows)) for kind, rows in found.items()}


def without() -> dict[str, Sequence[Row]]:
    """Files in which some deals with their parts, an account and a person are missing."""
    found = company()
    found["people"] = [row for row in found["people"] if row["person"] != "eli"]
    found["accounts"] = found["accounts"][:-1]
    found["deals"] = [row for row in found["deals"][:30] if row["account"] != "A7" and row["owner"] != "eli"]
    kept = {row["deal"] for row in found["deals"]}
    for parts in ("splits", "stages"):
        found[parts] = [row for row in found[parts] if row["deal"] in kept]
    return found


CASES = {
    "first": Case([], company()),
    "updates": Case([company()], updates(), ("--max-rejects", "2")),
    "full": Case([company()], without(), ("--full", "--max-removed", "100%")),
    "restate": Case([company(), other_owners()], other_owners(), ("--restate",)),
    "shuffled": Case([company()], shuffled()),
}


LONG = {"restate", "shuffled"}


@pytest.fixture(params=[pytest.param(name, marks=[pytest.mark.slow] * (name in LONG)) for name in CASES])
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture
def copied(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Makes a copy of the database, once."""
    if database_url.startswith("sqlite"):
        yield lambda: f"sqlite:///{shutil.copyfile(str(make_url(database_url).database), tmp_path / 'copy.db')}"
        return
    server, name = request.getfixturevalue("postgres"), str(make_url(database_url).database)
    yield lambda: server.create(f"{name}_copy", template=name)
    server.drop(f"{name}_copy")


def files(folder: Path, tables: Tables) -> Path:
    for kind, rows in tables.items():
        write(folder, kind, *rows)
    return folder


async def _prepare(url: str, case: Case, folder: Path) -> State:
    async with open_at(url) as database:
        for day, tables in enumerate(case.before):
            path = files(folder / f"before-{day}", tables)
            report = await take(database, path, now=START + timedelta(days=day), new_workspace=SETTINGS)
            assert report.refused == 0, report.refusals
        return await everything(database)


def prepare(url: str, case: Case, folder: Path) -> State:
    """Make what is there before."""
    return asyncio.run(_prepare(url, case, folder))


async def _state(url: str) -> State:
    async with open_at(url) as database:
        return await everything(database)


def state(url: str) -> State:
    """Every row of every table."""
    return asyncio.run(_state(url))


def now(case: Case) -> datetime:
    return START + timedelta(days=len(case.before))


async def _take(url: str, case: Case, folder: Path) -> Report:
    async with open_at(url) as database:
        options = {"full": "--full" in case.options, "restate": "--restate" in case.options}
        return await take(database, folder, now=now(case), new_workspace=SETTINGS, **options)


def import_here(url: str, case: Case, folder: Path) -> Report:
    """The same import in this process, where nobody kills it."""
    return asyncio.run(_take(url, case, folder))


def import_there(url: str, case: Case, folder: Path, kill_at: str = "") -> CompletedProcess[str]:
    """The import in a process of its own, which keeps its temporary files in a folder of its own."""
    temp = folder.parent / "temp"
    temp.mkdir(exist_ok=True)
    env = {"TMPDIR": str(temp)} | ({KILL_AT: kill_at} if kill_at else {})
    return turf("import", folder, *case.options, url=url, now=now(case), folder=folder.parent, **env)


def assert_killed(done: CompletedProcess[str]) -> None:
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr


def left_behind(folder: Path) -> list[Path]:
    """Temporary files of killed processes."""
    return [path for path in (folder / "temp").rglob("*") if path.is_file()]


@pytest.mark.slow_on_postgresql
def test_a_kill_before_the_commit_changes_nothing(
    case: Case, database_url: str, copied: Callable[[], str], tmp_path: Path
) -> None:
    then = files(tmp_path / "then", case.then)
    before = prepare(database_url, case, tmp_path)
    unharmed = copied()
    for point in BEFORE_COMMIT:
        assert_killed(import_there(database_url, case, then, kill_at=point))
        assert state(database_url) == before, point
        assert left_behind(tmp_path) == []

    done = import_there(database_url, case, then)
    assert done.returncode == 0, done.stderr
    after = state(database_url)
    assert after["credits"] != before["credits"]
    import_here(unharmed, case, then)
    assert after == state(unharmed)


@pytest.mark.slow_on_postgresql
@pytest.mark.parametrize("case", ["first", "full"], indirect=True)
def test_a_kill_after_the_commit_undoes_nothing(
    case: Case, database_url: str, copied: Callable[[], str], tmp_path: Path
) -> None:
    then = files(tmp_path / "then", case.then)
    prepare(database_url, case, tmp_path)
    unharmed = copied()
    assert_killed(import_there(database_url, case, then, kill_at="committed"))
    import_here(unharmed, case, then)
    assert state(database_url) == state(unharmed)
    assert left_behind(tmp_path) == []

    again = import_here(database_url, case, then)
    assert again.rolled_back is None
    assert again.revision is None, "all of it was there: nothing is left to change"
