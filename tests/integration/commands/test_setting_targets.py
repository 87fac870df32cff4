"""Setting targets beside imports: versions, history, who is told, and views that depend on nothing that is not the viewer's."""

import json
import random
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, not_, or_, select, update

from bot.demo.company import MANAGER, OPS, REP
from commands.kit.names import Kind, Subject
from commands.targets.setting import notices, service
from commands.targets.setting.form import Form, FormErrors
from commands.targets.setting.history import history
from commands.targets.setting.service import Changed
from commands.targets.setting.subjects import search
from commands.targets.setting.unanswered import told_in, unanswered_report
from commands.targets.setting.views import Look, form_modal
from domain.company import Metric
from domain.errors import NotAllowed, UsageError
from domain.periods import parse_label
from storage.audit import AUDIT, Occasion
from storage.database import Database
from storage.drafts import Draft
from storage.outbox import OUTBOX
from storage.store import Store
from storage.tables import ledger, people, table_of, targets
from storage.target_notices import mark_read
from storage.writing import write
from tests.support.deciding import named, person, set_as, told
from tests.support.imports import open_at, take
from tests.support.imports import write as write_csv
from tests.support.sample import NOW, TODAY

CREDITS, SHARES = table_of(ledger.Credit), table_of(ledger.OpenShare)
TARGETS, PEOPLE, TEAMS = table_of(targets.Target), table_of(people.Person), table_of(people.TeamVersion)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
async def database(sample_url: str) -> AsyncIterator[Database]:
    database = Database(sample_url)
    yield database
    await database.close()


async def test_the_audit_holds_numbers_and_the_note_stands_apart(database: Database) -> None:
    await set_as(database, OPS, REP, period="2027Q1", amount="100k", reason="Because of *Ana*")
    async with database.read() as connection:
        [row] = (await connection.execute(select(AUDIT).where(AUDIT.c.action == "targets.set"))).all()
        sent = (await connection.execute(select(OUTBOX.c.kind, OUTBOX.c.arguments))).all()
    after = json.loads(row.after)
    assert (after["amount"], after["state"], after["note"], row.via) == (10_000_000, "published", 1, "modal")
    assert "Ana" not in row.after
    assert [(one.kind, one.arguments) for one in sent] == [
        ("targets/published", '{"notice": 1}'),
        ("home/refresh", "{}"),
    ]


async def test_a_failure_leaves_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(service, "_tell", fails)
    with pytest.raises(ZeroDivisionError):
        await set_as(database, OPS, REP, period="2027Q1", amount="100k", reason="x")
    async with database.read() as connection:
        assert (await connection.execute(select(AUDIT.c.id).where(AUDIT.c.action == "targets.set"))).all() == []
        assert (await connection.execute(select(TARGETS.c.period).where(TARGETS.c.period == "2027Q1"))).all() == []


async def test_someone_else_s_version_is_never_overwritten_unseen(database: Database) -> None:
    async with Store(database).read(1) as repo:
        form = Form(subject=named(repo, REP), period="2027Q1", amount="5k", currency="USD")
        by = person(repo, MANAGER)
    await set_as(database, OPS, REP, period="2027Q1", amount="100k")
    async with write(Store(database), 1, Occasion(by.id, "modal", NOW)) as repo:
        found = await service.save(repo, form, seen=0, by=by, today=TODAY, locale="en-US")
    assert isinstance(found, Changed)
    assert (found.set_by, found.theirs.amount, found.mine.amount) == ("Olga Petrova", 10_000_000, 500_000)


async def test_a_rep_sees_no_draft_in_the_history_and_no_trace_of_one(database: Database) -> None:
    before = await told(database, REP, "new-england", "FY2027")
    assert "draft" not in before
    await set_as(database, MANAGER, "new-england", period="FY2027", amount="5M", state="draft", reason="Not yet")
    assert await told(database, REP, "new-england", "FY2027") == before
    seen = await told(database, MANAGER, "new-england", "FY2027")
    assert "(draft)" in seen
    assert "Not yet" in seen


@pytest.mark.parametrize("subject", ["marcus.chen", "jonas.weber", "new-york"])
async def test_a_rep_reads_no_history_but_their_own(database: Database, subject: str) -> None:
    with pytest.raises(NotAllowed):
        await told(database, REP, subject, "2026Q4")


async def test_the_company_has_no_history_of_its_own(database: Database) -> None:
    async with Store(database).read(1) as repo:
        with pytest.raises(UsageError):
            await history(
                repo, Subject(Kind.COMPANY, 0, "Company"), parse_label("2026Q4", 1), by=person(repo, OPS), today=TODAY
            )


async def test_many_changes_are_paged(database: Database) -> None:
    for amount in range(1, 12):
        await set_as(database, OPS, REP, period="2027Q1", amount=str(amount))
    async with Store(database).read(1) as repo:
        by = person(repo, REP)
        asked = Subject(Kind.PERSON, by.id, by.name)
        pages = [await history(repo, asked, parse_label("2027Q1", 1), by=by, today=TODAY, number=n) for n in (0, 1)]
    assert [len(page.changes) for page in pages] == [8, 3]
    amounts = [one.after.amount // 100 for page in pages for one in page.changes if one.after]
    assert amounts == list(range(11, 0, -1))


# Non-interference


async def everything(database: Database, viewer: str, subject: str) -> str:
    """The form with its preview, the history, and the message about a target: as the viewer gets them."""
    async with Store(database).read(1) as repo:
        by, look = person(repo, viewer), Look.of(repo.settings, "en-US")
        form = Form(subject=named(repo, subject), period="2026Q4", amount="1.2M", currency="USD")
        made = []
        if viewer != REP:
            card = await service.card(repo, form, by=by, today=TODAY, locale="en-US")
            made.append(form_modal(card, Draft("d", "k", {}, 1), look).to_json())
        notice = await notices.told_of(repo, 1)
        made.append(notices.notice_message(notice, look).to_json())
    return json.dumps(made) + await told(database, viewer, subject, "2026Q4")


async def scramble(database: Database, mine: set[int], territories: set[int], seed: int) -> int:
    """Change every amount, target and name that is not theirs."""
    chance = random.Random(seed)
    factor, changed = chance.randint(2, 9), 0
    async with database.write() as connection:
        for table, columns in ((CREDITS, ("base", "amount")), (SHARES, ("amount",))):
            nobody = or_(table.c.territory_id.is_(None), table.c.territory_id.not_in(territories))
            other = or_(table.c.person_id.not_in(mine), (table.c.person_id.is_(None)) & nobody)
            values = {name: table.c[name] * factor for name in columns}
            changed += (await connection.execute(update(table).where(other).values(values))).rowcount
        own = ((TARGETS.c.subject_kind == "person") & TARGETS.c.subject_id.in_(mine)) | (
            (TARGETS.c.subject_kind == "territory") & TARGETS.c.subject_id.in_(territories)
        )
        # A manager sees the target of the team that is all theirs.
        led = select(TEAMS.c.id).where(TEAMS.c.lead_id.in_(mine))
        own |= (TARGETS.c.subject_kind == "team") & TARGETS.c.subject_id.in_(led)
        values = {"amount": TARGETS.c.amount * factor}
        changed += (await connection.execute(update(TARGETS).where(not_(own)).values(values))).rowcount
        setter = select(PEOPLE.c.id).where(PEOPLE.c.key == OPS).scalar_subquery()
        renamed = update(PEOPLE).where(PEOPLE.c.id.not_in(mine), PEOPLE.c.id != setter)
        changed += (await connection.execute(renamed.values(name=func.lower(PEOPLE.c.name) + f" {seed}"))).rowcount
    return changed


async def theirs(database: Database, key: str) -> tuple[set[int], set[int]]:
    async with Store(database).read(1) as repo:
        by, lines = person(repo, key), repo.model.lines
        mine = {by.id, *lines.below(by.id, TODAY)}
        for year in ("FY2025", "FY2026"):
            mine |= set(lines.spans_below(by.id, parse_label(year, 1).span)) if key != REP else set()
        held = {one.territory for who in mine for one in lines.held_by(who)}
        led = {one for one in repo.company.territories if lines.team_of_territory(one) in lines.teams_led(by.id)}
        return mine, held | led


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("viewer", "subject"), [(MANAGER, REP), (MANAGER, "new-england"), (REP, REP)])
async def test_nothing_depends_on_what_the_viewer_may_not_see(
    database: Database, viewer: str, subject: str, seed: int
) -> None:
    await set_as(database, OPS, subject, period="2026Q4", amount="1.1M", reason="Grown")
    mine, territories = await theirs(database, viewer)
    before = await everything(database, viewer, subject)
    assert await scramble(database, mine, territories, seed) > 1000
    assert await everything(database, viewer, subject) == before


@pytest.mark.parametrize(("viewer", "subject"), [(MANAGER, REP), (MANAGER, "new-england"), (REP, REP)])
async def test_it_does_depend_on_what_is_the_viewer_s(database: Database, viewer: str, subject: str) -> None:
    await set_as(database, OPS, subject, period="2026Q4", amount="1.1M", reason="Grown")
    before = await everything(database, viewer, subject)
    await scramble(database, set(), set(), 1)
    assert await everything(database, viewer, subject) != before


async def test_hostile_names_and_two_hundred_matches(tmp_path: Path, database_url: str) -> None:
    async with open_at(database_url) as database:
        hostile = [{"person": f"p{n}", "name": "<!channel> *Bo*", "role": "rep", "manager": "mona"} for n in range(200)]
        boss = {"person": "mona", "name": "Mona", "role": "manager", "manager": ""}
        settings = {
            "currency": "USD",
            "timezone": "UTC",
            "fiscal_start": 1,
            "business_days": [0, 1, 2, 3, 4],
            "holidays": None,
        }
        await take(
            database,
            write_csv(tmp_path / "x", "people", boss, *hostile).parent,
            new_workspace=settings,
            now=datetime(2026, 11, 1, tzinfo=UTC),
        )
        async with Store(database).read(1) as repo:
            by = person(repo, "mona")
            found = search(repo, "bo", by=by, today=TODAY)
            assert len(found) == 100
            assert len(set(found.values())) == 100
            assert list(search(repo, "p199", by=by, today=TODAY).values()) == ["<!channel> *Bo* (person)"]
            form = Form(subject=next(iter(found)), period="2027Q1", amount="1k", currency="USD")
            card = await service.card(repo, form, by=by, today=TODAY, locale="en-US")
            [now] = [
                one
                for one in form_modal(card, Draft("d", "k", {}, 1), Look.of(repo.settings, "en-US")).to_json()["blocks"]
                if one["block_id"] == "now"
            ]
        assert now["text"]["text"].startswith("*&lt;!channel&gt; ∗Bo∗* has no target")


async def test_a_person_who_left_and_a_wrong_value_are_refused(database: Database) -> None:
    async with Store(database).read(1) as repo:
        by = person(repo, OPS)
    async with write(Store(database), 1, Occasion(by.id, "modal", NOW)) as repo:
        for subject in ("person:99999", "company:0", "person:x", ""):
            form = Form(subject=subject, period="2027Q1", amount="1k", currency="USD")
            with pytest.raises(FormErrors) as refused:
                await service.save(repo, form, seen=0, by=by, today=TODAY, locale="en-US")
            assert "subject" in refused.value.by_field


async def test_the_report_of_who_has_not_answered(database: Database) -> None:
    async def listed() -> list[tuple[str, str, str]]:
        async with Store(database).read(1) as repo:
            rows = await unanswered_report(repo, period=parse_label("2027Q1", 1), today=TODAY)
            return [(row.subject_kind, row.subject, row.reason.partition(";")[0]) for row in rows]

    assert await listed() == []
    await set_as(database, OPS, REP, period="2027Q1", amount="100k")
    await set_as(database, OPS, "new-york", period="2027-02", amount="100k")
    await set_as(database, OPS, REP, period="2028Q1", amount="100k")
    await set_as(database, OPS, "mid-atlantic", period="2027Q1", amount="100k", state="draft")
    assert await listed() == [
        ("person", REP, "unanswered: Ana Silva was told of 2027Q1 on 2026-11-23"),
        ("territory", "new-york", "unanswered: Carla Romano was told of 2027-02 on 2026-11-23"),
    ]
    async with write(Store(database), 1, Occasion(None, "worker", NOW)) as repo:
        assert await mark_read(repo.connection, 1, 1, NOW)
        assert not await mark_read(repo.connection, 1, 1, NOW)
    assert [subject for _, subject, _ in await listed()] == ["new-york"]
    # Another amount is another question.
    await set_as(database, OPS, REP, period="2027Q1", amount="110k")
    assert [subject for _, subject, _ in await listed()] == [REP, "new-york"]


async def test_who_had_not_answered_at_the_end_of_a_day(database: Database) -> None:
    await set_as(database, OPS, REP, period="2027Q1", amount="100k")
    tomorrow, yesterday = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
    async with write(Store(database), 1, Occasion(None, "worker", NOW)) as repo:
        assert await mark_read(repo.connection, 1, 1, NOW + timedelta(days=1))

    async def asked(day: date | None) -> list[str]:
        async with Store(database).read(1) as repo:
            rows = await unanswered_report(repo, period=parse_label("2027Q1", 1), today=TODAY, as_of=day)
            return [row.subject for row in rows]

    async with Store(database).read(1) as repo:
        for label, day, told in (("2027Q1", None, True), ("2027Q2", None, False), ("2027Q1", yesterday, False)):
            assert bool(await told_in(repo, period=parse_label(label, 1), as_of=day)) is told
        assert await told_in(repo, period=parse_label("2027Q1", 1), metric=Metric.MEETINGS) == []
    assert await asked(None) == []
    assert (await asked(tomorrow), await asked(TODAY), await asked(yesterday)) == ([], [REP], [])


async def test_an_unanswered_target_of_a_team_has_one_row(database: Database) -> None:
    async with Store(database).read(1) as repo:
        lines = repo.model.lines
        team = next(one for one in repo.company.teams.values() if one.lead and len(lines.members(one.id, TODAY)) > 1)
    await set_as(database, OPS, f"team:{team.id}", period="2026Q4", amount="1M")
    async with Store(database).read(1) as repo:
        rows = await unanswered_report(repo, period=parse_label("2026Q4", 1), today=TODAY)
    assert [(row.is_leaf, row.target) for row in rows if row.subject == team.key] == [(False, 1_000_000)]
