"""Slots of schedules: against the clock minute by minute, through clock changes, holidays, pauses and edits."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.schedules import (
    LATE,
    HolidayRule,
    OpenDays,
    Schedule,
    changed_slot,
    due,
    first_slot,
    instant_of,
    next_slot,
    resumed_slot,
    slots,
)
from tests.support.clocks import TIMES, ZONES

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
EVERY_DAY = frozenset(range(7))
WEEKDAYS = OpenDays(range(5))


def weekly(*weekdays: int, **more) -> Schedule:
    given = {
        "weekdays": frozenset(weekdays or {0}),
        "at": time(9),
        "zone": "Europe/Berlin",
        "holiday_rule": HolidayRule.NEXT_WORKING_DAY,
        "starts_on": date(2026, 1, 1),
    }
    return Schedule(**{**given, **more})


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def first_minute_of(day: date, clock: time, zone: str) -> datetime:
    """The first minute at which a clock on the wall shows this time or a later one of the same or a later date."""
    wanted, found = datetime.combine(day, clock), datetime.combine(day, clock, UTC) - timedelta(hours=15)
    while (left := wanted - found.astimezone(ZoneInfo(zone)).replace(tzinfo=None)) > timedelta():
        found += timedelta(hours=1) if left > timedelta(hours=3) else MINUTE
    return found


# Clocks


@pytest.mark.parametrize(
    ("zone", "day", "clock", "local"),
    [
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "2026-03-29T03:00+02:00"),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), "2026-10-25T02:30+02:00"),
        ("America/Santiago", date(2026, 9, 6), time(0, 0), "2026-09-06T01:00-03:00"),
        ("America/Havana", date(2026, 3, 8), time(0, 30), "2026-03-08T01:00-04:00"),
        ("Asia/Beirut", date(2026, 3, 29), time(0, 0), "2026-03-29T01:00+03:00"),
        ("Africa/Cairo", date(2026, 4, 24), time(0, 30), "2026-04-24T01:00+03:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-04T02:30+11:00"),
        ("Pacific/Apia", date(2011, 12, 30), time(9, 0), "2011-12-31T00:00+14:00"),
    ],
)
def test_a_time_that_a_clock_skips_is_the_next_minute_and_one_that_repeats_the_first(zone, day, clock, local):
    assert instant_of(day, clock, zone).astimezone(ZoneInfo(zone)).isoformat(timespec="minutes") == local


@given(
    st.sampled_from([*ZONES, "Europe/London", "Asia/Tehran", "Antarctica/Troll", "Pacific/Kwajalein"]),
    st.dates(date(1993, 1, 1), date(2027, 12, 31)),
    st.times().map(lambda found: found.replace(second=0, microsecond=0)),
)
def test_an_instant_is_the_first_minute_at_which_a_clock_shows_it(zone, day, clock):
    assert instant_of(day, clock, zone) == first_minute_of(day, clock, zone)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("clock", TIMES)
def test_a_year_of_ticks_meets_each_local_date_once(zone, clock):
    year = ZONES[zone]
    schedule = weekly(*EVERY_DAY, at=clock, zone=zone, starts_on=date(year, 1, 1), ends_on=date(year, 12, 31))
    met, dealt, tick = list[date](), date(year, 1, 1) - DAY, timedelta(minutes=30)
    now, following = datetime(year, 1, 1, tzinfo=UTC) - DAY, next_slot(schedule, dealt, WEEKDAYS)
    while following is not None and now < datetime(year + 1, 1, 3, tzinfo=UTC):
        now += tick
        if following.due <= now and (found := due(schedule, dealt, now, WEEKDAYS)):
            assert found.slot.due > now - tick, "it is met at the first tick behind it"
            assert found.slot.due == first_minute_of(found.slot.day, clock, zone)
            met += [*found.skipped, found.slot.day]
            dealt, following = found.slot.day, found.next
    assert met == [date(year, 1, 1) + n * DAY for n in range(365)]


def test_a_date_that_a_zone_skipped_has_one_digest_of_its_own():
    schedule = weekly(4, zone="Pacific/Apia", starts_on=date(2011, 12, 1))
    found = list(islice(slots(schedule, date(2011, 12, 23), WEEKDAYS), 2))
    assert [slot.day for slot in found] == [date(2011, 12, 30), date(2012, 1, 6)]
    assert found[0].due == at("2011-12-31T00:00", "Pacific/Apia")


# Holidays, start and end

HOLIDAYS = OpenDays(range(5), {date(2026, 11, 30), date(2026, 12, 1)})


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (HolidayRule.NEXT_WORKING_DAY, [date(2026, 12, 2), date(2026, 12, 7)]),
        (HolidayRule.SKIP, [date(2026, 12, 2), date(2026, 12, 7)]),
        (HolidayRule.ANYWAY, [date(2026, 11, 30), date(2026, 12, 2)]),
    ],
)
def test_a_holiday_moves_skips_or_changes_nothing_and_two_on_one_date_are_one(rule, expected):
    found = slots(weekly(0, 2, holiday_rule=rule), date(2026, 11, 29), HOLIDAYS)
    assert [slot.day for slot in islice(found, 2)] == expected


def test_a_weekday_without_work_is_no_holiday():
    assert next_slot(weekly(6), date(2026, 11, 28), HOLIDAYS).day == date(2026, 11, 29)


def test_where_nobody_works_for_months_the_digest_comes_on_its_day():
    closed = OpenDays(range(5), {date(2026, 11, 1) + n * DAY for n in range(90)})
    assert next_slot(weekly(0), date(2026, 11, 29), closed).day == date(2026, 11, 30)


def test_nothing_comes_before_the_start_or_after_the_end():
    schedule = weekly(0, starts_on=date(2026, 11, 24), ends_on=date(2026, 12, 7))
    assert [slot.day for slot in slots(schedule, date(2026, 1, 1), WEEKDAYS)] == [date(2026, 11, 30), date(2026, 12, 7)]


def test_a_digest_that_a_holiday_moves_beyond_the_end_does_not_come():
    assert next_slot(weekly(0, ends_on=date(2026, 12, 1)), date(2026, 11, 29), HOLIDAYS) is None


def test_the_end_of_time_is_no_error():
    assert next_slot(weekly(0), date(9999, 12, 28), WEEKDAYS) is None


open_days = st.builds(
    OpenDays,
    st.frozensets(st.integers(0, 6)),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 3, 31)), max_size=60),
)
schedules = st.builds(
    Schedule,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.sampled_from(TIMES),
    st.sampled_from(sorted(ZONES)),
    st.sampled_from(HolidayRule),
    st.dates(date(2025, 12, 1), date(2026, 2, 15)),
    st.none() | st.dates(date(2026, 2, 1), date(2026, 4, 1)),
    st.none() | st.dates(date(2026, 1, 1), date(2026, 3, 1)),
)
instants = st.integers(0, 90 * 24 * 60).map(lambda found: datetime(2026, 1, 1, tzinfo=UTC) + found * MINUTE)


@given(schedules, open_days, st.dates(date(2025, 12, 15), date(2026, 3, 1)))
def test_slots_are_in_order_within_bounds_and_the_same_wherever_one_begins(schedule, days, after):
    found = list(islice(slots(schedule, after, days), 30))
    assert all(one.day < other.day and one.due <= other.due for one, other in pairwise(found))
    for slot in found:
        assert slot.day > after
        assert schedule.starts_on <= slot.day <= (schedule.ends_on or date.max)
        assert slot.day >= (schedule.paused_until or date.min)
    for slot in found[:-1]:
        assert next_slot(schedule, slot.day, days) == found[found.index(slot) + 1]


@given(schedules, open_days, st.lists(instants, min_size=1, max_size=40))
def test_however_seldom_one_looks_each_slot_is_made_or_skipped_once(schedule, days, looks):
    dealt = date(2025, 12, 31)
    met = list[date]()
    for now in sorted(looks):
        found = due(schedule, dealt, now, days)
        if found:
            assert found.late == (now - found.slot.due > LATE)
            met += [*found.skipped, found.slot.day]
            dealt = found.slot.day
    expected = [slot.day for slot in islice(slots(schedule, date(2025, 12, 31), days), 200) if slot.due <= max(looks)]
    assert met == expected


# Missed


def test_of_what_was_missed_only_the_newest_comes_late():
    found = due(weekly(0), date(2026, 11, 2), at("2026-11-24T12:00"), WEEKDAYS)
    assert found.slot.day == date(2026, 11, 23)
    assert found.late
    assert found.skipped == (date(2026, 11, 9), date(2026, 11, 16))
    assert found.next.day == date(2026, 11, 30)


def test_a_look_a_little_later_is_not_late():
    found = due(weekly(0), date(2026, 11, 16), at("2026-11-23T09:10"), WEEKDAYS)
    assert not found.late
    assert found.skipped == ()
    assert due(weekly(0), date(2026, 11, 23), at("2026-11-23T09:10"), WEEKDAYS) is None


# Changes


def test_a_new_schedule_owes_nothing_of_today_once_its_time_has_passed():
    assert first_slot(weekly(0), at("2026-11-23T09:00"), WEEKDAYS).day == date(2026, 11, 30)
    assert first_slot(weekly(0), at("2026-11-23T08:59"), WEEKDAYS).day == date(2026, 11, 23)


@given(
    schedules.map(lambda found: replace(found, paused_until=None)),
    st.sampled_from(sorted(ZONES)),
    st.sampled_from(TIMES),
    open_days,
    instants,
)
def test_another_zone_or_time_neither_repeats_nor_skips_a_digest(schedule, zone, clock, days, now):
    dealt = date(2025, 12, 31)
    found = due(schedule, dealt, now, days)
    dealt = found.slot.day if found else dealt
    expected = next_slot(schedule, dealt, days)
    moved = changed_slot(schedule, replace(schedule, zone=zone, at=clock), dealt, now, days)
    assert (moved and moved.day) == (expected and expected.day)


def test_the_digest_of_this_week_comes_at_once_if_its_new_time_has_passed():
    before, after = weekly(0, at=time(15)), weekly(0, at=time(9))
    found = changed_slot(before, after, date(2026, 11, 16), at("2026-11-23T10:00"), WEEKDAYS)
    assert found.day == date(2026, 11, 23)


def test_a_weekday_that_has_passed_before_it_was_chosen_is_not_made_up_for():
    before, after = weekly(0), weekly(0, 2)
    found = changed_slot(before, after, date(2026, 11, 23), at("2026-11-27T10:00"), WEEKDAYS)
    assert found.day == date(2026, 11, 30)
    soon = changed_slot(before, weekly(0, 4, at=time(17)), date(2026, 11, 23), at("2026-11-27T10:00"), WEEKDAYS)
    assert soon.day == date(2026, 11, 27)


def test_a_digest_that_a_holiday_moved_is_still_owed_after_another_weekday_is_added():
    found = changed_slot(weekly(0), weekly(0, 4), date(2026, 11, 23), at("2026-11-30T10:00"), HOLIDAYS)
    assert found.day == date(2026, 12, 2)


def test_what_fell_into_a_pause_is_not_made_up_for():
    paused = weekly(0, paused_until=date(2026, 12, 8))
    assert next_slot(paused, date(2026, 11, 16), WEEKDAYS).day == date(2026, 12, 14)
    early = resumed_slot(replace(paused, paused_until=None), date(2026, 11, 16), at("2026-11-25T10:00"), WEEKDAYS)
    assert early.day == date(2026, 11, 30)
    same_day = resumed_slot(replace(paused, paused_until=None), date(2026, 11, 16), at("2026-11-23T08:00"), WEEKDAYS)
    assert same_day.day == date(2026, 11, 23)


def test_a_moved_digest_takes_no_other_ones_place() -> None:
    holiday = OpenDays(range(5), {date(2026, 11, 27)})
    found = [slot.day for slot in islice(slots(weekly(4, 5), date(2026, 11, 23), holiday), 3)]
    assert found == [date(2026, 11, 28), date(2026, 11, 30), date(2026, 12, 4)]


def test_what_is_declared_a_holiday_afterwards_repeats_nothing() -> None:
    monday = date(2026, 11, 23)
    found = next_slot(weekly(0), monday, OpenDays(range(5), {monday}))
    assert found is not None
    assert found.day == date(2026, 11, 30)


@given(
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    holidays=st.frozensets(st.dates(date(2026, 5, 1), date(2026, 6, 30)), max_size=12),
)
def test_each_subscribed_date_that_is_no_holiday_has_its_slot(
    weekdays: frozenset[int], holidays: frozenset[date]
) -> None:
    days, first, last = OpenDays(range(5), holidays), date(2026, 5, 1), date(2026, 7, 5)
    found = [slot.day for slot in slots(weekly(*weekdays, starts_on=first, ends_on=last), first - DAY, days)]
    span = [first + number * DAY for number in range((last - first).days + 1)]
    assert found == sorted(set(found))
    assert {day for day in span if day.weekday() in weekdays and day not in holidays} <= set(found)


def test_who_was_never_dealt_with_begins_with_the_first_day() -> None:
    found = next_slot(weekly(0), date.min, WEEKDAYS)
    assert found is not None
    assert found.day == date(2026, 1, 5)
