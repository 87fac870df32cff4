"""Who sees what: each role with each relation, by a card, by another period, and by each part of Why?."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import pytest

from bot.demo.company import AHEAD, BEHIND, CHANGES_MANAGER, LEADER, LEFT, MANAGER, NEW_HIRE, OPS, OVERLAY, PARTNER, REP
from commands.kit import Action, Call, Message
from commands.kit.names import COMPANY, Kind, Subject
from commands.targets import controls, handlers, service, why
from commands.targets.reference import CardReference
from commands.targets.service import Sight
from commands.targets.why import Part, WhyPage
from domain.company import Person
from domain.errors import NotAllowed
from storage.database import Database
from storage.store import Present, Repositories, Store
from tests.support.filling import filled
from tests.support.rewriting import becomes, covers, leads, reports_to
from tests.support.sample import NOW, TODAY


@pytest.fixture
async def database(sample_url: str) -> AsyncIterator[Database]:
    """The sample company with a rep who has reports, one who covers a territory, one who leads a team from outside."""
    database = Database(sample_url)
    await reports_to(database, NEW_HIRE, BEHIND)
    await covers(database, AHEAD, "mid-atlantic")
    await leads(database, OVERLAY, "europe-south")
    yield database
    await database.close()


def person(repo: Repositories, key: str) -> Person:
    return next(one for one in repo.company.people.values() if one.key == key)


PEOPLE = {REP, AHEAD, BEHIND, NEW_HIRE, MANAGER, "karin.almeida", CHANGES_MANAGER, OVERLAY, LEADER, OPS, PARTNER, LEFT}
LAND = {"new-england", "new-york", "mid-atlantic", "south-east", "americas-east", "americas", "germany", "canada"}
TEAMS = {"americas-east", "americas-west", "americas", "europe-south", "sales", "specialists", "marketing"}
RELATIONS = {*PEOPLE, *(f"territory {one}" for one in LAND), *(f"team {one}" for one in TEAMS), "company"}
EAST = {f"team {one}" for one in ("americas-east", "americas", "sales")}

SIGHTS: dict[str, dict[Sight, set[str]]] = {
    REP: {Sight.OWN: {REP}, Sight.ALL: {"territory new-england"}, Sight.TOTAL: EAST},
    # Someone reports to this rep.
    BEHIND: {Sight.OWN: {BEHIND}, Sight.ALL: {"territory mid-atlantic"}, Sight.TOTAL: EAST},
    # This one covers the territory of the one before.
    AHEAD: {Sight.OWN: {AHEAD}, Sight.ALL: {"territory new-york", "territory mid-atlantic"}, Sight.TOTAL: EAST},
    # This one leads a team without being in it.
    OVERLAY: {
        Sight.OWN: {OVERLAY},
        Sight.TOTAL: {"team specialists", "team sales", "team europe-south"},
        Sight.ALL: set(),
    },
    MANAGER: {
        Sight.ALL: {
            *(REP, AHEAD, BEHIND, NEW_HIRE, MANAGER, "team americas-east"),
            *(f"territory {one}" for one in ("new-england", "new-york", "mid-atlantic", "south-east", "americas-east")),
        },
        Sight.TOTAL: {"team americas", "team sales"},
    },
    OPS: {Sight.ALL: RELATIONS},
    LEADER: {Sight.ALL: RELATIONS},
    PARTNER: {},
    LEFT: {},
}


def subject_of(repo: Repositories, relation: str) -> Subject:
    kind, _, key = relation.rpartition(" ")
    if relation == "company":
        return COMPANY
    groups = {"": repo.company.people, "team": repo.company.teams, "territory": repo.company.territories}
    found = next(one for one in groups[kind].values() if one.key == key)
    return Subject(Kind(kind or "person"), found.id, found.name)


@pytest.mark.parametrize("viewer", SIGHTS)
async def test_each_role_sees_what_its_relation_allows_and_no_more(database: Database, viewer: str) -> None:
    found: dict[Sight, set[str]] = {}
    async with Store(database).read(1) as repo:
        by = person(repo, viewer)
        for relation in RELATIONS:
            try:
                sight = service.allow(repo, subject_of(repo, relation), by=by, today=TODAY)
            except NotAllowed:
                continue
            found.setdefault(sight, set()).add(relation)
    assert found == {sight: seen for sight, seen in SIGHTS[viewer].items() if seen}


@pytest.mark.parametrize("viewer", SIGHTS)
async def test_another_period_and_each_part_of_why_ask_the_same_policy(database: Database, viewer: str) -> None:
    sights = {relation: sight for sight, seen in SIGHTS[viewer].items() for relation in seen}
    async with Store(database).read(1) as repo:
        by = person(repo, viewer)
        for relation in RELATIONS:
            reference = CardReference(*_id(subject_of(repo, relation)), "2026Q3", TODAY, repo.revision)
            for part in Part:
                asked = why.explain(repo, page=WhyPage(reference, part), by=by, today=TODAY)
                if sights.get(relation) in (Sight.ALL, Sight.OWN):
                    assert (await asked).card.sight is sights[relation]
                else:
                    with pytest.raises(NotAllowed):
                        await asked
            if relation not in sights:
                with pytest.raises(NotAllowed):
                    await service.allowed(
                        repo, reference.subject(repo.company), reference.parsed_period(1), by=by, today=TODAY
                    )


@dataclass
class Here:
    """What the handler of a click reaches."""

    store: Store

    async def present(self, _: Call) -> Present:
        return await self.store.present(1)

    def read(self, _: Call) -> AbstractAsyncContextManager[Repositories]:
        return self.store.read(1)


@pytest.mark.parametrize("viewer", [REP, MANAGER, PARTNER, LEFT])
async def test_a_row_is_opened_for_who_may_see_it_and_for_nobody_else(database: Database, viewer: str) -> None:
    sights = {relation: sight for sight, seen in SIGHTS[viewer].items() for relation in seen}
    here = Here(Store(database))
    async with here.store.read(1) as repo:
        by, values = person(repo, viewer), {one: _id(subject_of(repo, one)) for one in sorted(RELATIONS)}
    for relation, subject in values.items():
        reference = CardReference(*subject, "2026Q3", TODAY, 1)
        clicked = Action(controls.OPEN, reference.encoded)
        call = filled(Call, person=by, today=TODAY, workspace=1, locale="en-US", now=NOW, action=clicked)
        if relation in sights and sights[relation] is not Sight.TOTAL:
            assert isinstance(await handlers.open_row(call, here), Message)  # type: ignore[arg-type]
        elif relation not in sights:
            with pytest.raises(NotAllowed):
                await handlers.open_row(call, here)  # type: ignore[arg-type]


def _id(subject: Subject) -> tuple[Kind, int]:
    return subject.kind, subject.id


@pytest.mark.parametrize("role", ["rep", "partner"])
async def test_the_role_that_counts_is_today_s_not_the_one_that_someone_was_found_with(
    database: Database, role: str
) -> None:
    """Who asks was looked up a while ago, and has another role since."""
    async with Store(database).read(1) as repo:
        before = person(repo, MANAGER)
    await becomes(database, MANAGER, role)
    async with Store(database).read(1) as repo:
        for relation in (REP, "territory new-england", "team americas-east"):
            page = WhyPage(CardReference(*_id(subject_of(repo, relation)), "2026Q4", TODAY, repo.revision))
            with pytest.raises(NotAllowed):
                await why.explain(repo, page=page, by=before, today=TODAY)
