"""Random companies, whoever looks: all that Turf shows stays the same to the byte when everything changes that is not theirs.

Cards of each metric with every page of Why?, what gets someone there, exports, previews of shares, the form and the
history of targets, what moved a number, and each refusal. Totals are held against what follows from them elsewhere.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextlib import closing as closing_of
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from commands.kit.names import Subject
from commands.kit.outgoing import Audience, Member
from commands.targets import closing, closing_views, service, share_views, sharing, views, why, why_views
from commands.targets.behind import behind
from commands.targets.closing import ClosingState
from commands.targets.moved import service as moved
from commands.targets.moved import views as moved_views
from commands.targets.reference import CardReference
from commands.targets.service import Sight
from commands.targets.setting import history
from commands.targets.setting import service as setting
from commands.targets.setting.form import Form
from commands.targets.setting.views import Look, form_modal
from commands.targets.take_away import written
from commands.targets.why import Part, WhyPage
from domain import policies
from domain.company import Metric, Person, PersonId, Role, Span
from domain.errors import TurfError
from domain.periods import Period, PeriodKind, containing
from storage.database import Database, sqlite_path
from storage.drafts import Draft
from storage.store import Repositories, Store
from storage.tables import people
from tests.integration.commands.random_company import OPS, change, fill, settings
from tests.support.explaining import subjects
from tests.support.ledger import World, open_world
from tests.support.sample import TODAY
from tests.support.scrambling import Seen, scramble

ROLES = ("rep", "rep", "manager", "manager", "partner")
ALWAYS = Span()
TELLING = 14
"""A company in which something would show if Why? or a file named who is no longer below the viewer."""


@pytest.fixture(autouse=True)
def long_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer of them: each page is made from the data anew."""
    monkeypatch.setattr(why, "LINES", 40)


def right(repo: Repositories, earlier: Repositories, by: Person) -> Seen:
    """All that someone may see: today's lines for single figures, those of each day for sums "moved elsewhere".

    What moved a number says also what the target was: by what they held as it was known `earlier`.
    """
    lines, land = repo.model.lines, repo.company.territories
    theirs = policies.readable_people(by, lines, TODAY)
    seen = [one for one in land if policies.may_see_territory_figures(by, one, lines, TODAY)]
    teams = {one for one in repo.company.teams if policies.may_see_team(by, one, lines, TODAY)}
    branches = {below for one in teams for below in (one, *lines.teams_below(one))}
    past: dict[PersonId, tuple[Span, ...]] = {}
    led: set[int] = set()
    opened: set[PersonId] = set()
    if policies.may_see_with_team(by, TODAY):
        for side in (lines, earlier.model.lines):
            stretches = [side.spans_below(one, ALWAYS) for one in theirs]
            stretches += [side.spans_in_team(one, ALWAYS) for one in branches]
            for one, days in (item for found in stretches for item in found.items()):
                past[one] = (*past.get(one, ()), *days)
        below, team = earlier.model.lines.below, policies.everyone_in
        opened = {then for one in theirs for then in below(one, TODAY)}
        opened |= {then for one in branches for then in team(one, earlier.model.lines, TODAY)}
        led = {team for one in theirs for team in lines.teams_led(one)}
    return Seen(
        people=theirs,
        moved={one: days for one, days in past.items() if one not in theirs},
        territories=frozenset(below for one in seen for below in (one, *lines.territories_below(one))),
        vacant=frozenset(one for one in land if lines.team_of_territory(one) in led),
        held=frozenset(
            held.territory
            for side in (repo, earlier)
            for one in {*theirs, *past}
            for held in side.model.lines.held_by(one)
        ),
        teams=frozenset(branches),
        opened=frozenset(opened),
    )


class Shown:
    """All that someone is shown, by what they asked for."""

    def __init__(self, repo: Repositories, by: Person, before: int) -> None:
        self.repo = repo
        self.by = by
        self.before = before
        self.how: dict[str, Any] = {"locale": "en-US", "settings": repo.settings}
        self.said: dict[str, str] = {}

    async def everything(self) -> dict[str, str]:
        for kind in (PeriodKind.QUARTER, PeriodKind.YEAR):
            period = containing(TODAY, kind, self.repo.settings.fiscal_start)
            for subject in subjects(self.repo):
                for metric in Metric if kind is PeriodKind.QUARTER else (Metric.REVENUE,):
                    await self._about(subject, period, metric)
            await self._keep(f"moved {period.label}", self._moved(period))
        return self.said

    async def _about(self, subject: Subject, period: Period, metric: Metric) -> None:
        what = f"{subject.kind} {subject.id} {period.label} {metric}"
        try:
            sight = service.allow(self.repo, subject, by=self.by, today=TODAY)
        except TurfError as error:
            self.said[what] = error.message
            return
        if sight is Sight.TOTAL:
            return
        reference = CardReference(subject.kind, subject.id, period.label, TODAY, self.repo.revision, metric)
        await self._keep(what, self._card(subject, period, metric))
        await self._keep(f"{what} why", self._why(reference))
        if metric is not Metric.REVENUE:
            return
        await self._keep(f"{what} shared", self._shared(reference))
        await self._keep(f"{what} set", self._form(subject, period))
        await self._keep(f"{what} rows", self._rows(reference))
        await self._keep(f"{what} closing", self._closing(reference))
        await self._keep(f"{what} history", self._history(subject, period))
        if period.kind is PeriodKind.YEAR:
            old = replace(reference, revision=self.before)
            await self._keep(f"{what} why of an old card", self._why(old))
            await self._keep(f"{what} rows of an old card", self._rows(old))

    async def _keep(self, what: str, made: Any) -> None:
        try:
            self.said[what] = json.dumps(await made)
        except TurfError as error:
            self.said[what] = error.message

    async def _card(self, subject: Subject, period: Period, metric: Metric) -> Any:
        card = await service.allowed(self.repo, subject, period, metric, by=self.by, today=TODAY)
        message = views.targets_card(card, is_own=subject.id == self.by.id, **self.how)
        return [message.to_json(), message.to_json(plain=True)]

    async def _why(self, reference: CardReference) -> Any:
        pages = []
        for part in Part if reference.metric is Metric.REVENUE else (Part.CREDIT,):
            found = await why.explain(self.repo, page=WhyPage(reference, part), by=self.by, today=TODAY)
            pages.append(why_views.why_modal(found, **self.how).to_json())
        return pages

    async def _shared(self, reference: CardReference) -> Any:
        """With nobody but those who may see it, so that it has its rows."""
        alone = Audience([Member("U1", self.by)])
        share, card = await sharing.choose(self.repo, reference, by=self.by, audience=alone, today=TODAY)
        assert share.sight is not Sight.TOTAL
        return share_views.shared_message(card, by=self.by.name, **self.how).to_post()

    async def _rows(self, reference: CardReference) -> Any:
        return (await written((await behind(self.repo, reference, by=self.by, today=TODAY)).rows, "csv")).decode()

    async def _closing(self, reference: CardReference) -> Any:
        made = await closing.closing(self.repo, state=ClosingState(reference), by=self.by, today=TODAY)
        return closing_views.closing_modal(made, **self.how).to_json()

    async def _form(self, subject: Subject, period: Period) -> Any:
        form = Form(f"{subject.kind}:{subject.id}", period.label, amount="1200000", currency="USD")
        card = await setting.card(self.repo, form, by=self.by, today=TODAY, locale="en-US")
        draft = Draft("d", "targets/set", {}, 1)
        return form_modal(card, draft, Look.of(self.repo.settings, "en-US")).to_json()

    async def _history(self, subject: Subject, period: Period) -> Any:
        page = await history.history(self.repo, subject, period, by=self.by, today=TODAY)
        return history.history_message(page, self.repo, Look.of(self.repo.settings, "en-US")).to_json()

    async def _moved(self, period: Period) -> Any:
        moved.require_own(self.repo, self.by, TODAY)
        told = await moved.told_of(self.repo, self.by.id, period, self.before)
        how = {"revision": self.repo.revision, "today": TODAY, **self.how}
        return moved_views.moved_message(told, self.by.id, **how).to_post()


async def filled(world: World, seed: int) -> int:
    """A random company with people of each role, changed once; the revision before that."""
    rng = Random(seed)
    fill(world, seed)
    for row in world.rows(people.PersonVersion):
        if row["id"] != OPS:
            world.put(people.PersonVersion, **{**row, "role": rng.choice(ROLES)})
    await world.import_(today=TODAY)
    before = world.revision
    change(world, seed + 1_000)
    await world.import_(today=TODAY)
    return before


@asynccontextmanager
async def copied(world: World, to: Path) -> AsyncIterator[Database]:
    """The world's SQLite file once more, to be changed."""
    source = sqlite_path(world.database.url)
    assert source is not None
    with closing_of(sqlite3.connect(source)) as here, closing_of(sqlite3.connect(to)) as there:
        here.backup(there)
    database = Database(f"sqlite:///{to}")
    yield database
    await database.close()


async def assert_nothing_else_shows(folder: Path, seed: int, *, one_of_each: bool = False) -> int:
    """How many answers have an amount in them; with `one_of_each` one person of each role looks, not everybody."""
    amounts = 0
    async with open_world(f"sqlite:///{folder}/{seed}.db", **settings(seed)) as world:
        before = await filled(world, seed)
        async with Store(world.database).read(1) as repo:
            viewers = [one for one in repo.company.people.values() if one.role is not Role.OPS]
            if one_of_each:
                viewers = list({one.role: one for one in viewers}.values())
            first = {one.id: await Shown(repo, one, before).everything() for one in viewers}
            rights = {one.id: right(repo, await repo.earlier(before), one) for one in viewers}
        for by in viewers:
            async with copied(world, folder / f"{seed}-{by.id}.db") as database:
                await scramble(database, rights[by.id], seed + by.id)
                async with Store(database).read(1) as repo:
                    then = await Shown(repo, by, before).everything()
            for what, said in first[by.id].items():
                assert then[what] == said, f"seed {seed}: {by.key} ({by.role}), {what}"
            amounts += sum("$" in said for said in then.values())
    return amounts


async def test_nothing_depends_on_what_is_not_theirs(tmp_path: Path) -> None:
    assert await assert_nothing_else_shows(tmp_path, TELLING, one_of_each=True) > 20


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [range(start, start + 5) for start in (10, 15, 20, 25)], ids=str)
async def test_nor_in_twenty_other_companies(tmp_path: Path, seeds: range) -> None:
    for seed in seeds:
        await assert_nothing_else_shows(tmp_path, seed)
