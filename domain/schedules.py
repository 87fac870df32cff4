"""When a digest is due: weekdays and a local time in a zone, what holidays do to that, and what was missed.

A slot is a local date on which one digest is due. A digest that was due and did not go out is told apart from one that
was never owed: `next_slot` goes by the last date that was dealt with, so changing the zone or the time repeats nothing.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MOVED_AT_MOST = 31
"""Days that a holiday moves a digest; where nobody works for longer it comes on its own day."""
AHEAD = 400
"""Days in which each subscribed weekday comes, whatever the holidays."""
LATE = timedelta(minutes=15)
"""A digest that is begun later than that was missed, and says so."""


class HolidayRule(StrEnum):
    """What becomes of a digest whose day is a holiday."""

    NEXT_WORKING_DAY = "next_working_day"
    SKIP = "skip"
    ANYWAY = "anyway"


@dataclass(frozen=True, slots=True)
class OpenDays:
    """On which days a company works. A weekday that it never works on is no holiday: whoever wants a digest then gets it."""

    weekdays: Collection[int]
    """As `date.weekday()` counts them; none is all of them."""
    holidays: Collection[date] = frozenset()

    def is_holiday(self, day: date) -> bool:
        return day in self.holidays

    def is_working(self, day: date) -> bool:
        return (not self.weekdays or day.weekday() in self.weekdays) and day not in self.holidays


@dataclass(frozen=True, slots=True)
class Schedule:
    """A digest on `weekdays` (Monday is 0) `at` a local time. `ends_on` is the last day; nothing comes before `paused_until`."""

    weekdays: frozenset[int]
    at: time
    zone: str
    holiday_rule: HolidayRule
    starts_on: date
    ends_on: date | None = None
    paused_until: date | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """The local date of one digest, and the instant at which it is due, in UTC."""

    day: date
    due: datetime


def instant_of(day: date, at: time, zone: str) -> datetime:
    """The instant of a local time: the first one if it comes twice, the next minute that exists if it never comes."""
    local = datetime.combine(day, at, ZoneInfo(zone))
    instant = local.astimezone(UTC)
    if instant.astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    # In the gap the two readings lie on both sides of the moment at which the clock is put forward.
    return _moment_of_change(local.replace(fold=1).astimezone(UTC), instant, ZoneInfo(zone))


def _moment_of_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first minute between the two that has the later one's offset."""
    offset = after.astimezone(zone).utcoffset()
    low, high = 0, -((before - after) // MINUTE)
    while low < high:
        middle = (low + high) // 2
        if (before + middle * MINUTE).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle + 1
    return before + low * MINUTE


def next_slot(schedule: Schedule, after: date, days: OpenDays) -> Slot | None:
    """The first slot behind `after`, which is the last one that was dealt with; None if there is no other.

    A digest that a holiday moves may come after that of a later day. What was dealt with on its own day stays dealt with,
    whatever is declared a holiday afterwards.
    """
    found: date | None = None
    first = max(after, schedule.starts_on) - MOVED_AT_MOST * DAY
    for day in _subscribed(schedule, max(first, schedule.starts_on)):
        if found is not None and day >= found:
            break
        moved = _moved(day, schedule, days)
        if (
            moved is None
            or moved <= after
            or day == after
            or (schedule.paused_until is not None and moved < schedule.paused_until)
        ):
            continue
        if schedule.ends_on is None or moved <= schedule.ends_on:
            found = moved if found is None else min(found, moved)
    return None if found is None else Slot(found, instant_of(found, schedule.at, schedule.zone))


def _subscribed(schedule: Schedule, first: date) -> Iterator[date]:
    start = first.toordinal()
    for ordinal in range(start, min(start + AHEAD, date.max.toordinal())):
        day = date.fromordinal(ordinal)
        if schedule.ends_on is not None and day > schedule.ends_on:
            return
        if day.weekday() in schedule.weekdays:
            yield day


def _moved(day: date, schedule: Schedule, days: OpenDays) -> date | None:
    """The date on which the digest of a subscribed day comes; None if it does not."""
    if schedule.holiday_rule is HolidayRule.ANYWAY or not days.is_holiday(day):
        return day
    if schedule.holiday_rule is HolidayRule.SKIP:
        return None
    later = (day + number * DAY for number in range(1, MOVED_AT_MOST + 1))
    return next((one for one in later if days.is_working(one)), day)


def slots(schedule: Schedule, after: date, days: OpenDays) -> Iterator[Slot]:
    """All slots behind `after`, in order."""
    while (found := next_slot(schedule, after, days)) is not None:
        yield found
        after = found.day


def first_slot(schedule: Schedule, now: datetime, days: OpenDays) -> Slot | None:
    """The first slot of a schedule that begins now: what has passed was never owed."""
    return _first_owed(schedule, _yesterday(schedule, now), now, days, owed=None)


def changed_slot(before: Schedule, after: Schedule, dealt: date, now: datetime, days: OpenDays) -> Slot | None:
    """The next slot once a schedule is another one; `dealt` is the last date that was dealt with.

    A digest that was still owed comes, at once if its new time has passed; dates that were not subscribed when they
    passed, or that fell into a pause, are not made up for.
    """
    pending = next_slot(before, dealt, days)
    return _first_owed(after, dealt, now, days, owed=pending.day if pending else None)


def resumed_slot(schedule: Schedule, dealt: date, now: datetime, days: OpenDays) -> Slot | None:
    """The next slot of a schedule that rested until `now`: what fell into that time is not made up for."""
    return _first_owed(schedule, dealt, now, days, owed=None)


def _first_owed(schedule: Schedule, dealt: date, now: datetime, days: OpenDays, owed: date | None) -> Slot | None:
    """The first slot that is still to come, or that was owed before."""
    since = max(dealt, min(_yesterday(schedule, now), owed or date.max) - MOVED_AT_MOST * DAY)
    for slot in slots(schedule, since, days):
        if slot.due > now or (owed is not None and slot.day >= owed):
            return slot
    return None


def _yesterday(schedule: Schedule, now: datetime) -> date:
    return now.astimezone(ZoneInfo(schedule.zone)).date() - DAY


@dataclass(frozen=True, slots=True)
class Due:
    """What a look finds: the digest to make now, the dates that are skipped because a newer one is due, and the next slot."""

    slot: Slot
    late: bool
    skipped: tuple[date, ...]
    next: Slot | None


def due(schedule: Schedule, dealt: date, now: datetime, days: OpenDays) -> Due | None:
    """The newest slot that is due by `now`; None if none is. What was missed is made up for once."""
    passed: list[Slot] = []
    for slot in slots(schedule, dealt, days):
        if slot.due > now:
            return _due(passed, now, slot)
        passed.append(slot)
    return _due(passed, now, None)


def _due(passed: list[Slot], now: datetime, following: Slot | None) -> Due | None:
    if not passed:
        return None
    newest = passed[-1]
    return Due(newest, now - newest.due > LATE, tuple(slot.day for slot in passed[:-1]), following)
