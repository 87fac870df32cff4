"""A request from state to state: who decides, what is written on its day, and what becomes of what nobody decides."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.jobs import Runner
from commands.kit.registry import Registry
from commands.requests.deciding import Deciding, Outdated
from commands.requests.planned import planned
from commands.requests.stepping import Act, Stepped, Steps
from commands.requests.working import Working, register
from domain.company import AssignmentRole, Person
from domain.errors import NotAllowed, UsageError
from domain.requests.machine import Effect, Event
from domain.requests.model import (
    Basis,
    Change,
    ChangeRep,
    HoldOver,
    Merge,
    MoveAccounts,
    Reversal,
    State,
    TargetRule,
    Terms,
)
from domain.requests.waiting import Nudge
from storage import requests
from storage.account_facts import accounts_by_territory
from storage.audit import AUDIT, Occasion
from storage.notes import NOTES
from storage.requests import Request
from storage.store import Store
from storage.writing import Writing, write
from tests.support.imports import open_at
from tests.support.sample import NOW, TODAY

FIRST = date(2026, 12, 1)
OURS = frozenset({Effect.RECORD, Effect.ORDER, Effect.REMIND, Effect.CANCEL, Effect.STOP_REMINDING, Effect.RELEASE})
EQUAL = Terms(basis=Basis.EQUAL)


@dataclass
class Office:
    """The sample company, what follows from steps, and a worker."""

    store: Store
    told: list[tuple[Effect | Nudge, int]] = field(default_factory=list)
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.steps = Steps(
            {effect: self._noting(effect) for effect in set(Effect) - OURS - {Effect.APPLY}}
            | {Effect.APPLY: self._nothing}
        )
        self.deciding = Deciding(self.steps)
        registry = Registry()
        register(
            registry, Working(self.steps, {nudge: self._nudging(nudge) for nudge in (Nudge.REMIND, Nudge.ESCALATE)})
        )
        self.runner = Runner(self.store, registry, jitter=lambda: 0.0)

    def _noting(self, effect: Effect) -> Any:
        async def note(_: Writing, done: Stepped) -> None:
            self.told.append((effect, done.after.id))

        return note

    async def _nothing(self, _: Writing, done: Stepped) -> None:
        """The job does it before the step."""

    def _nudging(self, nudge: Nudge) -> Any:
        async def note(_: Writing, request: Request) -> None:
            self.told.append((nudge, request.id))

        return note

    @property
    def today(self) -> date:
        return self.now.date()

    def writing(self, by: Person | None = None) -> Any:
        return write(self.store, 1, Occasion(by.id if by else None, "button", self.now))

    async def person(self, key: str) -> Person:
        async with self.store.read(1) as repo:
            return next(one for one in repo.company.people.values() if one.key == key)

    async def ask(self, change: Change, by: Person, day: date = FIRST) -> Request:
        async with self.writing(by) as repo:
            draft = State.DRAFT
            number = await requests.add(
                repo.connection, 1, change, requester=by.id, effective_on=day, now=self.now, state=draft
            )
            seen = await requests.read(repo.connection, 1, number)
            found = await planned(repo, seen, today=self.today)
            await requests.show(repo.connection, 1, seen, rev=repo.revision, digest=found.digest)
            seen = await requests.read(repo.connection, 1, number)
            return await self.steps.advance(repo, seen, Event.SUBMIT, Act(by, self.today))

    async def approve(self, number: int, by: Person, digest: str | None = None) -> Request | Outdated:
        async with self.writing(by) as repo:
            seen = await requests.read(repo.connection, 1, number)
            seen_digest = digest or seen.basis_digest or ""
            return await self.deciding.approve(repo, number, by=by, today=self.today, digest=seen_digest)

    async def deciders(self, number: int) -> list[Person]:
        async with self.store.read(1) as repo:
            found = await planned(repo, await requests.read(repo.connection, 1, number), today=self.today)
            return [repo.company.people[slot.decider] for slot in found.open]

    async def approved(self, change: Change, by: Person, day: date = FIRST) -> Request:
        asked = await self.ask(change, by, day)
        for one in await self.deciders(asked.id):
            await self.approve(asked.id, one)
        return await self.read(asked.id)

    async def read(self, number: int) -> Request:
        async with self.store.read(1) as repo:
            return await requests.read(repo.connection, 1, number)

    async def works_on(self, day: date) -> None:
        self.now = datetime.combine(day, time(12), UTC)
        await self.runner.run_once(self.now)


@pytest.fixture
async def office(sample_url: str) -> AsyncIterator[Office]:
    async with open_at(sample_url) as database:
        yield Office(Store(database))


async def land(office: Office, key: str) -> int:
    async with office.store.read(1) as repo:
        return next(one.id for one in repo.company.territories.values() if one.key == key)


async def some_accounts(office: Office, territory: int, count: int = 2) -> tuple[int, ...]:
    async with office.store.read(1) as repo:
        return tuple(sorted((await accounts_by_territory(repo, FIRST))[territory])[:count])


async def audited(office: Office, number: int) -> list[str]:
    async with office.store.read(1) as repo:
        query = select(AUDIT.c.action).where(AUDIT.c.subject_kind == "request", AUDIT.c.subject_id == number)
        return list((await repo.connection.execute(query.order_by(AUDIT.c.id))).scalars())


async def where(office: Office, day: date) -> dict[int, int | None]:
    async with office.store.read(1) as repo:
        found = await accounts_by_territory(repo, day)
        return {account: territory for territory, accounts in found.items() for account in accounts}


async def across(office: Office) -> tuple[MoveAccounts, Person]:
    """A move between two teams, and the rep who asks for it."""
    source, target = await land(office, "new-york"), await land(office, "texas")
    change = MoveAccounts(await some_accounts(office, source), source, target, EQUAL)
    async with office.store.read(1) as repo:
        holder = repo.model.lines.holders_on(source, TODAY)[0]
        return change, repo.company.people[holder]


async def test_both_managers_agree_and_it_takes_effect_on_its_day(office: Office) -> None:
    change, rep = await across(office)
    asked = await office.ask(change, rep)
    first, second = await office.deciders(asked.id)
    assert (await office.approve(asked.id, first)).state is State.SUBMITTED  # type: ignore[union-attr]
    with pytest.raises(NotAllowed, match=f"waits for {second.name}"):
        await office.approve(asked.id, first)
    assert (await office.approve(asked.id, second)).state is State.SCHEDULED  # type: ignore[union-attr]
    await office.works_on(FIRST - timedelta(days=1))
    assert (await office.read(asked.id)).state is State.SCHEDULED
    await office.works_on(FIRST)
    done = await office.read(asked.id)
    assert (done.state, done.written_rev is not None) == (State.EFFECTIVE, True)
    after = await where(office, FIRST)
    assert {after[account] for account in change.accounts} == {change.target}
    assert await audited(office, asked.id) == [
        f"requests.{event}" for event in ("submit", "approve", "approve_as_last", "schedule", "take_effect")
    ]
    told = Counter(effect for effect, _ in office.told)
    assert (told[Effect.ASK], told[Effect.TELL_CONCERNED], told[Effect.CRM_FILE]) == (1, 2, 1)


async def test_who_does_not_decide_is_told_who_does(office: Office) -> None:
    change, rep = await across(office)
    asked = await office.ask(change, rep)
    with pytest.raises(NotAllowed):
        await office.approve(asked.id, rep)
    outsider = await office.person("jonas.weber")
    with pytest.raises(NotAllowed, match="This waits for"):
        await office.approve(asked.id, outsider)
    assert (await office.read(asked.id)).version == asked.version


async def test_what_was_seen_must_still_hold(office: Office) -> None:
    """Somebody else's change came in between: nothing is decided, and the new preview is what the next click is about."""
    change, rep = await across(office)
    asked = await office.ask(change, rep)
    first, _ = await office.deciders(asked.id)
    late = await office.approve(asked.id, first, digest="what it was yesterday")
    assert isinstance(late, Outdated)
    assert await audited(office, asked.id) == ["requests.submit"]
    assert late.request.basis_digest == late.planned.digest
    assert not isinstance(await office.approve(asked.id, first), Outdated)


async def test_a_rejection_needs_a_reason_and_sets_its_accounts_free(office: Office) -> None:
    change, rep = await across(office)
    asked = await office.ask(change, rep)
    with pytest.raises(requests.AlreadyAsked, match=f"Request {asked.id} is open"):
        await office.ask(change, rep)
    first, _ = await office.deciders(asked.id)
    async with office.writing(first) as repo:
        with pytest.raises(UsageError, match="Say why"):
            await office.deciding.reject(repo, asked.id, by=first, today=TODAY, reason=" ")
        await office.deciding.reject(repo, asked.id, by=first, today=TODAY, reason="Not before the fair")
    assert (await office.read(asked.id)).state is State.REJECTED
    async with office.store.read(1) as repo:
        [said] = await requests.verdicts(repo.connection, 1, asked.id)
        words = (await repo.connection.execute(select(NOTES.c.text).where(NOTES.c.id == said.note))).scalar_one()
        before = (await repo.connection.execute(select(AUDIT.c.after).order_by(AUDIT.c.id.desc()))).scalars().first()
    assert (said.verdict, words) == ("reject", "Not before the fair")
    assert "fair" not in str(before), "the audit holds ids, never words"
    with pytest.raises(NotAllowed, match=rf"was rejected on 23 Nov by {first.name}"):
        await office.approve(asked.id, first)
    assert (await office.ask(change, rep)).state is State.SUBMITTED


async def test_what_is_withdrawn_does_not_take_effect(office: Office) -> None:
    change, rep = await across(office)
    done = await office.approved(change, rep)
    assert done.state is State.SCHEDULED
    other = await office.person("ben.whitaker")
    for by, allowed in ((other, False), (rep, True)):
        async with office.writing(by) as repo:
            if allowed:
                await office.deciding.withdraw(repo, done.id, by=by, today=TODAY)
            else:
                with pytest.raises(NotAllowed, match="Only who asked"):
                    await office.deciding.withdraw(repo, done.id, by=by, today=TODAY)
    before = await where(office, FIRST)
    await office.works_on(FIRST)
    assert (await office.read(done.id)).state is State.WITHDRAWN
    assert await where(office, FIRST) == before


async def test_what_cannot_be_done_on_its_day_fails_with_the_reason_and_is_tried_again(office: Office) -> None:
    change, rep = await across(office)
    ops = await office.person("olga.petrova")
    later = await office.approved(change, rep, FIRST + timedelta(days=1))
    merge = Merge(change.target, await land(office, "california"), Terms(TargetRule.MOVES, Basis.EQUAL))
    await office.approved(merge, ops)
    await office.works_on(FIRST)
    after = await where(office, FIRST + timedelta(days=9))
    await office.works_on(FIRST + timedelta(days=1))
    failed = await office.read(later.id)
    assert failed.state is State.FAILED
    assert "was merged" in (failed.failure or ""), failed.failure
    assert await where(office, FIRST + timedelta(days=9)) == after, "nothing is half done"
    async with office.writing(ops) as repo:
        again = await office.deciding.retry(repo, later.id, by=ops, today=office.today)
    assert again.state is State.SCHEDULED
    await office.works_on(FIRST + timedelta(days=1))
    assert (await office.read(later.id)).state is State.FAILED


async def test_a_reversal_gives_back_and_marks_what_it_gave_back(office: Office) -> None:
    change, rep = await across(office)
    before = await where(office, FIRST + timedelta(days=30))
    done = await office.approved(change, rep)
    await office.works_on(FIRST)
    day = FIRST + timedelta(days=7)
    back = await office.approved(Reversal(done.id), rep, day)
    assert back.state is State.SCHEDULED
    await office.works_on(day)
    assert [(await office.read(one)).state for one in (done.id, back.id)] == [State.REVERSED, State.EFFECTIVE]
    assert await where(office, FIRST + timedelta(days=30)) == before
    between = await where(office, FIRST + timedelta(days=3))
    assert {between[account] for account in change.accounts} == {change.target}


async def test_deals_that_stay_for_a_while_go_when_it_ends(office: Office) -> None:
    source = await land(office, "new-york")
    ops = await office.person("olga.petrova")
    until = FIRST + timedelta(days=30)
    async with office.store.read(1) as repo:
        old = repo.model.lines.holders_on(source, TODAY, AssignmentRole.PRIMARY)[0]
    new = await office.person("ben.whitaker")
    hold = HoldOver(until, least=1)
    done = await office.approved(ChangeRep(source, new.id, old, replace(EQUAL, hold_over=hold)), ops)
    await office.works_on(FIRST)
    held = await owners(office, done)
    assert set(held.values()) == {old}, "all of them stay"
    await office.works_on(until)
    assert set((await owners(office, done)).values()) == {new.id}
    async with office.store.read(1) as repo:
        written = await requests.written_by(repo.connection, 1, done.id)
    assert {row.after.deal for row in written.deals if row.after} >= set(held), "so that they can be given back"  # type: ignore[union-attr]


async def owners(office: Office, request: Request) -> dict[int, int | None]:
    """Of the open deals that a request is about, now."""
    from storage.jobs import JOBS
    from storage.request_facts import open_deals

    async with office.store.read(1) as repo:
        query = select(JOBS.c.arguments).where(JOBS.c.kind == "requests/hand_over")
        deals = json.loads((await repo.connection.execute(query)).scalar_one())["deals"]
        found = await open_deals(repo, [before[0] for before, _ in deals], day=office.today)
        assert found
        return {deal.deal: deal.owner for deal in found}


async def test_who_waits_is_reminded_escalated_and_ended_through_days_off(office: Office) -> None:
    change, rep = await across(office)
    asked = await office.ask(change, rep)
    for days in (1, 2, 3, 4, 5, 9, 13):
        await office.works_on(TODAY + timedelta(days=days))
    kinds = [what for what, number in office.told if isinstance(what, Nudge)]
    assert kinds == [Nudge.REMIND, Nudge.REMIND, Nudge.ESCALATE, Nudge.REMIND, Nudge.REMIND]
    await office.works_on(TODAY + timedelta(days=20))
    assert (await office.read(asked.id)).state is State.EXPIRED
    await office.works_on(TODAY + timedelta(days=60))
    assert len([one for one in office.told if isinstance(one[0], Nudge)]) == 5


async def test_a_decision_ends_the_reminders(office: Office) -> None:
    change, rep = await across(office)
    await office.approved(change, rep, TODAY + timedelta(days=40))
    await office.works_on(TODAY + timedelta(days=20))
    assert not [one for one in office.told if isinstance(one[0], Nudge)]


def test_every_effect_of_the_table_is_known() -> None:
    """The engine's own, or one that it is given."""
    from commands.requests.stepping import _OWN

    assert set(_OWN) == OURS
