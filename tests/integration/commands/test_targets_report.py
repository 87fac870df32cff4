"""`turf report targets` of a small company: who has a row, what the rows add up to, and whose the open deals are."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from commands.kit.names import Kind, Subject
from commands.targets import service
from commands.targets.query import TargetsQuery
from commands.targets.report import By, ReportRow, report
from domain.company import Metric
from domain.periods import Period, parse_label
from storage.database import Database
from storage.store import Store
from tests.support.adding_up import assert_adds_up
from tests.support.imports import open_at, take, write
from tests.support.small_company import DECEMBER, NOW, Q4, TODAY, deal, files

pytestmark = pytest.mark.slow_on_postgresql


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    async with open_at(database_url) as database:
        assert (await take(database, files(tmp_path / "first"), now=NOW)).refused == 0
        yield database


async def rows(
    database: Database, by: By, *, period: Period = Q4, today: date = TODAY, as_of: date | None = None
) -> list[ReportRow]:
    store = Store(database)
    async with store.read(1) if as_of is None else store.read_as_of(1, as_of) as repo:
        found = await report(repo, period=period, by=by, today=today)
        await assert_adds_up(repo, period, by, today)
    return found


def leaves(found: list[ReportRow]) -> dict[str, str]:
    """What is open in each leaf row."""
    return {row.subject: str(row.open) for row in found if row.is_leaf}


async def test_whoever_has_an_open_deal_has_a_row(database: Database) -> None:
    assert leaves(await rows(database, By.PERSON)) == {
        "ana": "1120.00",
        "ben": "82.31",
        "mona": "31.00",
        "unassigned": "75.00",
    }
    assert leaves(await rows(database, By.TERRITORY)) == {
        "iowa": "152.31",
        "midwest": "31.00",
        "no_territory": "5.00",
        "ohio": "1120.00",
    }
    assert leaves(await rows(database, By.TEAM)) == {"field": "1202.31", "unassigned": "106.00"}


async def test_credit_of_days_after_the_last_one_does_not_count(sqlite_url: str, tmp_path: Path) -> None:
    later = deal("later", "ben", "iowa", "50.00", "2026-12-02")
    later |= {"status": "won", "closed_on": "2026-12-02", "currency": "USD"}
    async with open_at(sqlite_url) as database:
        await take(database, files(tmp_path / "first"), now=NOW)
        await take(database, write(tmp_path / "second", "deals", later), now=NOW)
        for until, credited in (
            (date(2026, 9, 30), "0"),
            (date(2026, 11, 1), "0"),
            (date(2026, 11, 2), "400.10"),
            (date(2026, 12, 31), "450.10"),
            (None, "450.10"),
        ):
            for by in By:
                async with Store(database).read(1) as repo:
                    found = await report(repo, period=Q4, by=by, today=TODAY, until=until, metric=Metric.REVENUE)
                *some, company = found
                assert company.credited == Decimal(credited)
                assert sum(row.credited for row in some if row.is_leaf) == company.credited


async def test_who_has_nothing_has_no_row(database: Database) -> None:
    later = parse_label("2027Q1", 1)
    for by in (By.PERSON, By.TERRITORY, By.TEAM):
        assert [row.subject for row in await rows(database, by, period=later)] == ["company"]


async def test_months_are_named_and_add_up_to_the_cent_whatever_the_currency(database: Database) -> None:
    found = await rows(database, By.MONTH)
    assert [(row.period, row.is_leaf, str(row.open)) for row in found] == [
        ("2026-10", True, "0.00"),
        ("2026-11", True, "1046.16"),
        ("2026-12", True, "262.15"),
        ("2026Q4", False, "1308.31"),
    ]
    [month, whole] = await rows(database, By.MONTH, period=Q4.months()[1])
    assert (month.period, month.is_leaf, whole.period, whole.is_leaf) == ("2026-11", True, "2026-11", False)


async def test_over_assignment_is_said_where_it_is_and_by_the_company(database: Database) -> None:
    found = {(row.subject, row.is_leaf): row for row in await rows(database, By.TERRITORY)}
    assert found["midwest", False].target == found["company", False].target == Decimal(1000)
    assert found["midwest", False].about_target == "its own, while those below it add up to 1100.00, 10.0 % more"
    said = "what is asked for at the top, while the leaf rows add up to 1100.00, 10.0 % more"
    assert found["company", False].about_target == said
    assert found["company", False].reason == f"target: {said}"
    assert found["ohio", True].reason == ""


async def test_without_over_assignment_nothing_is_said(database: Database, tmp_path: Path) -> None:
    less = {"subject_kind": "territory", "subject": "ohio", "period": "2026Q4", "amount": 800}
    await take(database, write(tmp_path / "less", "targets", less), now=NOW)
    for by in By:
        assert [row.about_target for row in await rows(database, by) if row.about_target] == []


async def test_open_deals_go_to_the_next_holder_by_import_and_by_time(database: Database, tmp_path: Path) -> None:
    ana = {"territory": "ohio", "person": "ana", "from": "2026-01-01", "to": "2026-12-01"}
    ben = {"territory": "ohio", "person": "ben", "from": "2026-12-01"}
    late = deal("late", "", "ohio", "1.00", "2026-12-24")
    await take(database, write(tmp_path / "late", "deals", late), now=NOW)
    before = leaves(await rows(database, By.PERSON))
    assert (before["ana"], before["ben"]) == ("1121.00", "82.31")

    changed = NOW + timedelta(days=1)
    await take(database, write(tmp_path / "next", "assignments", ana, ben), now=changed)
    after = leaves(await rows(database, By.PERSON))
    # What is expected before December stays with the one who will hold the territory on that day.
    assert (after["ana"], after["ben"]) == ("1120.00", "83.31")
    known_before = leaves(await rows(database, By.PERSON, as_of=TODAY))
    assert (known_before["ana"], known_before["ben"]) == ("1121.00", "82.31")


async def test_an_overdue_deal_changes_hands_on_the_day(database: Database, tmp_path: Path) -> None:
    ana = {"territory": "ohio", "person": "ana", "from": "2026-01-01", "to": "2026-12-01"}
    ben = {"territory": "ohio", "person": "ben", "from": "2026-12-01"}
    await take(database, write(tmp_path / "next", "assignments", ana, ben), now=NOW)
    store = Store(database)
    async with store.read(1) as repo:
        by_key = {person.key: person.id for person in repo.company.people.values()}
        for today, holder, overdue in ((DECEMBER - timedelta(days=1), "ana", 1), (DECEMBER, "ben", 2)):
            for one in ("ana", "ben"):
                subject = Subject(Kind.PERSON, by_key[one], one)
                card = await service.build(repo, subject=subject, period=Q4, today=today)
                # Ben's own second deal is overdue in December.
                assert card.outlook.pipeline.overdue_count == (overdue if one == holder else 0), (today, one)


async def test_a_manager_whose_team_has_nothing_but_open_deals_has_a_card_with_them(
    database: Database, tmp_path: Path
) -> None:
    early = parse_label("2027Q1", 1)
    await take(
        database, write(tmp_path / "early", "deals", deal("early", "ana", "ohio", "8.00", "2027-01-05")), now=NOW
    )
    found = {(row.subject, row.is_leaf): row.open for row in await rows(database, By.PERSON, period=early)}
    assert found == {("ana", True): 8, ("mona", False): 8, ("company", False): 8}
    async with Store(database).read(1) as repo:
        [mona] = [one for one in repo.company.people.values() if one.key == "mona"]
        card = await service.card(repo, ask=TargetsQuery("", early), by=mona, today=TODAY)
    assert (card.title, card.outlook.pipeline.amount) == ("Mona and team", 8_00)


async def test_who_has_reports_today_but_had_none_in_the_period_has_their_own_open_deals_alone(
    database: Database, tmp_path: Path
) -> None:
    ended = {"person": "ana", "from": "2026-01-01", "to": "2026-12-01", "manager": "mona"}
    moved = {"person": "ana", "from": "2026-12-01", "manager": ""}
    ben = {"person": "ben", "from": "2026-01-01", "to": "2026-12-01", "manager": "mona"}
    gone = {"person": "ben", "from": "2026-12-01", "manager": ""}
    await take(database, write(tmp_path / "lines", "reporting", ended, moved, ben, gone), now=NOW)
    december = Q4.months()[2]
    found = {(row.subject, row.is_leaf): str(row.open) for row in await rows(database, By.PERSON, period=december)}
    assert found["mona", True] == "31.00"
    assert ("mona", False) not in found
    async with Store(database).read(1) as repo:
        [mona] = [one for one in repo.company.people.values() if one.key == "mona"]
        assert repo.model.lines.below(mona.id, TODAY)
        card = await service.card(repo, ask=TargetsQuery("", december), by=mona, today=TODAY)
    assert (card.title, card.outlook.pipeline.amount) == ("Mona", 31_00)


async def test_who_leads_a_team_without_reports_sees_what_was_credited_in_its_vacant_territory(
    database: Database, tmp_path: Path
) -> None:
    led = {"team": "field", "name": "Field", "lead": "cy"}
    cy = {"person": "cy", "name": "Cy", "role": "manager"}
    iowa = {"territory": "iowa", "name": "Iowa", "parent": "midwest", "team": "field"}
    await take(database, write(tmp_path / "cy", "people", cy), now=NOW)
    for kind, row in (
        ("teams", led),
        ("territories", iowa),
        ("deals", deal("won", "", "iowa", "400.10", "2026-11-02")),
    ):
        await take(database, write(tmp_path / kind, kind, row), now=NOW, restate=True)
    async with Store(database).read(1) as repo:
        [lead] = [one for one in repo.company.people.values() if one.key == "cy"]
        card = await service.card(repo, ask=TargetsQuery("", Q4), by=lead, today=TODAY)
    assert [(row.subject.key, row.standing.credited) for row in card.vacant] == [("iowa", 400_10)]
    assert (card.title, card.rows, card.score.standing.credited) == ("Cy", (), 0)
