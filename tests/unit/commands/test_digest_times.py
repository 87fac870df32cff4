"""Times, days and zones as people type them."""

from datetime import date, time

import pytest

from commands.digests.subscribing import words
from commands.digests.subscribing.times import parse_day, parse_time, require_zone, zones_like
from domain.errors import NotFound, UsageError
from tests.support.subscribing import EVERY_DAY, mondays

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("9", time(9)),
        ("9:00", time(9)),
        ("09.05", time(9, 5)),
        ("9am", time(9)),
        ("9 AM", time(9)),
        ("12am", time(0)),
        ("12 p.m.", time(12)),
        ("5:30 pm", time(17, 30)),
        ("21:15", time(21, 15)),
        ("7h30", time(7, 30)),
        ("noon", time(12)),
        ("midnight", time(0)),
        ("0", time(0)),
        ("٩", time(9)),
    ],
)
def test_times_that_people_write(typed: str, expected: time) -> None:
    assert parse_time(typed) == expected


@pytest.mark.parametrize("typed", ["9 o'clock", "", "25", "24:00", "9:60", "13pm", "0am", "nine", "9:0", "<!channel>"])
def test_what_is_no_time_is_explained(typed: str) -> None:
    with pytest.raises(UsageError, match="Type 9, 9:00, 9am or 21:30"):
        parse_time(typed)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("1 Dec", date(2026, 12, 1)),
        ("dec 1", date(2026, 12, 1)),
        ("4 January", date(2027, 1, 4)),
        ("4. Jan 2028", date(2028, 1, 4)),
        ("Jan 4, 2028", date(2028, 1, 4)),
        ("tomorrow", date(2026, 11, 24)),
        ("monday", date(2026, 11, 30)),
        ("Tue", date(2026, 11, 24)),
    ],
)
def test_days_that_people_write(typed: str, expected: date) -> None:
    assert parse_day(typed, MONDAY) == expected


@pytest.mark.parametrize("typed", ["31 Feb", "yesterday", "", "12", "mo", "1 Foo", "2026-13-01", "99999-01-01"])
def test_what_is_no_day_is_explained(typed: str) -> None:
    with pytest.raises(UsageError, match="as a day"):
        parse_day(typed, MONDAY)


def test_a_leap_day_of_a_year_that_has_none_is_no_day() -> None:
    with pytest.raises(UsageError):
        parse_day("29 Feb", date(2028, 3, 1))


def test_zones_are_found_by_city_by_name_and_in_spite_of_typing_errors() -> None:
    assert zones_like("new york")[0] == "America/New_York"
    assert zones_like("europe/ber")[0] == "Europe/Berlin"
    assert zones_like("Belrin")[0] == "Europe/Berlin"
    assert zones_like("", ["Asia/Tokyo"])[0] == "Asia/Tokyo"
    assert list(zones_like("qqqqqq")) == []


def test_a_zone_that_is_none_names_the_nearest() -> None:
    assert require_zone("Europe/Berlin") == "Europe/Berlin"
    with pytest.raises(NotFound, match="Did you mean Europe/Berlin") as error:
        require_zone("Europe/Belrin")
    assert error.value.candidates[0] == "Europe/Berlin"
    with pytest.raises(NotFound, match="Begin to type a city"):
        require_zone("../../etc/passwd")


@pytest.mark.parametrize(
    ("weekdays", "said"),
    [
        ({0}, "every Monday at 09:00 in Berlin"),
        ({0, 4}, "every Monday and Friday at 09:00 in Berlin"),
        ({0, 2, 4}, "every Monday, Wednesday and Friday at 09:00 in Berlin"),
        (EVERY_DAY, "every day at 09:00 in Berlin"),
    ],
)
def test_a_schedule_in_words(weekdays: set[int], said: str) -> None:
    assert words.when(mondays(weekdays=frozenset(weekdays), zone="Europe/Berlin")) == said
