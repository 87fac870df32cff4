"""When a digest comes, in words."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from commands.digests.subscribing.times import WEEKDAYS, city
from domain.schedules import HolidayRule, Schedule, Slot
from templates.numbers import locale_of

RULES = {
    HolidayRule.NEXT_WORKING_DAY.value: "On the next working day",
    HolidayRule.SKIP.value: "Not that time",
    HolidayRule.ANYWAY.value: "On the holiday all the same",
}


def listed(words: Sequence[str]) -> str:
    """`Monday`, `Monday and Friday`, `Monday, Wednesday and Friday`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else list(words))


def when(schedule: Schedule) -> str:
    """`every Monday at 09:00 in Berlin`."""
    days = [WEEKDAYS[number] for number in sorted(schedule.weekdays)]
    every = "every day" if len(days) == len(WEEKDAYS) else f"every {listed(days)}"
    return f"{every} at {schedule.at:%H:%M} in {city(schedule.zone)}"


def next_time(slot: Slot, zone: str, locale: str) -> str:
    """`Mon, Nov 30, 09:00 in Berlin`: what a clock there shows."""
    local = slot.due.astimezone(ZoneInfo(zone))
    return f"{weekday_and_day(local.date(), locale)}, {local:%H:%M} in {city(zone)}"


def weekday_and_day(day: date, locale: str) -> str:
    return format_skeleton("MMMEd", day, locale=locale_of(locale))
