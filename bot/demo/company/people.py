"""Who works in the company: sixty people in a reporting line, with their days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from bot.demo.company import personas
from bot.demo.company.dates import Dates
from bot.demo.company.land import AREA, AREAS, EUROPE_NORTH, EUROPE_SOUTH, PATCHES, REGIONS
from bot.demo.company.names import people_names, slug

_HQ = "America/New_York"
_NAMED = {
    "leader": "Grace Adeyemi",
    "lead-americas-east": "Marcus Chen",
    "ops": "Olga Petrova",
    "new-england": "Ana Silva",
    "new-york": "Carla Romano",
    "mid-atlantic": "Ben Whitaker",
    "south-east": "Dev Kapoor",
    "great-lakes": "Sam O'Connor",
    "great-lakes-2": "Rosa Medina",
    "strategic-americas-east": "Helen Zhao",
    "california": "Imani Brooks",
    "california-before": "Walter Price",
    "texas": "Luis Ortega",
    "pacific-north-west": "Nina Larsson",
    "canada": "Frank Doyle",
    "germany": "Jonas Weber",
    "strategic-europe-north": "Pieter Claes",
    "uk-ireland": "Siobhán O'Brien",
    "overlay": "Yuki Tanaka",
    "overlay-2": "Noor Haddad",
    "marketing": "Mia Fontaine",
    "marketing-2": "Zoë *Star* Müller",
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A job in the company; the person who has it is invented later."""

    key: str
    role: str
    team: str
    boss: str
    timezone: str = _HQ


@dataclass(frozen=True, slots=True)
class Person:
    """One row of `people`, with the job it was made for."""

    key: str
    name: str
    slot: Slot
    number: int
    manager: str
    hired_on: date
    left_on: date | None

    @property
    def slack_id(self) -> str:
        """The person's id in the local workspace."""
        return f"U{self.number:04d}"

    @property
    def email(self) -> str:
        """The person's address, under a domain that never exists."""
        return f"{self.key}@{personas.COMPANY.lower()}.example"


@dataclass(frozen=True, slots=True)
class Org:
    """Everyone, in a fixed order."""

    people: tuple[Person, ...]

    def at(self, slot: str) -> Person:
        """Who has the job `slot`; KeyError when there is no such job."""
        return next(person for person in self.people if person.slot.key == slot)

    def inside(self, team: str) -> list[str]:
        """The keys of a team's reps without a patch."""
        return [p.key for p in self.people if p.slot.team == team and p.slot.key.startswith(("inside", "strategic"))]

    def reps(self, team: str, day: date) -> list[str]:
        """The keys of a team's reps who are still there and were there on `day`."""
        staff = [p for p in self.people if p.slot.team == team and p.left_on is None and p.hired_on <= day]
        return [p.key for p in staff if p.slot.role == "rep"]


def _management() -> Iterator[Slot]:
    yield Slot("leader", "leader", "sales", "")
    yield Slot("finance", "leader", "sales", "leader")
    for region in REGIONS:
        timezone = next(area.timezone for area in AREAS if area.region is region)
        yield Slot(f"vp-{region.key}", "manager", region.key, "leader", timezone)
    for area in AREAS:
        yield Slot(f"lead-{area.key}", "manager", area.key, f"vp-{area.region.key}", area.timezone)


def _field() -> Iterator[Slot]:
    areas = {patch.key: patch.area.key for patch in PATCHES}
    areas |= {"great-lakes-2": "americas-east", "california-before": "americas-west"}
    areas |= {f"strategic-{area}": area for area in ("americas-east", "europe-north")}
    areas |= {f"inside-{area.key}": area.key for area in AREAS}
    areas |= {f"inside-{area}-2": area for area in ("europe-south", "pacific-north")}
    for slot, area in areas.items():
        yield Slot(slot, "rep", area, f"lead-{area}", AREA[area].timezone)


def _around() -> Iterator[Slot]:
    yield Slot("overlay", "rep", "specialists", "leader", "Asia/Tokyo")
    yield Slot("overlay-2", "rep", "specialists", "leader")
    yield Slot("ops", "ops", "operations", "leader")
    yield Slot("ops-2", "ops", "operations", "ops", "Europe/Berlin")
    yield Slot("ops-3", "ops", "operations", "ops", "Asia/Tokyo")
    for team, count in (("marketing", 4), ("customer-service", 3), ("product", 1)):
        for number in range(1, count + 1):
            yield Slot(team if number == 1 else f"{team}-{number}", "partner", team, "" if number == 1 else team)


def _hired(slot: Slot, dates: Dates, rng: Random) -> date:
    early = dates.start - timedelta(days=rng.randint(100, 2200))
    return dates.hired if slot.key == personas.NEW_HIRE_PATCH else early


def make_org(dates: Dates, rng: Random) -> Org:
    """The whole staff: named people where a story needs one, invented ones elsewhere."""
    slots = [*_management(), *_field(), *_around()]
    invented = people_names(rng)
    names = {slot.key: _NAMED.get(slot.key) or next(invented) for slot in slots}
    people = [
        Person(
            key=slug(names[slot.key]),
            name=names[slot.key],
            slot=slot,
            number=number,
            manager=slug(names[slot.boss]) if slot.boss else "",
            hired_on=_hired(slot, dates, rng),
            left_on=dates.left if slot.key == personas.VACANT_PATCH else None,
        )
        for number, slot in enumerate(slots, 1)
    ]
    return Org(tuple(people))


def reporting_rows(org: Org, dates: Dates) -> Iterator[tuple[object, ...]]:
    """Rows for those whose line changed: one in mid-quarter, one a year ago."""
    north, south = org.at(f"lead-{EUROPE_NORTH.key}").key, org.at(f"lead-{EUROPE_SOUTH.key}").key
    yield personas.CHANGES_MANAGER, None, dates.midway, north, EUROPE_NORTH.key
    yield personas.CHANGES_MANAGER, dates.midway, None, south, EUROPE_SOUTH.key
    inside, day = org.at("inside-pacific-south").key, dates.quarter.replace(year=dates.quarter.year - 1)
    yield inside, None, day, org.at("lead-pacific-north").key, "pacific-north"
    yield inside, day, None, org.at("lead-pacific-south").key, "pacific-south"


def people_rows(org: Org, dates: Dates) -> Iterator[tuple[object, ...]]:
    """Rows of `people`; every ninth has no Slack id and is found by e-mail."""
    changed = {row[0] for row in reporting_rows(org, dates)}
    for person in org.people:
        slack_id = None if person.number % 9 == 0 else person.slack_id
        line = (None, None) if person.key in changed else (person.manager, person.slot.team)
        ramp = "standard" if person.key == personas.NEW_HIRE else None
        days = (person.hired_on, person.left_on)
        role, timezone = person.slot.role, person.slot.timezone
        yield (person.key, person.name, person.email, slack_id, role, *line, timezone, *days, ramp, *_home(person))


def _home(person: Person) -> tuple[str | None, str | None]:
    patch = next((patch for patch in PATCHES if patch.key == person.slot.key), None)
    return (f"{patch.latitude:.4f}", f"{patch.longitude:.4f}") if patch else (None, None)


def team_rows(org: Org) -> Iterator[tuple[object, ...]]:
    """Rows of `teams`: the sales tree, and the teams beside it."""
    channels = {region.key: f"C{number:04d}" for number, region in enumerate(REGIONS, 2)}
    yield "sales", "Sales", None, personas.LEADER, None
    for region in REGIONS:
        yield region.key, region.name, "sales", org.at(f"vp-{region.key}").key, channels[region.key]
    for area in AREAS:
        yield area.key, area.name, area.region.key, org.at(f"lead-{area.key}").key, None
    yield "specialists", "Specialists", "sales", None, None
    yield "operations", "Sales Operations", None, personas.OPS, None
    for team in ("marketing", "customer-service", "product"):
        yield team, team.replace("-", " ").title(), None, org.at(team).key, None


def absence_rows(org: Org, dates: Dates) -> Iterator[tuple[object, ...]]:
    """One long absence with relief and cover, some short ones without."""
    first, last = dates.absence
    yield personas.ABSENT, first, last, 60, personas.COVER
    for slot, back in (("nordics", 200), ("italy", 130), ("india", 40)):
        day = dates.today - timedelta(days=back)
        yield org.at(slot).key, day, day + timedelta(days=9), 0, None


def ramp_rows() -> Iterator[tuple[object, ...]]:
    """The ramp of a new hire: percent of the full target by month since the hire."""
    for month, percent in enumerate((25, 50, 75, 100)):
        yield "standard", month, percent
