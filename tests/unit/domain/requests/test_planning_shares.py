"""Amounts that are rounded together, and passed on between currencies."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domain.company import Rate, Settings
from domain.exchange import Exchange
from domain.requests.planning.shares import Purse, pass_on, round_together
from tests.unit.domain.companies import D

fractions = st.fractions(0, 10**6, max_denominator=500)


def test_the_largest_remainders_go_up():
    third = Fraction(1, 3)
    assert round_together([third, third, third]) == [1, 0, 0]
    assert round_together([Fraction(1, 5), Fraction(9, 10), Fraction(2)]) == [0, 1, 2]
    assert round_together([]) == []


@given(st.lists(fractions, max_size=12))
def test_each_part_is_next_to_what_is_exact_and_they_add_up(exact):
    parts = round_together(exact)
    assert sum(parts) == round(sum(exact))
    assert all(abs(part - one) < 1 for part, one in zip(parts, exact, strict=True))


# Of rates that make the units of both as different as they are.
RATES = st.sampled_from([10**12, 1_100_000_000_007, 6_400_000_000, 3_257_000_000_000])
CODES = st.sampled_from(["USD", "EUR", "JPY", "KWD"])


@given(CODES, CODES, CODES, RATES, RATES, st.integers(0, 10**6), st.integers(-(10**4), 10**6), st.data())
def test_what_one_loses_the_other_gains(base, mine, theirs, rate, other, amount, has, data):
    rates = [Rate(mine, "2026-01", rate)] + ([Rate(theirs, "2026-01", other)] if theirs != mine else [])
    exchange = Exchange(Settings(currency=base), rates)
    giver, taker = (
        Purse(held, code, exchange.rate(code, D("2026-01-05")), exchange)
        for held, code in ((amount, mine), (has, theirs))
    )
    wanted = data.draw(st.integers(0, amount))
    passed = pass_on(giver, taker, wanted, base)
    assert 0 <= passed.given <= amount
    assert giver.spent(passed.given) == taker.gained(passed.taken) == passed.base
    if mine == theirs:
        assert passed.given == passed.taken
    if mine == theirs == base:
        assert passed.given == wanted


def test_a_neighbour_is_taken_where_the_very_amount_cannot_be_worth_the_same():
    # A cent is worth one and a half yen: four are 6 yen, five are 8, and nothing is 7.
    exchange = Exchange(Settings(currency="JPY"), [Rate("USD", "2026-01", 150 * 10**12)])
    yen, dollar = exchange.rate("JPY", D("2026-01-05")), exchange.rate("USD", D("2026-01-05"))
    giver, taker = Purse(1000, "JPY", yen, exchange), Purse(0, "USD", dollar, exchange)
    assert pass_on(giver, taker, 6, "JPY") == (6, 4, 6)
    assert pass_on(giver, taker, 7, "JPY") == (6, 4, 6)
    assert pass_on(giver, taker, 1, "JPY") == (0, 0, 0)
