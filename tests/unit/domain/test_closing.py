"""The fewest deals that close a gap, against every selection there is."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from domain.closing import Candidate, fewest

FIRST = date(2026, 11, 23)


def deal(key: str, amount: int, chance: int = 500_000, days: int = 0) -> Candidate:
    return Candidate(key, amount, chance, FIRST + timedelta(days=days))


def some(most: int) -> st.SearchStrategy[list[Candidate]]:
    facts = st.tuples(st.integers(-5, 60), st.integers(0, 4), st.integers(0, 3))
    return st.lists(facts, max_size=most).map(
        lambda rows: [deal(f"D{n}", amount, chance * 250_000, days) for n, (amount, chance, days) in enumerate(rows)]
    )


def total(deals: Sequence[Candidate]) -> int:
    return sum(one.amount for one in deals)


def worth(deals: Sequence[Candidate]) -> tuple[int, list[date]]:
    return -sum(one.chance for one in deals), sorted((one.closes_on for one in deals), reverse=True)


@given(some(9), st.integers(-10, 300))
def test_no_smaller_and_no_better_selection_closes_the_gap(deals: list[Candidate], gap: int) -> None:
    found = fewest(deals, gap)
    useful = [one for one in deals if one.amount > 0]
    if total(useful) < gap:
        assert sorted(one.key for one in found) == sorted(one.key for one in useful)
        return
    assert total(found) >= gap or not found
    enough = [s for size in range(len(useful) + 1) for s in combinations(useful, size) if total(s) >= gap]
    size = min(len(one) for one in enough)
    assert len(found) == size
    assert worth(found) == min(worth(one) for one in enough if len(one) == size)


@given(some(60), st.integers(1, 2_000))
def test_of_many_deals_the_size_is_the_smallest_and_no_exchange_of_two_helps(deals: list[Candidate], gap: int) -> None:
    found = fewest(deals, gap)
    amounts = sorted((one.amount for one in deals if one.amount > 0), reverse=True)
    if sum(amounts) < gap:
        assert len(found) == len(amounts)
        return
    assert total(found) >= gap
    assert sum(amounts[: len(found) - 1]) < gap
    rest = [one for one in deals if one.amount > 0 and one not in found]
    for old in found:
        for new in rest:
            if total(found) - old.amount + new.amount >= gap:
                assert (new.chance, -(new.closes_on - FIRST).days) <= (old.chance, -(old.closes_on - FIRST).days)


@given(some(12), st.integers(0, 300))
def test_the_order_in_which_deals_come_does_not_matter(deals: list[Candidate], gap: int) -> None:
    assert fewest(deals, gap) == fewest(deals[::-1], gap)


def test_chance_comes_before_the_day_and_the_day_before_the_key() -> None:
    deals = [deal("a", 10, 100), deal("b", 12, 900, days=9), deal("c", 11, 900, days=2), deal("d", 11, 900, days=2)]
    assert [one.key for one in fewest(deals, 10)] == ["c"]


def test_what_is_met_needs_no_deal_and_a_gap_beyond_all_takes_all() -> None:
    deals = [deal("a", 5), deal("b", 7), deal("zero", 0), deal("return", -3)]
    assert fewest(deals, 0) == ()
    assert fewest(deals, -4) == ()
    assert [one.key for one in fewest(deals, 13)] == ["b", "a"]
    assert fewest([], 5) == ()
