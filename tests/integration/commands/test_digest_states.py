"""A digest in every state that it can find things in: one sentence that says so, and nothing that makes no sense then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from commands.digests import views
from commands.digests.content import Ask, Digest, make
from commands.kit.names import COMPANY
from commands.kit.sections import DigestKind
from domain.company import WHOLE, SubjectKind
from storage.database import Database
from storage.store import Repositories, Store
from storage.tables import crm, people, targets
from tests.support.digests import made_then, of, person, private, said, sections, to
from tests.support.ledger import open_world
from tests.support.sample import TODAY

BEHIND, MET, NONE, EURO, OVERLAY, NEW = 2, 3, 4, 5, 6, 7
MAY = date(2026, 5, 18)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Database]:
    """Someone behind, someone who is there, someone without a target, with euros, with overlay, and someone new."""
    async with open_world(f"sqlite:///{tmp_path}/states.db", business_days=[0, 1, 2, 3, 4]) as world:
        world.put(people.PersonVersion, id=1, role="ops")
        for one in (BEHIND, MET, NONE, EURO, OVERLAY, NEW):
            world.put(people.PersonVersion, id=one, role="rep")
            if one != NONE:
                goal = {"subject_kind": SubjectKind.PERSON.value, "subject_id": one, "period": "2026Q2"}
                world.put(targets.Target, amount=50_000_00, currency="USD", **goal)
        world.put(targets.Rate, currency="EUR", period="2026-04", rate_e12=1_200_000_000_000)
        for number, (owner, amount, currency, day) in enumerate(DEALS, 1):
            more = {"amount": amount, "currency": currency, "closed_on": day}
            world.put(crm.DealVersion, id=number, owner_id=owner, status="won", **more)
        world.put(crm.Split, deal_id=2, person_id=OVERLAY, kind="overlay", share=WHOLE)
        await world.import_(today=MAY)
        yield world.database


DEALS = (
    (BEHIND, 10_000_00, "USD", date(2026, 4, 20)),
    (MET, 60_000_00, "USD", date(2026, 5, 14)),
    (NONE, 9_000_00, "USD", date(2026, 4, 20)),
    (EURO, 10_000_00, "EUR", date(2026, 4, 20)),
    (BEHIND, 44_000_00, "USD", date(2026, 2, 3)),
)


def ask_of(repo: Repositories, who: int, today: date = MAY, **more: object) -> Ask:
    reader = repo.company.people[who]
    return replace(to(reader, DigestKind.REP, of(reader), today), **more)  # type: ignore[arg-type]


async def digest(repo: Repositories, ask: Ask) -> Digest:
    assert ask.reader is not None
    return await said(repo, ask, private(ask.reader))


FIRST_ONES = (
    (BEHIND, MAY, "You are $15k (61 %) behind pace for Q2."),
    (MET, MAY, "You have met the target: $60k of $50k (120.0 %) for Q2."),
    (NONE, MAY, "You are at $9,000 with no target set for Q2."),
    (EURO, MAY, "You are $13k (53 %) behind pace for Q2."),
    (OVERLAY, MAY, "You have met the target: $60k of $50k (120.0 %) for Q2."),
    (NEW, MAY, "You are $25k (100 %) behind pace for Q2."),
    (BEHIND, date(2026, 4, 1), "You are at $10k of $50k (20.0 %) for Q2."),
    (NONE, date(2026, 8, 3), "You have nothing credited in Q3 yet, and no target is set."),
)


async def test_the_headline_of_the_first_digest(world: Database) -> None:
    async with Store(world).read(1) as repo:
        for who, today, headline in FIRST_ONES:
            found = await digest(repo, ask_of(repo, who, today))
            assert views.head(found).text.replace("\u00a0", " ") == headline
            assert "no comparison available" in found.about


async def test_what_was_booked_since_the_last_one(world: Database) -> None:
    async with Store(world).read(1) as repo:
        for who, days, headline in (
            (MET, 7, "You booked nothing this week but needed $3,846: met the target"),
            (BEHIND, 5, "You booked nothing since May 13 but needed $2,308: now $15k (61 %) behind pace for Q2."),
            (NONE, 7, "You booked nothing this week: now at $9,000 with no target set for Q2."),
        ):
            ask = ask_of(repo, who)
            ask = replace(ask, compared=await made_then(repo, ask, days=days))
            assert views.head(await digest(repo, ask)).text.replace("\u00a0", " ").startswith(headline)


async def test_the_first_of_a_period_opens_with_the_last(world: Database) -> None:
    async with Store(world).read(1) as repo:
        ask = ask_of(repo, BEHIND, date(2026, 4, 6))
        ask = replace(ask, compared=await made_then(repo, ask))
        found = views.head(await digest(repo, ask)).text
        assert found == "You closed Q1 with $44k, preliminary. Q2 so far: at $10k of $50k (20.0\u00a0%)."
        other = replace(ask_of(repo, NONE, date(2026, 4, 6)), compared=ask.compared)
        assert "closed" not in (await digest(repo, other)).headline


async def test_on_the_last_day_all_of_it_is_due(world: Database) -> None:
    async with Store(world).read(1) as repo:
        found = await digest(repo, ask_of(repo, BEHIND, date(2026, 6, 30)))
        assert "*To go:* $40k in 1 working day: all of it today; so far" in "\n".join(one.words for one in found.lines)


async def test_what_is_dated_after_its_day_counts_and_is_said(world: Database) -> None:
    async with Store(world).read(1) as repo:
        for day, later in ((date(2026, 4, 19), True), (date(2026, 4, 20), False)):
            found = await digest(repo, ask_of(repo, BEHIND, day))
            words = "\n".join(one.words for one in found.lines)
            assert "*Where you are:* $10k of $50k" in words
            assert ("; $10k is dated after today." in words) is later


async def test_a_late_one_says_so(world: Database) -> None:
    async with Store(world).read(1) as repo:
        found = await digest(repo, ask_of(repo, BEHIND, late=True, slot=MAY - timedelta(days=3)))
        assert "late: it was due on May 15" in found.about


async def test_a_company_without_anything_learns_what_comes_next(tmp_path: Path) -> None:
    async with open_world(f"sqlite:///{tmp_path}/empty.db") as world:
        world.put(people.PersonVersion, id=1, role="leader")
        await world.import_(today=MAY)
        async with Store(world.database).read(1) as repo:
            leader = repo.company.people[1]
            ask = to(leader, DigestKind.LEADERSHIP, COMPANY, MAY)
            made = await make(repo, ask, sections())
            assert made.is_empty
            found = await said(repo, ask, private(leader), made)
            assert views.head(found).text == "The company has nothing credited in Q2 yet, and no target is set."
            assert [line.key for line in found.lines] == ["do"]
            assert "Nothing was imported yet" in found.about
            assert views.thread(found) is None


async def test_old_data_are_announced(sample_url: str) -> None:
    database = Database(sample_url)
    async with Store(database).read(1) as repo:
        rep = person(repo, "ana.silva")
        for days, old in ((0, False), (1, True)):
            found = await said(repo, to(rep, DigestKind.REP, of(rep), TODAY + timedelta(days=days)), private(rep))
            assert ("no newer import has come" in found.about) is old
    await database.close()
