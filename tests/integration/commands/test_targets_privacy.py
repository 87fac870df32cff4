"""Who sees what: each role with each relation, and cards that do not depend on what the viewer may not see."""

import json
import random
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import func, not_, or_, select, update

from bot.demo.company import CHANGES_MANAGER, LEADER, MANAGER, OPS, PARTNER, REP
from commands.kit.names import COMPANY, Kind, Subject
from commands.targets import service, views, why, why_views
from commands.targets.query import TargetsQuery
from commands.targets.reference import CardReference
from commands.targets.why import Part, WhyPage
from domain.company import Person
from domain.errors import NotAllowed
from storage.database import Database
from storage.store import Repositories, Store
from storage.tables import crm, ledger, people, table_of, targets
from tests.support.sample import TODAY

CREDITS, SHARES = table_of(ledger.Credit), table_of(ledger.OpenShare)
TARGETS, PEOPLE, VERSIONS = table_of(targets.Target), table_of(people.Person), table_of(crm.DealVersion)


@pytest.fixture
async def database(sample_url: str) -> AsyncIterator[Database]:
    database = Database(sample_url)
    yield database
    await database.close()


def person(repo: Repositories, key: str) -> Person:
    return next(one for one in repo.company.people.values() if one.key == key)


async def everything(database: Database, key: str) -> str:
    """The card of a person and each page of its Why?, as the bytes that Slack would get. A fresh store: nothing is kept."""
    async with Store(database).read(1) as repo:
        by = person(repo, key)
        query = TargetsQuery.parse("", today=TODAY, fiscal_start=1)
        card = await service.card(repo, ask=query, by=by, today=TODAY)
        message = views.targets_card(card, locale="en-US", settings=repo.settings)
        pages = [message.to_json(), message.to_json(plain=True)]
        for part in Part:
            first = await why.explain(repo, page=WhyPage(CardReference.of(card), part), by=by, today=TODAY)
            for number in range(first.pages):
                page = WhyPage(CardReference.of(card), part, number)
                answer = await why.explain(repo, page=page, by=by, today=TODAY)
                pages.append(why_views.why_modal(answer, locale="en-US", settings=repo.settings).to_json())
    return json.dumps(pages)


async def theirs(database: Database, key: str) -> tuple[set[int], set[int]]:
    """The people and territories whose figures go into someone's card, by lines as they are or were in the quarter."""
    async with Store(database).read(1) as repo:
        by, lines = person(repo, key), repo.model.lines
        period = TargetsQuery.parse("", today=TODAY, fiscal_start=1).period
        mine = {by.id, *lines.spans_below(by.id, period.span)}
        held = {one.territory for who in mine for one in lines.held_by(who)}
        led = {one for one in repo.company.territories if lines.team_of_territory(one) in lines.teams_led(by.id)}
        return mine, held | led


async def scramble(database: Database, mine: set[int], territories: set[int], seed: int) -> int:
    """Change every amount, name and target that is not theirs. How stages turned out is the company's common knowledge."""
    chance = random.Random(seed)
    factor, plus = chance.randint(2, 9), chance.randint(1, 10**6)
    changed = 0
    async with database.write() as connection:
        for table, columns in ((CREDITS, ("base", "amount")), (SHARES, ("amount",))):
            nobody = or_(table.c.territory_id.is_(None), table.c.territory_id.not_in(territories))
            other = or_(table.c.person_id.not_in(mine), (table.c.person_id.is_(None)) & nobody)
            values = {name: table.c[name] * factor + plus for name in columns}
            changed += (await connection.execute(update(table).where(other).values(values))).rowcount
        own = ((TARGETS.c.subject_kind == "person") & TARGETS.c.subject_id.in_(mine)) | (
            (TARGETS.c.subject_kind == "territory") & TARGETS.c.subject_id.in_(territories)
        )
        changed += (
            await connection.execute(update(TARGETS).where(not_(own)).values(amount=TARGETS.c.amount * factor))
        ).rowcount
        renamed = update(PEOPLE).where(PEOPLE.c.id.not_in(mine)).values(name=func.lower(PEOPLE.c.name) + f" {seed}")
        changed += (await connection.execute(renamed)).rowcount
        ours = select(CREDITS.c.deal_id).where(CREDITS.c.person_id.in_(mine))
        open_ones = select(SHARES.c.deal_id).where(SHARES.c.person_id.in_(mine))
        named = update(VERSIONS).where(VERSIONS.c.id.not_in(ours.union(open_ones))).values(name=f"Renamed {seed}")
        changed += (await connection.execute(named)).rowcount
    return changed


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("key", [REP, MANAGER])
async def test_a_card_does_not_depend_on_what_its_viewer_may_not_see(database: Database, key: str, seed: int) -> None:
    mine, territories = await theirs(database, key)
    before = await everything(database, key)
    assert await scramble(database, mine, territories, seed) > 1000
    assert await everything(database, key) == before


@pytest.mark.parametrize("key", [REP, MANAGER])
async def test_a_card_does_depend_on_what_is_the_viewer_s(database: Database, key: str) -> None:
    before = await everything(database, key)
    assert await scramble(database, set(), set(), 1) > 1000
    assert await everything(database, key) != before


def relations(repo: Repositories) -> Iterator[tuple[str, Subject]]:
    rep, manager, far = person(repo, REP), person(repo, MANAGER), person(repo, CHANGES_MANAGER)
    team = repo.model.lines.team_of(rep.id, TODAY)
    assert team is not None
    yield "rep", Subject(Kind.PERSON, rep.id, rep.name)
    yield "manager", Subject(Kind.PERSON, manager.id, manager.name)
    yield "far", Subject(Kind.PERSON, far.id, far.name)
    yield "team", Subject(Kind.TEAM, team, repo.company.teams[team].name)
    held = repo.model.lines.held_by(rep.id)[0].territory
    yield "territory", Subject(Kind.TERRITORY, held, repo.company.territories[held].name)
    yield "company", COMPANY


SEES: dict[str, set[str]] = {
    REP: {"rep", "territory", "team"},
    MANAGER: {"rep", "manager", "territory", "team"},
    OPS: {"rep", "manager", "far", "territory", "team", "company"},
    LEADER: {"rep", "manager", "far", "territory", "team", "company"},
    PARTNER: set(),
}


@pytest.mark.parametrize("viewer", SEES)
async def test_each_role_sees_what_its_relation_allows_and_no_more(database: Database, viewer: str) -> None:
    async with Store(database).read(1) as repo:
        by = person(repo, viewer)
        far = person(repo, CHANGES_MANAGER)
        assert far.id not in repo.model.lines.below(person(repo, MANAGER).id, TODAY)
        for relation, subject in relations(repo):
            if relation in SEES[viewer]:
                service.allow(repo, subject, by=by, today=TODAY)
            else:
                with pytest.raises(NotAllowed):
                    service.allow(repo, subject, by=by, today=TODAY)


@pytest.mark.parametrize("viewer", SEES)
async def test_why_and_another_period_ask_the_same_policy_as_the_card(database: Database, viewer: str) -> None:
    async with Store(database).read(1) as repo:
        by = person(repo, viewer)
        for relation, subject in relations(repo):
            if relation in SEES[viewer]:
                continue
            reference = CardReference(subject.kind, subject.id, "2026Q4", TODAY, repo.revision)
            with pytest.raises(NotAllowed):
                await why.explain(repo, page=WhyPage(reference), by=by, today=TODAY)
            with pytest.raises(NotAllowed):
                await service.allowed(repo, subject, reference.parsed_period(1), by=by, today=TODAY)
