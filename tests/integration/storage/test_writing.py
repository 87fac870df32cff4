"""One transaction of an effect: its revision, its audit, its drafts, its messages; others wait for a while."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

import storage.writing
from domain.errors import Busy, NotFound
from storage import inbox
from storage.audit import AUDIT, Occasion
from storage.database import Database
from storage.drafts import DRAFTS, Drafts
from storage.outbox import LANES, OUTBOX
from storage.revisions import REVISIONS, latest_revision
from storage.store import Store
from storage.writing import write
from tests.support.company_of_two import NOW, two_people

IMPORTED = 2
"""The revision that the import of the two people made."""
Made = tuple[Database, dict[str, int]]


@pytest.fixture
async def made(database_url: str, tmp_path: Path) -> AsyncIterator[Made]:
    people = await two_people(database_url, tmp_path)
    database = Database(database_url)
    yield database, people
    await database.close()


def by(person: int | None, *, later: timedelta = timedelta()) -> Occasion:
    return Occasion(person, "button", NOW + later)


async def rows(database: Database, query: Any) -> list[Any]:
    async with database.read() as connection:
        return list((await connection.execute(query)).all())


async def test_a_revision_is_taken_once_and_only_if_asked_for(made: Made) -> None:
    database, people = made
    store = Store(database)
    async with write(store, 1, by(people["ben"])) as repo:
        before = repo.revision
    async with write(store, 1, by(people["ben"])) as repo:
        assert repo.revision == before, "nothing was asked for"
        assert [await repo.revise("test"), await repo.revise("again")] == [before + 1, before + 1]
        assert repo.revision == before, "it reads what was there"
    query = select(REVISIONS.c.cause, REVISIONS.c.by_person_id).where(REVISIONS.c.id > before)
    assert await rows(database, query) == [("test", people["ben"])]


async def test_the_audit_says_who_through_what_and_what_changed(made: Made) -> None:
    database, people = made
    async with write(Store(database), 1, by(people["mona"])) as repo:
        first = await repo.audit("targets.publish", "plan", 7, before={"state": "draft"}, after={"state": "published"})
        assert await repo.audit("targets.publish", "plan", 8) == first + 1
    columns = (AUDIT.c.by_person_id, AUDIT.c.via, AUDIT.c.at, AUDIT.c.subject_id, AUDIT.c.before, AUDIT.c.after)
    found = await rows(database, select(*columns).where(AUDIT.c.id == first))
    assert found == [(people["mona"], "button", NOW, 7, '{"state": "draft"}', '{"state": "published"}')]


async def test_an_exception_leaves_nothing_behind(made: Made) -> None:
    database, people = made
    before = await rows(database, select(AUDIT))

    async def fails() -> None:
        async with write(Store(database), 1, by(people["ben"])) as repo:
            await repo.revise("test")
            await repo.audit("test", "nothing", 1)
            await repo.drafts.create(people["ben"], "form", {})
            await repo.outbox.direct(people["ben"], "test/hello", {})
            await repo.inbox.keep("key", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    assert await rows(database, select(AUDIT)) == before
    for table in (OUTBOX, LANES, inbox.INBOX, DRAFTS):
        assert await rows(database, select(table)) == [], table.name
    async with database.read() as connection:
        assert await latest_revision(connection, 1) == IMPORTED


async def test_what_an_effect_found_out_is_not_remembered_for_others(made: Made) -> None:
    database, people = made
    store = Store(database)

    async def five() -> int:
        return 5

    async with write(store, 1, by(people["ben"])) as repo:
        assert await repo.remembered("sum", five) == 5
    async with store.read(1) as reading:
        assert "sum" not in reading.kept


async def test_what_takes_much_memory_is_kept_once_and_found_once(made: Made) -> None:
    database, people = made
    store, found = Store(database), []

    async def find() -> int:
        await asyncio.sleep(0)
        found.append(len(found))
        return len(found)

    async def ask(key: str) -> int:
        async with store.read(1) as repo:
            return await repo.remembered_alone("health", key, find)

    assert await asyncio.gather(*(ask("today") for _ in range(3))) == [1, 1, 1]
    assert [await ask("tomorrow"), await ask("tomorrow"), await ask("today")] == [2, 2, 3]
    async with write(store, 1, by(people["ben"])) as repo:
        assert await repo.remembered_alone("health", "never", find) == 4
    assert await ask("today") == 3


async def test_a_second_writer_waits_for_the_first(made: Made) -> None:
    database, people = made
    first, second = Store(database), Store(Database(database.url))
    inside, order = asyncio.Event(), []

    async def slow() -> None:
        async with write(first, 1, by(people["ben"])) as repo:
            inside.set()
            await asyncio.sleep(0.1)  # the other one has to arrive meanwhile
            order.append(await repo.revise("first"))

    async def quick() -> None:
        await inside.wait()
        async with write(second, 1, by(people["mona"])) as repo:
            order.append(await repo.revise("second"))

    await asyncio.gather(slow(), quick())
    await second.database.close()
    assert order == [IMPORTED + 1, IMPORTED + 2]


@pytest.mark.parametrize("process", ["same", "other"])
async def test_who_waits_too_long_is_told(made: Made, process: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database, people = made
    monkeypatch.setattr(storage.writing, "PATIENCE", 0.2)
    other = database if process == "same" else Database(database.url)
    async with write(Store(database), 1, by(people["ben"])):
        with pytest.raises(Busy, match="An import is running"):
            async with write(Store(other), 1, by(people["mona"])):
                pass
    async with write(Store(other), 1, by(people["mona"])) as repo:
        assert repo.revision == IMPORTED, "afterwards there is room again"
    if other is not database:
        await other.close()


async def test_a_draft_is_kept_for_its_owner_for_a_day_after_its_last_change(made: Made) -> None:
    database, people = made
    ben, store = people["ben"], Store(database)
    async with write(store, 1, by(ben)) as repo:
        draft = await repo.drafts.create(ben, "target", {"amount": "5"})
    async with write(store, 1, by(ben, later=timedelta(hours=20))) as repo:
        changed = await repo.drafts.update(draft, ben, {"amount": "6"})
        assert changed.version == 2
        with pytest.raises(Busy, match="another window"):
            await repo.drafts.update(draft, ben, {"amount": "7"})
        with pytest.raises(NotFound):
            await repo.drafts.read(draft.id, people["mona"])
    async with database.read() as connection:
        assert await Drafts(connection, 1, NOW + timedelta(hours=43)).read(draft.id, ben) == changed
        with pytest.raises(NotFound, match="24 hours"):
            await Drafts(connection, 1, NOW + timedelta(hours=45)).read(draft.id, ben)
    async with write(store, 1, by(ben)) as repo:
        await repo.drafts.delete(draft.id, ben)
        with pytest.raises(NotFound):
            await repo.drafts.read(draft.id, ben)


async def test_the_inbox_forgets_after_two_weeks(made: Made) -> None:
    database, people = made
    async with write(Store(database), 1, by(people["ben"])) as repo:
        await repo.inbox.keep("click", {"modal": "Done"})
        assert await repo.inbox.answer("click") == {"modal": "Done"}
        assert await repo.inbox.answer("other") is None
    for days, gone in ((13, 0), (14, 1)):
        async with database.write() as connection:
            assert await inbox.delete_old(connection, NOW + timedelta(days=days)) == gone


async def test_updates_of_a_message_that_wait_become_one(made: Made) -> None:
    database, people = made
    async with write(Store(database), 1, by(people["ben"])) as repo:
        card = await repo.outbox.post("C1", "card", {"request": 1})
        answer = await repo.outbox.post("C1", "reply", {"request": 1}, thread_of=card)
        first = await repo.outbox.update(card, "card", {"request": 1, "step": 1})
        assert await repo.outbox.update(card, "card", {"request": 1, "step": 2}) == first
        assert await repo.outbox.file(people["ben"], "export", {}) == first + 1
        assert (card, answer, first) == (1, 2, 3)
        assert repo.outbox.added == 5
        with pytest.raises(ValueError, match="not in person"):
            await repo.outbox.direct(people["ben"], "reply", {}, thread_of=card)
        with pytest.raises(LookupError):
            await repo.outbox.update(99, "card", {})
    query = select(OUTBOX.c.lane, OUTBOX.c.operation, OUTBOX.c.arguments, OUTBOX.c.thread_of, OUTBOX.c.target)
    assert await rows(database, query.order_by(OUTBOX.c.id)) == [
        ("C1", "post", '{"request": 1}', None, None),
        ("C1", "post", '{"request": 1}', card, None),
        ("C1", "update", '{"request": 1, "step": 2}', None, card),
        (f"person:{people['ben']}", "file", "{}", None, None),
    ]


async def test_an_error_of_the_database_tells_no_values(made: Made) -> None:
    database, _ = made
    row = {"workspace_id": 1, "name": "C-secret", "next_send_at": NOW}
    async with database.write() as connection:
        await connection.execute(insert(LANES).values([row]))
        with pytest.raises(IntegrityError) as refused:
            await connection.execute(insert(LANES).values([row]))
    assert "C-secret" not in str(refused.value).partition("DETAIL")[0]
