"""The watched folder: files that have come to rest are imported together, once, and put where one sees what became of them."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.importing import running
from bot.importing.folder import Folder
from bot.importing.process import Died
from bot.importing.setup import importer
from bot.importing.watching import Watching
from bot.jobs import Runner
from bot.settings import Settings
from commands.imports.views import head
from domain.errors import DataError, Unavailable
from storage.import_orders import Ordered, OrderState, Outcome, of_folder
from storage.importing.mapping import SHIPPED
from storage.jobs import DEATHS, JOBS
from storage.outbox import OUTBOX
from storage.store import Store
from tests.support.imports import NOON, open_at, rows, take, write
from tests.support.maven import export_folder

REST = 10.0
PEOPLE = {"person": "ops", "name": "Olga", "role": "ops"}, {"person": "ana", "name": "Ana", "role": "rep"}


@dataclass
class Watched:
    """A folder, two workers that watch it, and a machine's clock that a test sets."""

    path: Path
    store: Store
    settings: Settings
    seconds: float = 0.0
    workers: list[tuple[Watching, Runner]] = field(default_factory=list)

    def hire(self) -> None:
        watch = Watching(Folder(self.path), rest=REST, machine=lambda: self.seconds)
        self.workers.append((watch, importer(self.settings, None, self.store)))

    async def look(self) -> int:
        return sum([await watch.look(self.store, NOON) for watch, _ in self.workers])

    async def rests(self) -> int:
        """What is there is seen to rest; how many imports that begins."""
        self.seconds += REST
        await self.look()
        self.seconds += REST
        return await self.look()

    async def work(self) -> None:
        """All workers at once, until nothing is left to do."""
        while any(await asyncio.gather(*(runner.step(NOON) for _, runner in self.workers))):
            pass

    async def orders(self) -> list[Ordered]:
        async with self.store.database.read() as connection:
            return await of_folder(connection, 1)

    def names(self) -> set[str]:
        return {str(file.relative_to(self.path)) for file in self.path.rglob("*") if file.is_file()}

    async def told(self) -> list[tuple[int, str]]:
        async with self.store.database.read() as connection:
            query = select(OUTBOX.c.person_id, OUTBOX.c.kind).order_by(OUTBOX.c.id)
            return [(row.person_id, row.kind) for row in await connection.execute(query)]


@pytest.fixture
async def watched(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Watched]:
    folder = tmp_path / "in"
    folder.mkdir()
    async with open_at(sqlite_url) as database:
        await take(database, write(tmp_path / "before", "people", *PEOPLE))
        settings = Settings.from_env({"DATABASE_URL": sqlite_url, "TURF_IMPORT_DIR": str(folder)})
        made = Watched(folder, Store(database), settings)
        made.hire()
        made.hire()
        yield made


async def test_files_are_imported_together_when_they_have_come_to_rest(watched: Watched) -> None:
    write(watched.path, "accounts", {"account": "A1", "name": "Acme"})
    deals = write(watched.path, "deals", {"deal": "D1", "owner": "ana", "account": "A1", "amount": 5, "status": "open"})
    for ignored in (".deals.csv", "stages.csv.part", "notes.txt"):
        (watched.path / ignored).write_text("deal\n1\n")
    await watched.look()
    watched.seconds += REST - 1
    deals.write_text(deals.read_text() + "D2,ana,A1,7,open\n")
    assert await watched.look() == 0
    watched.seconds += REST - 1
    assert await watched.look() == 0
    watched.seconds += 2
    assert await watched.look() == 1
    await watched.work()
    assert [row["deal"] for row in await rows(watched.store.database, "deals")] == ["D1", "D2"]
    done = {f"done/2026-03-10/{name}" for name in ("accounts.csv", "deals.csv", "import-1.txt")}
    assert watched.names() == {*done, ".deals.csv", "stages.csv.part", "notes.txt"}
    report = (watched.path / "done/2026-03-10/import-1.txt").read_text()
    assert "Imported as revision 3." in report
    assert await watched.told() == []


async def test_an_import_at_which_workers_died_is_told_and_its_files_put_away(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object) -> None:
        raise Died

    monkeypatch.setattr(running, "run_import_process", dies)
    write(watched.path, "deals", {"deal": "D1", "owner": "ana", "amount": 5, "status": "open"})
    await watched.rests()
    await watched.work()
    async with watched.store.database.write() as connection:
        await connection.execute(update(JOBS).values(attempts=DEATHS, due_at=NOON))
    await watched.work()
    [order] = await watched.orders()
    assert (order.state, order.outcome, order.error) == (OrderState.TOLD, Outcome.FAILED, running.DIED)
    assert watched.names() == {"refused/2026-03-10/deals.csv", "refused/2026-03-10/import-1.txt"}
    assert await watched.told() == [(1, "imports/head")]
    assert await rows(watched.store.database, "deals") == []


async def test_an_import_is_told_even_if_its_files_cannot_be_put_away(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DataError("There is no room left in the folder.")

    monkeypatch.setattr(Folder, "put_away", full)
    write(watched.path, "deals", {"deal": "D1", "owner": "ana", "amount": 5, "status": "open"})
    await watched.rests()
    (_, runner), _ = watched.workers
    for hours in range(8):
        await runner.step(NOON + timedelta(hours=hours))
    [order] = await watched.orders()
    assert (order.state, order.outcome) == (OrderState.TOLD, Outcome.IMPORTED)


@pytest.mark.slow
async def test_the_same_content_is_imported_once(watched: Watched) -> None:
    first = {"account": "A1", "name": "Acme"}
    for file in (first, first, first | {"name": "Other"}, first):
        write(watched.path, "accounts", file)
        await watched.rests()
        await watched.work()
    found = await watched.orders()
    assert [one.outcome for one in found] == [Outcome.IMPORTED] * 3
    assert [row["name"] for row in await rows(watched.store.database, "accounts")] == ["Acme"]
    again = (watched.path / "done/2026-03-10/accounts-2.csv-again.txt").read_text()
    assert "The same content was imported before (import 1" in again


async def test_a_worker_that_watches_no_folder_leaves_the_files_to_one_that_does(watched: Watched) -> None:
    write(watched.path, "accounts", {"account": "A1", "name": "Acme"})
    assert await watched.rests() == 1
    elsewhere = watched.settings.model_copy(update={"import_dir": None})
    assert await importer(elsewhere, None, watched.store).step(NOON)
    assert [one.state for one in await watched.orders()] == [OrderState.WAITING]
    (_, first), _ = watched.workers
    assert await first.step(NOON + timedelta(minutes=1))
    assert [one.outcome for one in await watched.orders()] == [Outcome.IMPORTED]


async def test_what_is_refused_is_told_to_operations(watched: Watched) -> None:
    bad = {"person": "zed", "name": "Zed", "role": "king"}
    write(watched.path, "people", bad)
    await watched.rests()
    await watched.work()
    refused = {f"refused/2026-03-10/{name}" for name in ("people.csv", "import-1.txt", "import-1-rejects.csv")}
    assert watched.names() == refused
    assert "role" in (watched.path / "refused/2026-03-10/import-1-rejects.csv").read_text()
    assert await watched.told() == [(1, "imports/head"), (1, "imports/told"), (1, "imports/rejects")]
    write(watched.path, "people", bad)
    assert await watched.rests() == 1, "what was refused may come again: what it needs may be there now"


async def test_a_file_of_no_kind_lies_apart_and_is_not_said_to_be_imported(watched: Watched) -> None:
    for _ in range(2):
        write(watched.path, "accounts", {"account": "A1", "name": "Acme"})
        write(watched.path, "march", {"deal": "D1", "amount": 5})
        await watched.rests()
        await watched.work()
    assert watched.names() == {
        *(f"done/2026-03-10/{name}" for name in ("accounts.csv", "import-1.txt", "accounts-2.csv", "import-2.txt")),
        *(f"left-out/2026-03-10/{name}" for name in ("march.csv", "import-1.txt", "march-2.csv", "import-2.txt")),
    }
    report = (watched.path / "left-out/2026-03-10/import-1.txt").read_text()
    assert report.startswith("accounts.csv\n")
    assert "march.csv was left out: its name is not a kind" in report
    assert await watched.told() == [(1, "imports/head"), (1, "imports/told")] * 2
    said = str(head((await watched.orders())[0]).to_json())
    assert "accounts.csv\\nThe thread" in said
    assert "Not read: march.csv." in said


@pytest.mark.slow
async def test_what_can_t_be_read_is_told_with_what_to_do(watched: Watched) -> None:
    (watched.path / "people.xlsx").write_bytes(b"PK\x03\x04 no spreadsheet")
    await watched.rests()
    await watched.work()
    (order,) = await watched.orders()
    assert order.outcome is Outcome.FAILED
    assert "people.xlsx" in (watched.path / "refused/2026-03-10/import-1.txt").read_text()
    assert await watched.told() == [(1, "imports/head")]


@pytest.mark.slow
async def test_a_mapping_that_lies_there_is_used(watched: Watched) -> None:
    mapping = "tables:\n- file: kunden.csv\n  kind: accounts\n  columns:\n    account: Nr\n    name: Firma\n"
    (watched.path / "mapping.yaml").write_text(mapping)
    (watched.path / "Kunden.csv").write_text("Nr;Firma\n7;Müller\n")
    await watched.rests()
    await watched.work()
    assert [row["name"] for row in await rows(watched.store.database, "accounts")] == ["Müller"]
    assert "mapping.yaml" in watched.names()


async def test_a_folder_that_is_gone_or_changed_behind_our_back_is_no_failure(watched: Watched) -> None:
    file = write(watched.path, "accounts", {"account": "A1", "name": "Acme"})
    assert await watched.rests() == 1
    file.write_text("account,name\nA2,Other\n")
    await watched.work()
    assert watched.names() == {"accounts.csv"}
    assert [one.state for one in await watched.orders()] == [OrderState.TOLD]
    file.unlink()
    watched.path.rmdir() if not any(watched.path.iterdir()) else (watched.path / ".importing").rmdir()
    assert await watched.rests() == 0


async def test_a_file_that_was_taken_and_has_a_newer_one_of_its_name_is_kept(watched: Watched) -> None:
    write(watched.path, "accounts", {"account": "A1", "name": "Older"})
    assert await watched.rests() == 1
    [order] = await watched.orders()
    taken = watched.path / ".importing/1"
    taken.mkdir(parents=True)
    (watched.path / "accounts.csv").rename(taken / "accounts.csv")
    (taken / "accounts.csv").write_text("account,name\nA1,Changed\n")
    write(watched.path, "accounts", {"account": "A1", "name": "Newer"})
    assert Folder(watched.path).take(order) is None
    assert watched.names() == {"accounts.csv", "refused/replaced/accounts.csv"}
    assert "Changed" in (watched.path / "refused/replaced/accounts.csv").read_text()


async def test_a_place_that_can_t_be_written_to_is_said_and_no_failure(watched: Watched) -> None:
    for has_place in (True, False):
        if not has_place:
            shutil.rmtree(watched.path / "done")
            (watched.path / "done").touch()
        write(watched.path, "accounts", {"account": "A1", "name": "Acme"})
        await watched.rests()
        await watched.work()
    assert len(await watched.orders()) == 1
    assert watched.names() == {"done", "accounts.csv"}


async def test_what_was_away_for_a_day_is_named(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(running, "run_import_process", away)
    write(watched.path, "accounts", {"account": "A1", "name": "Acme"})
    await watched.rests()
    (_, runner), _ = watched.workers
    for hours in range(0, 26, 5):
        await runner.step(NOON + timedelta(hours=hours))
    [order] = await watched.orders()
    assert (order.outcome, "Slack" in str(order.error)) == (Outcome.FAILED, False)
    assert "the folder again" in str(order.error)


async def test_refused_rows_that_are_too_many_for_a_file_are_said(watched: Watched) -> None:
    write(watched.path, "people", *({"person": f"p{at}", "name": "n" * 900, "role": "king"} for at in range(6_000)))
    await watched.rests()
    await watched.work()
    [report] = (watched.path / "refused/2026-03-10").glob("*.txt")
    assert "more than 5 MB, too many for a file" in report.read_text()
    assert list(report.parent.glob("*rejects*")) == []


@pytest.mark.slow
async def test_a_real_export_comes_through_the_folder(watched: Watched) -> None:
    for file in export_folder().glob("*.csv"):
        shutil.copy(file, watched.path)
    shutil.copy(SHIPPED / "maven-crm.yaml", watched.path / "mapping.yaml")
    assert await watched.rests() == 1
    await watched.work()
    (order,) = await watched.orders()
    assert order.outcome is Outcome.IMPORTED
    assert len(await rows(watched.store.database, "deals")) == 8_800
    assert {name.partition("/")[0] for name in watched.names()} == {"done", "mapping.yaml"}


@pytest.mark.slow
async def test_an_import_that_is_killed_is_done_once_by_the_next_worker(watched: Watched) -> None:
    wide = [{"account": f"A{n}", "name": f"Account {n}"} for n in range(60_000)]
    write(watched.path, "accounts", *wide)
    await watched.rests()
    (_, first), (_, second) = watched.workers
    running = asyncio.create_task(first.step(NOON))
    child = await _child()
    await asyncio.sleep(0.7)
    os.kill(child, signal.SIGKILL)
    assert await running
    assert await rows(watched.store.database, "accounts") == []
    assert await second.step(NOON + timedelta(minutes=5))
    assert len(await rows(watched.store.database, "accounts")) == len(wide)
    assert [one.outcome for one in await watched.orders()] == [Outcome.IMPORTED]


@pytest.mark.slow
async def test_a_worker_that_stops_lets_the_import_go(watched: Watched) -> None:
    wide = [{"account": f"A{n}", "name": f"Account {n}"} for n in range(60_000)]
    write(watched.path, "accounts", *wide)
    await watched.rests()
    (_, first), (_, second) = watched.workers
    running = asyncio.create_task(first.step(NOON))
    await _child()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await second.step(NOON)
    assert len(await rows(watched.store.database, "accounts")) == len(wide)


async def _child() -> int:
    """The process that imports, as soon as there is one."""
    while (found := await asyncio.to_thread(_ours)) is None:  # noqa: ASYNC110 - nothing tells us
        await asyncio.sleep(0.02)
    return found


def _ours() -> int | None:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"bot.importing.child" in path.read_bytes() and _parent(path.parent) == os.getpid():
                return int(path.parent.name)
        except OSError:
            continue
    return None


def _parent(process: Path) -> int:
    return int((process / "stat").read_text().rpartition(")")[2].split()[1])
