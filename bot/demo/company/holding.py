"""Who holds which territory on which day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.demo.company import personas
from bot.demo.company.dates import Dates
from bot.demo.company.land import AREAS, PATCHES, REGIONS
from bot.demo.company.people import Org

OVERLAY_PATCHES = ("japan-east", "japan-west", "korea", "singapore")


@dataclass(frozen=True, slots=True)
class Assignment:
    """One row of `assignments`: [start, end), either may be open; `split` in percent."""

    territory: str
    person: str
    role: str = "primary"
    start: date | None = None
    end: date | None = None
    split: int | None = None

    def holds(self, day: date) -> bool:
        """Whether `day` lies in the assignment."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


def primaries(assignments: tuple[Assignment, ...], territory: str, day: date) -> list[str]:
    """The keys of those who hold `territory` as primary on `day`: none, one, or those who share it."""
    return [a.person for a in assignments if a.territory == territory and a.role == "primary" and a.holds(day)]


def _stories(org: Org, dates: Dates) -> Iterator[Assignment]:
    new_year = date(dates.today.year, 1, 1)
    yield Assignment("south-east", personas.STRATEGIC, end=dates.hired)
    yield Assignment("south-east", personas.NEW_HIRE, start=dates.hired)
    yield Assignment("great-lakes", personas.SHARED[0], end=new_year)
    for person in personas.SHARED:
        yield Assignment("great-lakes", person, start=new_year, split=50)
    yield Assignment("california", personas.HANDS_OVER, end=dates.midway)
    yield Assignment("california", personas.TAKES_OVER, start=dates.midway)
    yield Assignment("canada", personas.LEFT, end=dates.left + timedelta(days=1))
    gap = date(new_year.year - 1, 3, 1)
    yield Assignment("iberia", org.at("inside-europe-south").key, end=gap)
    yield Assignment("iberia", org.at("iberia").key, start=gap + timedelta(days=21))


def _beside(dates: Dates) -> Iterator[Assignment]:
    first, last = dates.absence
    yield Assignment("pacific-north-west", personas.COVER, "cover", first, last + timedelta(days=1))
    for patch in OVERLAY_PATCHES:
        yield Assignment(patch, personas.OVERLAY, "overlay")


def make_assignments(org: Org, dates: Dates) -> tuple[Assignment, ...]:
    """Every assignment; a patch without a story has been held by its rep always."""
    stories = list(_stories(org, dates))
    told = {story.territory for story in stories}
    plain = [Assignment(patch.key, org.at(patch.key).key) for patch in PATCHES if patch.key not in told]
    return (*plain, *stories, *_beside(dates))


def assignment_rows(assignments: tuple[Assignment, ...]) -> Iterator[tuple[object, ...]]:
    """Rows of `assignments`."""
    for a in assignments:
        yield a.territory, a.person, a.role, a.start, a.end, a.split


def territory_rows(potentials: dict[str, int]) -> Iterator[tuple[object, ...]]:
    """Rows of `territories`, parents first; `potentials` by patch, in whole units of its currency."""
    for region in REGIONS:
        yield region.key, region.name, None, region.key, None, None, region.currency
    for area in AREAS:
        yield area.key, area.name, area.region.key, area.key, None, None, area.region.currency
    for patch in PATCHES:
        yield patch.key, patch.name, patch.area.key, patch.area.key, None, potentials[patch.key], patch.currency
