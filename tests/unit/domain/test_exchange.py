"""Rates: which one applies, and exact conversion."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.company import Rate, Settings
from domain.exchange import ONE, Exchange, MissingRate, Quote

E12 = 1_100_000_000_000
RATES = [
    Rate("EUR", "2026-03", E12),
    Rate("EUR", "2026-05", E12 + 1),
    Rate("EUR", "FY2026", 2 * ONE),
    Rate("CHF", "FY2026", 3 * ONE),
    Rate("JPY", "2026-01", 7_000_000_000),
]


def exchange(basis="month", currency="USD", fiscal_start=1):
    return Exchange(Settings(currency=currency, rate_basis=basis, fiscal_start=fiscal_start), RATES)


def test_the_workspace_s_own_currency_needs_no_rate():
    assert exchange().to_base(123, "USD", date(1999, 1, 1)) == (123, Quote("USD", ONE))


def test_the_rate_is_that_of_the_credit_month():
    assert exchange().rate("EUR", date(2026, 5, 31)) == Quote("EUR", E12 + 1, "2026-05")


def test_a_month_without_a_rate_uses_the_latest_earlier_one_marked():
    assert exchange().rate("EUR", date(2026, 4, 1)) == Quote("EUR", E12, "2026-03", stale=True)
    assert exchange().rate("EUR", date(2030, 1, 1)) == Quote("EUR", E12 + 1, "2026-05", stale=True)


def test_before_the_first_rate_there_is_none():
    with pytest.raises(MissingRate, match="EUR in 2026-02") as caught:
        exchange().rate("EUR", date(2026, 2, 28))
    assert (caught.value.currency, caught.value.month) == ("EUR", "2026-02")


def test_a_plan_rate_counts_only_where_the_workspace_wants_it():
    assert exchange("plan").rate("EUR", date(2026, 4, 1)) == Quote("EUR", 2 * ONE, "FY2026")
    assert exchange("plan").rate("EUR", date(2027, 1, 1)) == Quote("EUR", E12 + 1, "2026-05", stale=True)
    with pytest.raises(MissingRate):
        exchange("month").rate("CHF", date(2026, 4, 1))


def test_the_plan_rate_is_that_of_the_fiscal_year():
    assert exchange("plan", fiscal_start=7).rate("CHF", date(2025, 7, 1)).period == "FY2026"
    with pytest.raises(MissingRate):
        exchange("plan", fiscal_start=7).rate("CHF", date(2026, 7, 1))


def test_open_amounts_use_the_latest_monthly_rate_also_under_a_plan():
    assert exchange("plan").latest("EUR", date(2026, 6, 1)) == Quote("EUR", E12 + 1, "2026-05", stale=True)
    assert exchange("plan").latest("CHF", date(2026, 6, 1)) == Quote("CHF", 3 * ONE, "FY2026")
    assert exchange().latest("USD", date(2026, 6, 1)).period is None
    with pytest.raises(MissingRate):
        exchange().latest("CHF", date(2026, 6, 1))


def test_currencies_with_other_minor_units():
    assert exchange().to_base(1000, "JPY", date(2026, 1, 5))[0] == 700
    assert exchange(currency="JPY").convert(700, "USD", Quote("USD", 142_857_142_857_143, "2026-01")) == 1000


@given(st.integers(-(10**14), 10**14), st.integers(1, 10**16), st.sampled_from(["USD", "JPY", "KWD", "EUR"]))
def test_conversion_is_exact_up_to_one_rounding(minor, e12, currency):
    digits = {"USD": 2, "JPY": 0, "KWD": 3, "EUR": 2}
    base = exchange(currency="EUR").convert(minor, currency, Quote(currency, e12, "2026-01"))
    assert base == round(Fraction(minor * e12, ONE) * Fraction(10) ** (2 - digits[currency]))
