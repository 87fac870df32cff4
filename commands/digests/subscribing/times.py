"""Times, dates and zones as people type them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from functools import lru_cache
from zoneinfo import available_timezones

from babel.dates import get_timezone_location

from commands.digests.subscribing.cities import ZONE_OF
from domain.errors import NotFound, UsageError
from templates import name, visible
from templates.numbers import locale_of

NOON = 12
OFFERED = 5
ALIKE = 80
"""How alike (of 100) what was typed must be to a town for its zone to be offered."""
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)
_WORDS = {"noon": time(NOON), "midnight": time(0)}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_MONTH = re.compile(r"(\d{1,2})\.?\s+([a-z]+)\.?(?:,?\s+(\d{4}))?", re.IGNORECASE)
_MONTH_DAY = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:,?\s+(\d{4}))?", re.IGNORECASE)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NO_PLACES = ("Etc/", "posix", "right", "SystemV", "US/", "Canada/", "Brazil/", "Mexico/", "Chile/")


def parse_time(typed: str) -> time:
    """`9`, `9:00`, `9.30`, `9am`, `21:15`, `noon`. Raises UsageError with what works instead."""
    said = " ".join(typed.split()).casefold()
    if said in _WORDS:
        return _WORDS[said]
    found = _TIME.fullmatch(said)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    half = (found[3] or "").replace(".", "") if found else ""
    if half and 1 <= hour <= NOON:
        hour = hour % NOON + (NOON if half == "pm" else 0)
    elif half:
        hour = 99
    try:
        return time(hour, minute)
    except ValueError:
        raise UsageError(f"I can't read '{name(typed)}' as a time of day. Type 9, 9:00, 9am or 21:30.") from None


def parse_day(typed: str, today: date) -> date:
    """`2026-12-01`, `1 Dec`, `Dec 1 2026`, `tomorrow`, `Monday`: the next such day. Raises UsageError with what works."""
    said = " ".join(typed.split()).casefold()
    try:
        found = _day(said, today)
    except ValueError:
        found = None
    if found is None:
        raise UsageError(f"I can't read '{name(typed)}' as a day. Type 2026-12-01, 1 Dec, Monday or tomorrow.")
    return found


def _day(said: str, today: date) -> date | None:
    """Raises ValueError for a day that no calendar has."""
    if said == "tomorrow":
        return today + timedelta(days=1)
    weekdays = [number for number, word in enumerate(WEEKDAYS) if len(said) > 2 and word.casefold().startswith(said)]
    if weekdays:
        return today + timedelta(days=(weekdays[0] - today.weekday() - 1) % 7 + 1)
    if found := _DAY_MONTH.fullmatch(said):
        return _in_year(int(found[1]), found[2], found[3], today)
    if found := _MONTH_DAY.fullmatch(said):
        return _in_year(int(found[2]), found[1], found[3], today)
    return date.fromisoformat(said)


def _in_year(day: int, month: str, year: str | None, today: date) -> date | None:
    if month[:3] not in _MONTHS:
        return None
    number = _MONTHS.index(month[:3]) + 1
    found = date(int(year) if year else today.year, number, day)
    return found if year or found > today else found.replace(year=today.year + 1)


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The zones that people live in, in order."""
    return tuple(
        sorted(one for one in available_timezones() if one == "UTC" or ("/" in one and not one.startswith(_NO_PLACES)))
    )


def city(zone: str) -> str:
    """`Europe/Berlin` as people say it: `Berlin`."""
    return zone.rpartition("/")[2].replace("_", " ")


def require_zone(zone: str) -> str:
    """Raises NotFound with the nearest zones for one that is not there."""
    if zone in available_timezones():
        return zone
    near = list(zones_like(zone))[:OFFERED]
    hint = f" Did you mean {near[0]}?" if near else " Begin to type a larger city nearby: Berlin, New York, Sydney."
    raise NotFound(f"I don't know a time zone '{name(zone)}'.{hint}", near, asked=zone)


def zones_like(typed: str, first: Iterable[str] = (), locale: str = "en-US") -> Mapping[str, str]:
    """Those that are offered for what was typed, the best first, each with the town by which it was found.

    `first` stand before all others while nothing is typed. Towns are called as they are in English and in the locale.
    """
    wanted = _folded(typed)
    if not wanted:
        return {zone: city(zone) for zone in [*first, *zones()]}
    towns = _towns(str(locale_of(locale)))
    begun = [(town, zone) for folded, town, zone in towns if folded.startswith(wanted)]
    within = [(city(zone), zone) for zone in zones() if wanted in _folded(zone)]
    within += [(town, zone) for folded, town, zone in towns if wanted in folded]
    found: dict[str, str] = {}
    for town, zone in [*sorted(begun, key=lambda one: len(one[0])), *within] or _alike(wanted, towns):
        found.setdefault(zone, town)
    return found


def _folded(words: str) -> str:
    """As it is compared: without accents, capitals and what joins words."""
    plain = unicodedata.normalize("NFKD", visible(words)).casefold()
    return " ".join("".join(one for one in plain if not unicodedata.combining(one)).replace("_", " ").split())


@lru_cache(maxsize=16)
def _towns(locale: str) -> Sequence[tuple[str, str, str]]:
    """Towns by which zones are found: as they are compared, as they are shown, and the zone."""
    named = [(city(zone), zone) for zone in zones()]
    # Babel calls some by their region, too: `Argentina/Cordoba`.
    named += [(town, zone) for zone in zones() if "/" not in (town := _called(zone, locale))]
    named += ZONE_OF.items()
    return list(dict.fromkeys((_folded(town), town, zone) for town, zone in named))


def _called(zone: str, locale: str) -> str:
    return str(get_timezone_location(zone, locale=locale, return_city=True))


def _alike(wanted: str, towns: Sequence[tuple[str, str, str]]) -> Sequence[tuple[str, str]]:
    """For what was mistyped."""
    from rapidfuzz import fuzz, process

    asked = wanted.rpartition("/")[2]
    found = process.extract(
        asked, [folded for folded, _, _ in towns], scorer=fuzz.ratio, limit=OFFERED, score_cutoff=ALIKE
    )
    return [towns[at][1:] for _, _, at in found]
