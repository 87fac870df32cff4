"""Small companies for tests: made by hand (`company`) and at random (`companies`)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from hypothesis import strategies as st

from domain.company import (
    WHOLE,
    Absence,
    Assignment,
    AssignmentRole,
    Company,
    Metric,
    Person,
    Rate,
    Reporting,
    Role,
    Settings,
    Span,
    SubjectKind,
    Target,
    Team,
    Territory,
)
from domain.model import CompanyModel

YEAR = Span(date(2026, 1, 1), date(2027, 1, 1))
EURO = tuple(Rate("EUR", f"2026-{month:02}", 10**12 + month * 10**10 + 7) for month in (1, 2, 4, 5, 9))
SEASON = {month: (month * 7 % 13) * 10_000 for month in range(1, 13)}


def D(text: str) -> date:  # noqa: N802  a literal rather than a function
    return date.fromisoformat(text)


def span(start: str, end: str) -> Span:
    """Two ISO dates, either empty for always and open."""
    return Span(D(start) if start else date.min, D(end) if end else date.max)


def person(number: int, **more) -> Person:
    return Person(number, f"p{number}", f"Person {number}", **{"role": Role.REP, **more})


def people(*numbers: int) -> dict[int, Person]:
    return {number: person(number) for number in numbers}


def territories(**parents: int | None) -> dict[int, Territory]:
    """`territories(t1=None, t2=1)`: territory 2 lies below territory 1."""
    numbers = {int(name[1:]): parent for name, parent in parents.items()}
    return {n: Territory(n, f"t{n}", f"Territory {n}", parent) for n, parent in numbers.items()}


def teams(**parents: int | None) -> dict[int, Team]:
    numbers = {int(name[1:]): parent for name, parent in parents.items()}
    return {n: Team(n, f"m{n}", f"Team {n}", parent) for n, parent in numbers.items()}


def holds(person: int, territory: int, start="", end="", share=WHOLE, role=AssignmentRole.PRIMARY) -> Assignment:
    return Assignment(territory, person, role, span(start, end), share)


def reports(person: int, manager: int | None, start="", end="", team: int | None = None) -> Reporting:
    return Reporting(person, span(start, end), manager, team)


def target(kind: str, subject: int, period: str, amount: int, currency: str | None = "USD", **more) -> Target:
    return Target(SubjectKind(kind), subject, period, more.pop("metric", Metric.REVENUE), amount, currency, **more)


def model(**parts) -> CompanyModel:
    """A company of the given parts; `currency=...` and the like go into its settings."""
    names = (Settings.__dataclass_fields__.keys() & parts.keys()) - Company.__dataclass_fields__.keys()
    settings = replace(Settings(), **{name: parts.pop(name) for name in names})
    return CompanyModel(Company(1, settings, **{name: _frozen(part) for name, part in parts.items()}))


def _frozen(part):
    return tuple(part) if isinstance(part, list) else part


# At random

PEOPLE = range(1, 6)
TERRITORIES = range(1, 6)
FIRST, LAST = D("2025-11-01"), D("2027-02-28")

days = st.dates(FIRST, LAST)


def companies() -> st.SearchStrategy[CompanyModel]:
    """Five people, territories and teams, with whatever a workspace may hold; fiscal years start in any month.

    Made from a seed rather than drawn piece by piece, which would take a hundred times as long.
    """
    return st.integers(0, 2**32 - 1).map(lambda seed: CompanyModel(Dice(seed).company()))


class Dice(Random):
    def maybe(self, value):
        return self.choice([None, value])

    def day(self) -> date:
        return FIRST + timedelta(days=self.randrange((LAST - FIRST).days))

    def span(self) -> Span:
        start, end = sorted([self.day(), self.day()])
        start, end = self.choice([date.min, start, start]), self.choice([date.max, end, end])
        return Span(start, max(end, start + timedelta(days=1)))

    def parents(self, numbers: range) -> dict[int, int | None]:
        """A parent has a smaller number, so that there are no cycles."""
        return {n: self.choice([None, *(m for m in numbers if m < n)]) for n in numbers}

    def tenures(self, territory: int) -> Iterator[Assignment]:
        """A chain of primaries with gaps, now and then shared by two, as an import would let through."""
        edges = sorted({self.day() for _ in range(self.randint(2, 5))})
        for start, end in pairwise(edges):
            holders = self.sample(PEOPLE, self.randint(0, 2))
            first = self.randint(1, WHOLE - 1) if len(holders) == 2 else WHOLE
            for holder, share in zip(holders, [first, WHOLE - first], strict=False):
                yield Assignment(territory, holder, AssignmentRole.PRIMARY, Span(start, end), share)

    def label(self) -> str:
        month, number = self.randint(1, 12), self.randint(1, 4)
        return self.choice(["FY2026", f"2026Q{number}", f"2026-{month:02}"])

    def counts(self) -> Iterator[Target]:
        """Targets of what is counted, beside those of revenue."""
        for metric in (Metric.NEW_CUSTOMERS, Metric.MEETINGS):
            keys = {(self.choice(list(SubjectKind)), self.randint(1, 5), self.label()) for _ in range(6)}
            for kind, subject, label in sorted(keys):
                yield Target(kind, subject, label, metric, self.randint(0, 40), None, self.choice([None, "season"]))

    def targets(self) -> Iterator[Target]:
        keys = {(self.choice(list(SubjectKind)), self.randint(1, 5), self.label()) for _ in range(self.randint(0, 24))}
        for kind, subject, label in sorted(keys):
            amount = self.choice([0, self.randint(1, 99), self.randint(-(10**6), 10**9)])
            currency = self.choice(["USD", "EUR", None])
            profile = self.choice([None, "season", "unknown"])
            yield Target(kind, subject, label, Metric.REVENUE, amount, currency, profile, self.random() < 0.8)

    def person(self, number: int) -> Person:
        ramp = self.choice([None, "new", "gaps", "unknown"])
        left_on = self.choice([None, None, D("2026-08-15")])
        return person(number, hired_on=self.maybe(self.day()), ramp=ramp, left_on=left_on)

    def reporting(self, number: int) -> Iterator[Reporting]:
        """Overlaps and cycles included: figures must be defined whatever the data."""
        for _ in range(self.randint(0, 3)):
            yield Reporting(number, self.span(), self.maybe(self.choice(PEOPLE)), self.maybe(self.choice(PEOPLE)))

    def absences(self, number: int) -> Iterator[Absence]:
        for _ in range(self.randint(0, 2)):
            yield Absence(number, self.span(), self.choice([0, 500_000, 333_333, WHOLE]))

    def company(self) -> Company:
        return Company(
            revision=1,
            settings=Settings(
                fiscal_start=self.choice([1, 1, 2, 7, 12]),
                business_days=self.choice([frozenset(range(5)), frozenset({6, 0, 1, 2, 3}), frozenset()]),
            ),
            people={number: self.person(number) for number in PEOPLE},
            territories={n: Territory(n, f"t{n}", f"T{n}", up) for n, up in self.parents(TERRITORIES).items()},
            teams={n: Team(n, f"m{n}", f"M{n}", up) for n, up in self.parents(PEOPLE).items()},
            reporting=tuple(row for number in PEOPLE for row in self.reporting(number)),
            absences=tuple(row for number in PEOPLE for row in self.absences(number)),
            ramps={"new": {0: 0, 1: 333_333, 2: 666_667}, "gaps": {1: 250_000, 3: 750_000}},
            assignments=tuple(row for territory in TERRITORIES for row in self.tenures(territory)),
            targets=(*self.targets(), *self.counts()),
            seasonality={"season": SEASON},
            rates=(Rate("EUR", "2024-12", 10**12), *EURO),
            holidays=frozenset(self.day() for _ in range(self.choice([0, 12, 300]))),
        )
