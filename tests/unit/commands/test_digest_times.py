"""Times, days and zones as people type them."""

from datetime import date, time

import pytest

from commands.digests.subscribing import words
from commands.digests.subscribing.cities import ZONE_OF
from commands.digests.subscribing.times import parse_day, parse_time, require_zone, zones, zones_like
from commands.digests.subscribing.views import zone_choices
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
    assert best("new york") == "America/New_York"
    assert best("europe/ber") == "Europe/Berlin"
    assert best("Belrin") == "Europe/Berlin"
    assert next(iter(zones_like("", ["Asia/Tokyo"]))) == "Asia/Tokyo"
    assert zones_like("qqqqqq") == {}


def best(typed: str, locale: str = "en-US") -> str:
    return next(iter(zones_like(typed, locale=locale)))


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("San Francisco", "America/Los_Angeles"),
        ("munich", "Europe/Berlin"),
        ("MÜNCHEN", "Europe/Berlin"),
        ("munchen", "Europe/Berlin"),
        ("Beijing", "Asia/Shanghai"),
        ("Boston", "America/New_York"),
        ("Delhi", "Asia/Kolkata"),
        ("sao paulo", "America/Sao_Paulo"),
        ("Bostn", "America/New_York"),
    ],
)
def test_towns_without_a_zone_of_their_own_are_found(typed: str, zone: str) -> None:
    assert best(typed) == zone


def test_towns_are_found_as_the_reader_calls_them() -> None:
    assert best("Kairo", "de-DE") == "Africa/Cairo"
    assert best("Mexiko-Stadt", "de-DE") == "America/Mexico_City"


def test_each_town_s_zone_exists_and_is_in_the_menu() -> None:
    assert set(ZONE_OF.values()) <= set(zones())


def test_what_fits_no_zone_is_a_choice_that_is_refused() -> None:
    [(value, label)] = zone_choices("qqqqqq", zones_like("qqqqqq")).items()
    assert label == "No zone fits 'qqqqqq': type a larger city nearby"
    with pytest.raises(NotFound, match="I don't know a time zone 'qqqqqq'"):
        require_zone(value)
    assert zone_choices("boston", zones_like("boston"))["America/New_York"] == "Boston: New York (America/New_York)"


def test_a_zone_that_is_none_names_the_nearest() -> None:
    assert require_zone("Europe/Berlin") == "Europe/Berlin"
    with pytest.raises(NotFound, match="Did you mean Europe/Berlin") as error:
        require_zone("Europe/Belrin")
    assert error.value.candidates[0] == "Europe/Berlin"
    with pytest.raises(NotFound, match="Begin to type a larger city"):
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
