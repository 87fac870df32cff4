"""Periods as people write them."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.kit.periods import parse_period, split_query
from domain.errors import NotFound, UsageError
from domain.periods import PeriodKind, containing, quarter

TODAY = date(2026, 8, 20)
JULY = 7


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("this quarter", "2026Q3"),
        ("current  QUARTER", "2026Q3"),
        ("last quarter", "2026Q2"),
        ("previous month", "2026-07"),
        ("next month", "2026-09"),
        ("this year", "FY2026"),
        ("next fiscal year", "FY2027"),
        ("Q3", "2026Q3"),
        ("q1", "2026Q1"),
        ("2025Q4", "2025Q4"),
        ("2025-q4", "2025Q4"),
        ("2025 Q4", "2025Q4"),
        ("Q4 2025", "2025Q4"),
        ("Q4/2025", "2025Q4"),
        ("Q4 FY25", "2025Q4"),
        ("Q3 25", "2025Q3"),
        ("Q3 '25", "2025Q3"),
        ("q3-25", "2025Q3"),
        ("FY2025", "FY2025"),
        ("fy 25", "FY2025"),
        ("2025", "FY2025"),
        ("2026-09", "2026-09"),
        ("2026/9", "2026-09"),
        ("Sep 2025", "2025-09"),
        ("Sept. 2025", "2025-09"),
        ("September 2025", "2025-09"),
        ("2025 september", "2025-09"),
        ("September", "2026-09"),
        ("MAY", "2026-05"),
    ],
)
def test_what_is_accepted(words, label):
    assert parse_period(words, TODAY, 1).label == label


@pytest.mark.parametrize(
    ("words", "label"),
    [("Q3", "2027Q3"), ("this quarter", "2027Q1"), ("last quarter", "2026Q4"), ("this year", "FY2027"),
     ("March", "2027-03"), ("September", "2026-09"), ("Sep 2026", "2026-09"), ("2026", "FY2026")],
)  # fmt: skip
def test_with_a_fiscal_year_that_starts_in_july(words, label):
    assert parse_period(words, TODAY, JULY).label == label


@pytest.mark.parametrize(
    "words", ["", "  ", "Q5", "Q0", "2026Q9", "2026-13", "2026-00", "last week", "FY20266", "now", "1066", "3000Q1", "Ohio",
              "٢٠٢٦"]
)  # fmt: skip
def test_what_is_no_period_is_answered_with_the_accepted_forms(words):
    with pytest.raises(UsageError, match="Q3 2026, 2026Q3, September"):
        parse_period(words, TODAY, 1)


@pytest.mark.parametrize(
    ("text", "rest", "label"),
    [
        ("", "", "2026Q3"),
        ("ana", "ana", "2026Q3"),
        ("ana last month", "ana", "2026-07"),
        ("last month ana", "ana", "2026-07"),
        ("ana last month lopez", "ana lopez", "2026-07"),
        ("<@U1|may> Q2 2026", "<@U1|may>", "2026Q2"),
        ("Ohio, for Sep 2026", "Ohio", "2026-09"),
        ("in May", "", "2026-05"),
        ("April Jones this quarter", "April Jones", "2026Q3"),
        ("Studio 2026 Q1", "Studio", "2026Q1"),
        ("Studio 2026 last quarter", "Studio 2026", "2026Q2"),
        ('"April" FY2025', "April", "FY2025"),
        ("“April Jones”", "April Jones", "2026Q3"),
        ('"Q3"', "Q3", "2026Q3"),
        ("Q2 ana Q2", "ana", "2026Q2"),
        ("Next Generation", "Next Generation", "2026Q3"),
        ("Area 51", "Area 51", "2026Q3"),
    ],
)
def test_the_period_may_stand_anywhere(text, rest, label):
    found = split_query(text, TODAY, 1)
    assert (found[0], found[1].label) == (rest, label)


@pytest.mark.parametrize(
    ("text", "asked", "nearest"),
    [
        ("last qarter", "last qarter", "last quarter"),
        ("ana last qarter", "last qarter", "last quarter"),
        ("new york  Last  Quartr", "Last  Quartr", "last quarter"),
        ("lats month, ana", "lats month", "last month"),
        ("previos yaer", "previos yaer", "previous year"),
    ],
)
def test_a_period_that_is_misspelt_is_offered(text, asked, nearest):
    with pytest.raises(NotFound, match=f"Did you mean {nearest}") as found:
        split_query(text, TODAY, 1)
    assert (found.value.asked, found.value.candidates) == (asked, (nearest,))


@pytest.mark.parametrize(
    "text", ["East Quarter", "Next Gear", "Pacific Northwest", "Nadia Young", '"Last Quartz"', "Mary"]
)
def test_a_name_is_no_misspelt_period(text):
    assert split_query(text, TODAY, 1)[0] == text.strip('"')


def test_on_the_command_line_the_nearest_period_is_said():
    with pytest.raises(UsageError, match="Did you mean last quarter"):
        parse_period("last qarter", TODAY, 1)


def test_without_a_period_there_is_a_default():
    assert split_query("ana", TODAY, 1, default=quarter(2025, 1, 1)) == ("ana", quarter(2025, 1, 1))


@pytest.mark.parametrize("text", ["ana Q5", "last week ana", "2026-13", "ana today", "ana FY9", "Q1 Q2", "april june"])
def test_what_was_meant_as_a_period_is_not_taken_for_a_name(text):
    with pytest.raises(UsageError):
        split_query(text, TODAY, 1)


@given(st.text(max_size=60))
def test_anything_that_is_typed_is_read_or_refused_in_words(text):
    with suppress(UsageError, NotFound):
        rest, _ = split_query(text, TODAY, JULY)
        assert rest == rest.strip()


@given(st.dates(date(1950, 1, 1), date(2900, 1, 1)), st.sampled_from(PeriodKind), st.integers(1, 12))
def test_every_label_is_accepted(day, kind, fiscal_start):
    period = containing(day, kind, fiscal_start)
    assert parse_period(period.label, TODAY, fiscal_start) == period
