"""Random companies: nothing about a single other person, or about few, follows from all the totals that someone can read.

Each line of credit is a power of two, so that a total says which lines it is the sum of, whatever made it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select, update

from commands.kit.names import COMPANY, Kind, Subject
from commands.targets import service
from commands.targets.channel_totals import WHOLE, require_tellable
from commands.targets.service import Sight, TargetsCard
from domain import policies
from domain.company import Metric, Person, Role, SubjectKind
from domain.errors import NotAllowed
from domain.periods import parse_label
from domain.scorecard import Score, ScoreKind
from domain.targets import TargetPart
from storage.store import Repositories, Store
from storage.tables import crm, people, targets, territories
from tests.support.algebra import told_of
from tests.support.ledger import World, open_world
from tests.support.scrambling import CREDITS

OPS = 1
DEALS = 50
TELLING = (0, 1, 3, 4, 8, 16)
"""Companies in which something would follow if a part of the rule were left out."""
MOST = 2
"""So many people at once are asked about: of more it takes long."""
YEAR = [parse_label(label, 1) for label in ("2026Q1", "2026Q2", "2026Q3", "2026Q4", "FY2026")]
FIRST = date(2026, 1, 1)


@dataclass
class Drawn:
    """A random company in a tree of teams: some change teams or managers in mid-year, some cover, lead or manage."""

    rng: Random
    people: range = field(init=False)
    teams: range = field(init=False)
    land: range = field(init=False)

    def __post_init__(self) -> None:
        self.people = range(2, 2 + self.rng.randint(6, 13))
        self.teams = range(1, self.rng.randint(1, 4) + 1)
        self.land = range(1, self.rng.randint(2, 6) + 1)

    def day(self) -> date:
        return FIRST + timedelta(days=self.rng.randrange(365))

    def fill(self, world: World) -> None:
        rng = self.rng
        world.put(people.PersonVersion, id=OPS, role="ops")
        managers = rng.sample(self.people, rng.randint(1, 3))
        for one in self.people:
            world.put(people.PersonVersion, id=one, role="manager" if one in managers else "rep")
        for team in self.teams:
            above = rng.randrange(1, team) if team > 1 else None
            lead = rng.choice([None, *self.people])
            world.put(people.TeamVersion, id=team, name=f"T{team}", parent_id=above, lead_id=lead)
        for one in self.people:
            for start, end in self._stretches():
                boss = rng.choice([None, *(other for other in managers if other < one)])
                line = {"manager_id": boss, "team_id": rng.choice(self.teams)}
                world.put(people.Reporting, person_id=one, from_on=start, to_on=end, **line)
        self._land(world)
        self._targets(world)
        for number in range(1, DEALS + 1):
            world.put(
                crm.DealVersion, id=number, owner_id=rng.choice([None, *self.people, *self.people]), status="won",
                amount=100, currency="USD", closed_on=self.day(), territory_id=rng.choice([None, *self.land]),
            )  # fmt: skip

    def _land(self, world: World) -> None:
        rng = self.rng
        for one in self.land:
            above = rng.randrange(1, one) if one > 1 and rng.random() < 0.8 else None
            team = rng.choice([None, *self.teams])
            world.put(territories.TerritoryVersion, id=one, name=f"L{one}", parent_id=above, team_id=team)
            for start, end in self._stretches():
                if (holder := rng.choice(self.people) if rng.random() < 0.5 else None) is not None:
                    days = {"from_on": start, "to_on": end}
                    world.put(territories.Assignment, territory_id=one, person_id=holder, role="primary", **days)
            if rng.random() < 0.3:
                world.put(territories.Assignment, territory_id=one, person_id=rng.choice(self.people), role="cover")

    def _targets(self, world: World) -> None:
        """Of some, for the year or for a quarter of it."""
        for kind, group, often in (
            ("person", self.people, 0.4),
            ("territory", self.land, 0.7),
            ("team", self.teams, 0.2),
        ):
            for one in group:
                if self.rng.random() < often:
                    more = {
                        "period": self.rng.choice(["FY2026", "FY2026", "2026Q3"]),
                        "amount": 10**8,
                        "currency": "USD",
                    }
                    world.put(targets.Target, subject_kind=kind, subject_id=one, **more)

    def _stretches(self) -> list[tuple[date, date]]:
        """All days at once, or before and after a change."""
        if self.rng.random() < 0.6:
            return [(date.min, date.max)]
        change = self.day()
        return [(date.min, change), (change, date.max)]


@asynccontextmanager
async def drawn(url: str, seed: int, small_group: int | None = None) -> Any:
    """The company, its today, and whose each line of credit is."""
    rng = Random(seed)
    group = small_group or rng.randint(2, 6)
    async with open_world(url, fiscal_start=1, business_days=[0, 1, 2, 3, 4], small_group=group) as world:
        company = Drawn(rng)
        company.fill(world)
        await world.import_()
        async with world.database.write() as connection:
            ids = sorted((await connection.execute(select(CREDITS.c.id))).scalars())
            for number, one in enumerate(ids):
                await connection.execute(update(CREDITS).where(CREDITS.c.id == one).values(base=1 << number))
            lines = list((await connection.execute(select(CREDITS).order_by(CREDITS.c.id))).all())
        async with Store(world.database).read(1) as repo:
            today = company.day()
            spans = [row.span for row in (*repo.company.reporting, *repo.company.assignments)]
            months = [month.start for month in YEAR[-1].months()]
            cuts = {today, *months, *(edge for span in spans for edge in (span.start, span.end))}
            yield Company(repo, today, dict(enumerate(lines)), sorted(cuts))


Line: TypeAlias = tuple[Any, ...]
"""The smallest thing that figures are sums of: what it is of, and its number or its person, territory and days."""


@dataclass
class Company:
    """A random company with what its figures are made of, and whose each line of credit is."""

    repo: Repositories
    today: date
    credit: dict[int, Any]
    starts: list[date]
    """Of stretches of days in which nothing changes."""

    def credited(self, total: int) -> frozenset[Line]:
        """The lines of credit that a total is the sum of."""
        return frozenset(("credit", number) for number in range(total.bit_length()) if total >> number & 1)

    def asked(self, score: Score) -> Iterator[frozenset[Line]]:
        """What a target is the sum of, and what was expected by now."""
        found = {line for part in score.parts if part.amounts.effective for line in self._days(part)}
        yield frozenset(found)
        yield frozenset(line for line in found if line[-1] < self.today)

    def _days(self, part: TargetPart) -> Iterator[Line]:
        days = part.span.clip(part.month.span)
        for start in self.starts if days else ():
            if days and start in days:
                yield "target", part.person, part.kind, part.subject, start

    def owner(self, line: Line) -> int | None:
        person: int | None = self.credit[line[1]].person_id if line[0] == "credit" else line[1]
        return person

    def territory(self, line: Line) -> int | None:
        if line[0] == "credit":
            found: int | None = self.credit[line[1]].territory_id
            return found
        return line[3] if line[2] is SubjectKind.TERRITORY else None


@dataclass
class Reading:
    """All that someone can read: the lines that figures are sums of, and those that are theirs to know one by one."""

    company: Company
    sums: set[frozenset[Line]] = field(default_factory=set)
    totals: set[frozenset[Line]] = field(default_factory=set)
    """Those of teams whose rows someone else sees."""
    elsewhere: set[Line] = field(default_factory=set)

    def card(self, card: TargetsCard) -> None:
        """Everything on a card; a line "moved elsewhere" is exempt from the rule, so whatever is in it counts as known."""
        for score in (card.score, *card.rows, *card.vacant):
            sums = {self.company.credited(score.standing.credited), *self.company.asked(score)}
            self.sums |= sums
            self.totals |= sums if card.sight is Sight.TOTAL else set()
            if score.subject.kind is ScoreKind.ELSEWHERE:
                self.elsewhere |= set().union(*sums)

    def follows(self, by: Person, more: set[frozenset[Line]]) -> tuple[int, ...] | None:
        """Of which few others something follows from all of it and `more`, without what is known anyway."""
        sums = self.sums | more
        few = max(self.company.repo.settings.small_group - 1, 2) - 1
        return self._told(sums, self.known(by, {line for one in sums for line in one}), few)

    def is_of_few(self, more: set[frozenset[Line]]) -> tuple[int, ...] | None:
        """Of which few people something follows from the totals and `more`, whoever reads them."""
        return self._told(self.totals | more, (), self.company.repo.settings.small_group - 1)

    def _told(self, sums: set[frozenset[Line]], known: Collection[Line], few: int) -> tuple[int, ...] | None:
        lines = {line for one in sums for line in one}
        whose = {line: person for line in lines if (person := self.company.owner(line)) is not None}
        return told_of(sums, whose, known, min(few, MOST))

    def known(self, by: Person, lines: Iterable[Line]) -> set[Line]:
        """What may be read line by line: of oneself and those below, and in territories that one sees, with all below."""
        repo, today, model = self.company.repo, self.company.today, self.company.repo.model.lines
        theirs = policies.readable_people(by, model, today)
        seen = [one for one in repo.company.territories if policies.may_see_territory_figures(by, one, model, today)]
        whole = {inside for one in seen for inside in (one, *model.territories_below(one))}
        company = self.company
        own = {line for line in lines if company.owner(line) in theirs or company.territory(line) in whole}
        return own | self.elsewhere


def subjects(repo: Repositories) -> Iterator[Subject]:
    for kind, group in (
        (Kind.PERSON, repo.company.people),
        (Kind.TEAM, repo.company.teams),
        (Kind.TERRITORY, repo.company.territories),
    ):
        yield from (Subject(kind, one.id, one.name) for one in group.values())
    yield COMPANY


async def readable(company: Company, by: Person) -> Reading:
    """Every card that someone may ask for, of each quarter and of the year."""
    found = Reading(company)
    for subject in subjects(company.repo):
        for period in YEAR:
            try:
                found.card(await service.allowed(company.repo, subject, period, by=by, today=company.today))
            except NotAllowed:
                if subject.kind is not Kind.TEAM:
                    break
    return found


async def told_in_channels(company: Company) -> set[frozenset[Line]]:
    """Every total that may be shared with everybody."""
    repo, today, found = company.repo, company.today, Reading(company)
    for subject in (*(one for one in subjects(repo) if one.kind is Kind.TEAM), COMPANY):
        for period in YEAR:
            try:
                team = subject.id if subject.kind is Kind.TEAM else WHOLE
                await require_tellable(repo, team, period, Metric.REVENUE, today=today)
            except NotAllowed:
                continue
            made = await service.build(repo, subject=subject, period=period, today=today, sight=Sight.TOTAL)
            found.card(service.without_parts(made))
    return found.sums


@pytest.fixture(autouse=True)
def built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A card is the same for whoever has the same sight of it."""
    made: dict[Any, tuple[object, TargetsCard]] = {}
    build = service.build

    async def remembering(repo: Repositories, **asked: Any) -> TargetsCard:
        # A company that is kept is not followed by another one with the same id.
        key = id(repo.model), *sorted(asked.items(), key=lambda one: one[0])
        if key not in made:
            made[key] = repo.model, await build(repo, **asked)
        return made[key][1]

    monkeypatch.setattr(service, "build", remembering)


async def assert_nothing_follows(url: str, seed: int) -> int:
    """How many totals were shown to somebody who does not read what they are the sums of."""
    shown = 0
    async with drawn(url, seed) as company:
        channels = await told_in_channels(company)
        for by in company.repo.company.people.values():
            if by.role is Role.OPS:
                continue
            reading = await readable(company, by)
            for more in (set[frozenset[Line]](), channels):
                shown += sum(not one <= reading.known(by, one) for one in reading.totals | more)
                for group in (reading.follows(by, more), reading.is_of_few(more)):
                    assert group is None, f"seed {seed}: {by.name} ({by.role}) learns of {group}"
    return shown


async def test_nothing_about_few_people_follows(tmp_path: Path) -> None:
    shown = [await assert_nothing_follows(f"sqlite:///{tmp_path}/{seed}.db", seed) for seed in TELLING]
    assert sum(shown) > 100


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [range(start, start + 20) for start in range(100, 200, 20)], ids=str)
async def test_nor_in_a_hundred_other_companies(tmp_path: Path, seeds: range) -> None:
    for seed in seeds:
        await assert_nothing_follows(f"sqlite:///{tmp_path}/{seed}.db", seed)
