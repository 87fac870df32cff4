"""Amounts, and the places where they are rounded."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.company import WHOLE
from domain.errors import DataError
from domain.money import BIGGEST, Money, allocate, apply_share, divide, exponent, is_currency, to_decimal, to_minor

amounts = st.integers(-(10**15), 10**15)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "rounded"),
    [
        ("1234.50", "USD", 123450, False),
        ("0.125", "USD", 12, True),
        ("0.135", "USD", 14, True),
        ("-0.125", "USD", -12, True),
        ("150", "JPY", 150, False),
        ("150.5", "JPY", 150, True),
        ("1.2345", "KWD", 1234, True),
        ("1.2345", "CLF", 12345, False),
        ("1e3", "USD", 100000, False),
        ("0.00000000000000000000000000000000000000000001", "USD", 0, True),
        ("0.12500000000000000000000000000000000001", "USD", 13, True),
    ],
)
def test_minor_units_are_rounded_half_to_even_and_say_so(amount, currency, minor, rounded):
    assert to_minor(Decimal(amount), currency) == (minor, rounded)


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity", "1e400", "-1e19", "92233720368547758.08"])
def test_what_is_no_amount_or_does_not_fit_is_refused(amount):
    with pytest.raises(DataError):
        to_minor(Decimal(amount), "USD")


def test_the_largest_amount_fits():
    assert to_minor(Decimal("92233720368547758.07"), "USD") == (BIGGEST, False)


@pytest.mark.parametrize("code", ["", "usd", "US", "XXL", "EURO"])
def test_an_unknown_currency_is_refused(code):
    assert not is_currency(code)
    with pytest.raises(DataError, match="not a currency"):
        exponent(code)


@given(amounts, st.sampled_from(["USD", "JPY", "BHD", "CLF"]))
def test_an_amount_survives_the_way_to_decimal_and_back(minor, currency):
    decimal = to_decimal(minor, currency)
    assert to_minor(decimal, currency) == (minor, False)
    assert -decimal.as_tuple().exponent == exponent(currency)


def test_money_prints_the_digits_of_its_currency():
    assert str(Money(150, "USD").decimal) == "1.50"
    assert str(Money(150, "JPY").decimal) == "150"


@given(amounts, st.integers(-(10**9), 10**9).filter(bool))
def test_division_is_the_nearest_integer_and_even_when_in_doubt(numerator, denominator):
    assert divide(numerator, denominator) == round(Fraction(numerator, denominator))


@given(amounts)
def test_the_whole_share_of_an_amount_is_the_amount(amount):
    assert apply_share(amount, WHOLE) == amount
    assert apply_share(amount, 0) == 0


@given(amounts, weights)
def test_parts_sum_to_the_whole_and_lie_within_one_of_their_quota(total, some):
    parts = allocate(total, some)
    assert sum(parts) == total
    for part, weight in zip(parts, some, strict=True):
        assert abs(part - Fraction(total * weight, sum(some))) < 1
        assert weight or not part


@given(amounts, weights)
def test_a_negative_total_gives_the_mirrored_parts(total, some):
    assert allocate(-total, some) == [-part for part in allocate(total, some)]


def test_equal_remainders_favour_the_earlier():
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(-2, [1, 1, 1]) == [-1, -1, 0]


@pytest.mark.parametrize("some", [[], [0], [0, 0], [2, -1], [-1], [1, -2]])
def test_weights_that_cannot_split_are_refused(some):
    with pytest.raises(ValueError, match="cannot split"):
        allocate(100, some)
