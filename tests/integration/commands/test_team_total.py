"""The total of a team for those who do not see its rows: what it shows, and that nobody's figure follows from it."""

import json
from collections.abc import AsyncIterator
from datetime import date

import pytest
from sqlalchemy import delete, insert, select, update

from bot.demo.company import AHEAD, BEHIND, MANAGER, NEW_HIRE, OVERLAY, PARTNER, REP
from commands.targets import service, views, why
from commands.targets.query import TargetsQuery
from commands.targets.reference import CardReference
from commands.targets.service import Sight, TargetsCard
from commands.targets.why import WhyPage
from domain.company import Person
from domain.errors import NotAllowed
from storage.database import Database
from storage.store import Repositories, Store
from storage.tables import OPEN_END, crm, ledger, people, table_of, targets
from tests.support.rewriting import covers, leads, reports_to
from tests.support.sample import TODAY

CREDITS, TARGETS, ACTIVITIES = table_of(ledger.Credit), table_of(targets.Target), table_of(crm.ActivityVersion)
PEOPLE, TEAMS = table_of(people.Person), table_of(people.Team)
REPORTING, ABSENCES = table_of(people.Reporting), table_of(people.Absence)
EAST = "americas-east"
THIRD, FOURTH = (date(2026, 7, 1), date(2026, 10, 1)), (date(2026, 10, 1), date(2027, 1, 1))
OTHERS = (REP, AHEAD, BEHIND)


@pytest.fixture
async def database(sample_url: str) -> AsyncIterator[Database]:
    database = Database(sample_url)
    yield database
    await database.close()


def person(repo: Repositories, key: str) -> Person:
    return next(one for one in repo.company.people.values() if one.key == key)


async def asks(repo: Repositories, key: str, period: str = "", team: str = EAST) -> TargetsCard:
    """The team's card as someone gets it. Raises NotAllowed."""
    query = TargetsQuery.parse(f"team {team} {period}", today=TODAY, fiscal_start=1)
    return await service.card(repo, ask=query, by=person(repo, key), today=TODAY)


async def sees(database: Database, key: str, period: str = "", team: str = EAST) -> bool:
    async with Store(database).read(1) as repo:
        try:
            await asks(repo, key, period, team)
        except NotAllowed:
            return False
        return True


async def shown(database: Database, key: str, period: str = "", team: str = EAST) -> str:
    async with Store(database).read(1) as repo:
        card = await asks(repo, key, period, team)
        message = views.targets_card(card, locale="en-US", settings=repo.settings)
        return json.dumps([message.to_json(), message.to_json(plain=True)])


async def test_a_member_sees_the_total_without_rows_and_without_why(database: Database) -> None:
    async with Store(database).read(1) as repo:
        card = await asks(repo, REP)
        assert card.sight is Sight.TOTAL
        assert (card.rows, card.vacant, card.points, card.territory_names, card.compared) == ((), (), (), (), None)
        with pytest.raises(NotAllowed, match="total"):
            await why.explain(repo, page=WhyPage(CardReference.of(card)), by=person(repo, REP), today=TODAY)
    words = await shown(database, REP)
    assert "Where it stands" in words
    assert "Why?" not in words
    assert "Forecast" not in words


async def test_who_is_refused_is_shown_the_next_total_above_if_there_is_one(database: Database) -> None:
    async with Store(database).read(1) as repo:
        with pytest.raises(NotAllowed, match=r"Too few people contribute .* away. Try Sales.$"):
            await asks(repo, OVERLAY, team="specialists")
    versions = table_of(people.TeamVersion)
    async with database.write() as connection:
        await connection.execute(update(versions).values(parent_id=None))
    async with Store(database).read(1) as repo:
        with pytest.raises(NotAllowed, match=r"Too few people contribute .* away.$"):
            await asks(repo, OVERLAY, team="specialists")


async def test_a_month_is_never_shown(database: Database) -> None:
    assert await sees(database, REP, "FY2026")
    assert not await sees(database, REP, "2026-11")


async def credited_to(database: Database, period: tuple[date, date], keep: tuple[str, ...]) -> None:
    """Take all credit of a span of days from the team's members but a few."""
    inside = CREDITS.c.on_day >= period[0], CREDITS.c.on_day < period[1]
    kept = select(PEOPLE.c.id).where(PEOPLE.c.key.in_(keep))
    team = select(REPORTING.c.person_id).where(
        REPORTING.c.team_id == select(TEAMS.c.id).where(TEAMS.c.key == EAST).scalar_subquery()
    )
    whose = CREDITS.c.person_id.in_(team), CREDITS.c.person_id.not_in(kept)
    async with database.write() as connection:
        await connection.execute(delete(CREDITS).where(*inside, *whose))


async def test_a_year_is_shown_only_if_each_of_its_quarters_is(database: Database) -> None:
    await credited_to(database, THIRD, (REP, AHEAD))
    assert await sees(database, REP, "2026Q2")
    assert not await sees(database, REP, "2026Q3")
    assert not await sees(database, REP, "FY2026")


async def test_that_nobody_has_any_credit_is_not_told_apart_from_few_having_some(database: Database) -> None:
    reasons = []
    for keep in ((), (REP, AHEAD)):
        await credited_to(database, THIRD, keep)
        async with Store(database).read(1) as repo:
            with pytest.raises(NotAllowed) as refused:
                await asks(repo, REP, "2026Q3")
        reasons.append(refused.value.message)
    assert reasons[0] == reasons[1]
    assert "Too few people" in reasons[0]


@pytest.mark.parametrize(("others", "allowed"), [(1, False), (2, False), (3, True)])
async def test_a_manager_who_reads_all_figures_but_a_few_is_not_told_those(
    database: Database, others: int, allowed: bool
) -> None:
    for key in OTHERS[:others]:
        await reports_to(database, key, "karin.almeida")
    assert await sees(database, MANAGER) == allowed
    # The members themselves read one figure only: their own.
    assert await sees(database, REP)


async def test_a_manager_with_everyone_below_sees_the_rows(database: Database) -> None:
    async with Store(database).read(1) as repo:
        card = await asks(repo, MANAGER)
        assert card.sight is Sight.ALL
        assert card.rows


async def without_own_target(database: Database) -> None:
    """The team's target is then the sum of its members'."""
    async with database.write() as connection:
        await connection.execute(delete(TARGETS).where(TARGETS.c.subject_kind == "team"))


async def test_nor_is_the_manager_told_the_one_target_that_they_do_not_read(database: Database) -> None:
    await without_own_target(database)
    for key in (*OTHERS, NEW_HIRE):
        await reports_to(database, key, "karin.almeida")
    assert await sees(database, MANAGER)
    async with Store(database).read(1) as repo:
        lines = repo.model.lines
        held = [one.territory for key in (*OTHERS[1:], NEW_HIRE) for one in lines.held_by(person(repo, key).id)]
    of_territory = (TARGETS.c.subject_kind == "territory") & TARGETS.c.subject_id.in_(held)
    async with database.write() as connection:
        await connection.execute(delete(TARGETS).where(of_territory))
    assert not await sees(database, MANAGER)


async def test_who_covers_a_territory_reads_its_figures_beside_the_total(database: Database) -> None:
    await credited_to(database, FOURTH, (REP, AHEAD, BEHIND, NEW_HIRE))
    assert await sees(database, REP)
    await covers(database, REP, "new-york")
    assert not await sees(database, REP)


async def test_who_covers_a_territory_reads_the_meetings_in_it_too(database: Database) -> None:
    few = select(PEOPLE.c.id).where(PEOPLE.c.key.in_((REP, AHEAD, BEHIND, NEW_HIRE)))
    ahead = select(PEOPLE.c.id).where(PEOPLE.c.key == AHEAD).scalar_subquery()
    async with database.write() as connection:
        await connection.execute(delete(TARGETS))
        await connection.execute(delete(ACTIVITIES).where(ACTIVITIES.c.person_id.not_in(few)))
        # Without a deal or an account a meeting is in the territory of who held it.
        alone = update(ACTIVITIES).where(ACTIVITIES.c.person_id == ahead).values(deal_id=None, account_id=None)
        await connection.execute(alone)
    assert await sees(database, REP, "meetings")
    await covers(database, REP, "new-york")
    assert not await sees(database, REP, "meetings")


async def test_who_moved_out_of_a_manager_s_line_is_in_no_total_beside_it(database: Database) -> None:
    for key in OTHERS:
        await reports_to(database, key, "karin.almeida")
    assert await sees(database, MANAGER)
    async with database.write() as connection:
        whose = REPORTING.c.person_id == select(PEOPLE.c.id).where(PEOPLE.c.key == NEW_HIRE).scalar_subquery()
        row = (await connection.execute(select(REPORTING).where(whose))).mappings().one()
        await connection.execute(update(REPORTING).where(whose).values(to_on=date(2026, 10, 20)))
        karin = select(PEOPLE.c.id).where(PEOPLE.c.key == "karin.almeida").scalar_subquery()
        later = {**row, "from_on": date(2026, 10, 20), "to_on": OPEN_END, "manager_id": karin}
        await connection.execute(insert(REPORTING).values(later))
    assert not await sees(database, MANAGER)


async def test_what_is_left_of_the_target_after_today_is_not_a_few_people_s(database: Database) -> None:
    """In this team someone has handed over to someone else: four carry the target, but only three from today on."""
    west, inside = "americas-west", "paula.marin"
    assert not await sees(database, inside, team=west)
    async with database.write() as connection:
        await connection.execute(delete(TARGETS))
    assert await sees(database, inside, team=west)


async def test_where_a_team_is_too_small_the_team_above_it_is_shown(database: Database) -> None:
    await credited_to(database, FOURTH, (REP, AHEAD))
    async with database.write() as connection:
        await connection.execute(delete(TARGETS))
    assert not await sees(database, REP)
    assert await sees(database, REP, team="americas")


@pytest.mark.parametrize("key", [OVERLAY, "imani.brooks", "sofie.park"])
async def test_who_leads_a_team_from_outside_sees_its_total(database: Database, key: str) -> None:
    assert not await sees(database, key)
    await leads(database, key, EAST)
    assert "Where it stands" in await shown(database, key)


async def test_a_partner_who_leads_a_team_sees_no_amount(database: Database) -> None:
    await leads(database, PARTNER, EAST)
    assert not await sees(database, PARTNER)


async def test_one_person_s_absence_or_ramp_is_in_no_total(database: Database) -> None:
    """Who sees each member's figures is told."""
    await without_own_target(database)
    async with database.write() as connection:
        away = (await connection.execute(select(ABSENCES).where(ABSENCES.c.relief > 0))).mappings().one()
        whose = select(PEOPLE.c.id).where(PEOPLE.c.key == BEHIND).scalar_subquery()
        await connection.execute(insert(ABSENCES).values({**away, "person_id": whose}))
    with_rows, total = await shown(database, MANAGER), await shown(database, REP)
    for words in ("less for the ramp-up", "less for absence"):
        assert words in with_rows
        assert words not in total
