"""Forecasts, chances of winning, coverage."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attainment import NotAvailable, Progress, Reason
from domain.calendar import BusinessCalendar
from domain.forecast import (
    Category,
    Chance,
    ChanceSource,
    Counting,
    Coverage,
    OpenDeal,
    PipelineForecast,
    StageCount,
    StageRates,
    by_pipeline,
    coverage,
    pipeline,
    run_rate,
    trailing_year,
    win_rate,
)
from domain.periods import month

D = date.fromisoformat
CALENDAR = BusinessCalendar(range(5))
FEBRUARY = month(2026, 2)


def progress(today):
    return Progress.of(FEBRUARY, D(today), CALENDAR)


def deal(amount, close_on="2026-02-20", **more):
    return OpenDeal(amount, close_on and D(close_on), **more)


@pytest.mark.parametrize(
    ("target", "expected", "today", "answer"),
    [
        (1000, 250, "2026-02-16", 400),
        (None, None, "2026-02-16", 200),
        (0, 0, "2026-02-16", 200),
        (1000, 0, "2026-02-16", NotAvailable(Reason.NOTHING_EXPECTED)),
        (1000, 10, "2026-02-03", NotAvailable(Reason.TOO_EARLY)),
        (None, None, "2026-01-03", NotAvailable(Reason.NOT_BEGUN)),
        (1000, 1000, "2026-03-01", 100),
        (None, None, "2026-03-01", 100),
    ],
)
def test_the_run_rate_follows_the_season_of_the_target(target, expected, today, answer):
    assert run_rate(100, target, expected, progress(today)) == answer


def test_open_deals_count_when_they_close_in_the_rest_of_the_period():
    deals = [deal(100), deal(200, "2026-02-09"), deal(400, "2026-02-10"), deal(800, "2026-02-28"),
             deal(1600, "2026-03-01"), deal(3200, None)]  # fmt: skip
    found = pipeline(deals, FEBRUARY, D("2026-02-10"), StageRates())
    assert [one.deal.amount for one in found.deals] == [100, 400, 800]
    assert ([one.amount for one in found.overdue], [one.amount for one in found.undated]) == ([200], [3200])
    assert (found.amount, found.weighted, found.counted(ChanceSource.NONE)) == (1300, 0, 3)


def test_nothing_closes_in_the_rest_of_a_period_that_has_ended():
    assert pipeline([deal(100)], FEBRUARY, D("2026-02-21"), StageRates()).amount == 0
    assert pipeline([deal(100, "2026-03-05")], FEBRUARY, D("2026-03-01"), StageRates()).amount == 0


def test_a_measured_rate_needs_thirty_deals_and_comes_first():
    rates = StageRates([StageCount("demo", 30, 10), StageCount("talk", 29, 29)], {"talk": 400_000, "demo": 1})
    chances = [rates.chance(one) for one in (
        deal(1, stage="demo", probability=900_000), deal(1, stage="talk", probability=900_000),
        deal(1, stage="talk"), deal(1, stage="else"), deal(1))]  # fmt: skip
    assert chances == [
        Chance(333_333, ChanceSource.HISTORY, 30),
        Chance(900_000, ChanceSource.DEAL),
        Chance(400_000, ChanceSource.CONFIGURED),
        Chance(0, ChanceSource.NONE),
        Chance(0, ChanceSource.NONE),
    ]


def test_a_group_of_deals_counts_as_many():
    deals = [deal(100, count=3), deal(50, "2026-02-01", count=2)]
    found = pipeline(deals, FEBRUARY, D("2026-02-10"), StageRates())
    assert (found.count, found.overdue_count, found.counted(ChanceSource.NONE)) == (3, 2, 3)


def test_the_trailing_year_of_a_leap_day():
    assert trailing_year(D("2024-02-29")).start == D("2023-02-28")
    assert trailing_year(D("2026-04-30")).start == D("2025-04-30")


def test_the_pipeline_forecast_by_chance_and_by_category():
    rates = StageRates(configured={"demo": 250_000})
    deals = [deal(100, stage="demo", category=Category.COMMIT), deal(200, stage="demo", category=Category.BEST_CASE),
             deal(402, stage="demo", category=Category.OMITTED)]  # fmt: skip
    found = pipeline(deals, FEBRUARY, D("2026-02-10"), rates)
    assert by_pipeline(1000, found, progress("2026-02-10")) == PipelineForecast(1175, 1100, 1300)
    assert by_pipeline(1000, found, progress("2026-03-01")) == NotAvailable(Reason.ENDED)


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**6), st.sampled_from([None, *Category]))))
def test_the_pipeline_forecasts_are_said_from_the_lowest_to_the_highest(some):
    deals = [deal(amount, probability=chance, category=category) for amount, chance, category in some]
    found = by_pipeline(7, pipeline(deals, FEBRUARY, D("2026-02-10"), StageRates()), progress("2026-02-10"))
    said = found.ascending
    assert [amount for _, amount in said] == sorted(amount for _, amount in said)
    assert dict(said)[Counting.CHANCES] == found.weighted
    categorised = any(category for *_, category in some)
    assert len(said) == (3 if categorised else 1)
    assert not categorised or (dict(said)[Counting.COMMIT], dict(said)[Counting.BEST_CASE]) == (
        found.commit,
        found.best_case,
    )


def test_without_categories_there_is_no_commit():
    found = by_pipeline(0, pipeline([deal(5)], FEBRUARY, D("2026-02-10"), StageRates()), progress("2026-02-10"))
    assert found == PipelineForecast(0, NotAvailable(Reason.NO_CATEGORY), NotAvailable(Reason.NO_CATEGORY))


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**6)), max_size=20))
def test_the_weighted_amount_is_the_sum_of_what_each_deal_lists(some):
    deals = [deal(amount, probability=chance) for amount, chance in some]
    found = pipeline(deals, FEBRUARY, D("2026-02-10"), StageRates())
    assert found.weighted == sum(one.weighted for one in found.deals) <= found.amount


@pytest.mark.parametrize(
    ("gap", "today", "won", "lost", "answer"),
    [
        (100, "2026-02-10", 1, 2, Coverage(Fraction(12, 5), Fraction(3))),
        (100, "2026-02-10", 0, 2, Coverage(Fraction(12, 5), NotAvailable(Reason.NONE_WON))),
        (100, "2026-02-10", 0, 0, Coverage(Fraction(12, 5), NotAvailable(Reason.NONE_CLOSED))),
        (0, "2026-02-10", 1, 2, NotAvailable(Reason.MET)),
        (-5, "2026-02-10", 1, 2, NotAvailable(Reason.MET)),
        (100, "2026-03-01", 1, 2, NotAvailable(Reason.ENDED)),
        (NotAvailable(Reason.NO_TARGET), "2026-02-10", 1, 2, NotAvailable(Reason.NO_TARGET)),
    ],
)
def test_coverage_and_what_is_needed(gap, today, won, lost, answer):
    assert coverage(240, gap, progress(today), won=won, lost=lost) == answer


def test_win_rate():
    assert win_rate(1, 3) == Fraction(1, 4)
    assert win_rate(0, 0) == NotAvailable(Reason.NONE_CLOSED)
