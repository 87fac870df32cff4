"""The rows behind a card as a file: they sum to it, hold what the viewer may see and no more, and trick no spreadsheet."""

import csv
import io
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import update

from bot.demo.company import AHEAD, MANAGER, REP
from commands.kit.names import Kind, Subject
from commands.targets.behind import Behind, behind
from commands.targets.reference import CardReference
from commands.targets.take_away import written
from domain.errors import NotAllowed
from domain.money import to_decimal
from domain.periods import parse_label
from storage.database import Database
from storage.store import Store
from tests.integration.commands.test_targets_privacy import person
from tests.support.sample import TODAY
from tests.support.scrambling import DEALS, Seen, scramble, seen


@pytest.fixture
async def database(sample_url: str) -> AsyncIterator[Database]:
    database = Database(sample_url)
    yield database
    await database.close()


async def rows_of(database: Database, key: str, of: str = "", period: str = "2026Q4") -> Behind:
    async with Store(database).read(1) as repo:
        subject = person(repo, of or key)
        reference = CardReference(Kind.PERSON, subject.id, period, TODAY, repo.revision)
        return await behind(repo, reference, by=person(repo, key), today=TODAY)


async def read_csv(found: Behind) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((await written(found.rows, "csv")).decode())))


def total(rows: list[dict[str, str]], column: str, *parts: str) -> Decimal:
    return sum((Decimal(row[column] or 0) for row in rows if row["part"] in parts), Decimal(0))


@pytest.mark.parametrize("key", [REP, MANAGER])
async def test_the_rows_sum_to_the_card(database: Database, key: str) -> None:
    found = await rows_of(database, key)
    rows, standing = await read_csv(found), found.card.score.standing
    credited, overlay = total(rows, "credited", "credit", "elsewhere"), total(rows, "overlay", "credit")
    assert credited + overlay == to_decimal(standing.credited + standing.overlay, "USD")
    assert total(rows, "target", "target", "target elsewhere") == to_decimal(standing.target or 0, "USD")
    assert total(rows, "open", "open", "open elsewhere") == to_decimal(found.card.outlook.pipeline.amount, "USD")
    assert total(rows, "credited", "row") == (to_decimal(standing.credited, "USD") if key == MANAGER else 0)
    assert {row["part"] for row in rows} >= {"credit", "target", "open"}


async def test_days_are_iso_and_a_workbook_says_the_same(database: Database) -> None:
    found = await rows_of(database, MANAGER)
    rows = await read_csv(found)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(await written(found.rows, "xlsx"))).get_sheet_by_index(0)
    header, *cells = sheet.to_python()
    assert header == list(rows[0])
    assert len(cells) == len(rows)
    day, credited = header.index("date"), header.index("credited")
    for row, line in zip(rows, cells, strict=True):
        assert row["date"] == (str(line[day]) if line[day] else "")
        assert Decimal(row["credited"] or 0) == round(Decimal(str(line[credited] or 0)), 4)


async def test_a_name_that_would_be_a_formula_is_text(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(update(DEALS).values(name='=HYPERLINK("http://x")'))
    rows = await read_csv(await rows_of(database, REP))
    named = [row["name"] for row in rows if row["part"] in ("credit", "open")]
    assert named
    assert set(named) == {'\'=HYPERLINK("http://x")'}


@pytest.mark.parametrize("key", [REP, MANAGER])
async def test_a_file_does_not_depend_on_what_its_reader_may_not_see(database: Database, key: str) -> None:
    async with Store(database).read(1) as repo:
        by = person(repo, key)
        theirs = seen(repo, by, Subject(Kind.PERSON, by.id, by.name), parse_label("2026Q4", 1))
    before = await written((await rows_of(database, key)).rows, "csv")
    assert await scramble(database, theirs, 5) > 1000
    assert await written((await rows_of(database, key)).rows, "csv") == before
    assert await scramble(database, Seen(), 5) > 1000
    assert await written((await rows_of(database, key)).rows, "csv") != before


async def test_another_s_rows_are_refused(database: Database) -> None:
    with pytest.raises(NotAllowed):
        await rows_of(database, REP, AHEAD)
    async with Store(database).read(1) as repo:
        by = person(repo, REP)
        team = repo.model.lines.team_of(by.id, TODAY)
        assert team is not None
        reference = CardReference(Kind.TEAM, team, "2026Q4", TODAY, repo.revision)
        with pytest.raises(NotAllowed, match="no rows to export"):
            await behind(repo, reference, by=by, today=TODAY)


async def test_a_period_without_anything_has_no_rows(database: Database) -> None:
    assert (await rows_of(database, REP, period="2019Q1")).rows == []
