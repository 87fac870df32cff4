"""The balance index: 100 is the mean of siblings, and what is not known is not guessed."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domain.territories.balance import Load, Measure, balance, is_flagged

values = st.dictionaries(st.integers(1, 9), st.integers(1, 10**12), min_size=2, max_size=9)


def same(value: int | None) -> Load:
    return Load(value, value, value)


@given(values)
def test_the_indices_of_siblings_have_the_mean_100(found: dict[int, int]) -> None:
    made = balance(dict.fromkeys(found), {one: same(value) for one, value in found.items()})
    for measure in Measure:
        indices = [made[one].index[measure] for one in found]
        assert sum(filter(None, indices)) == 100 * len(found)


def test_only_what_is_beyond_20_is_flagged() -> None:
    made = balance({1: None, 2: None}, {1: Load(80, 79, 100), 2: Load(120, 121, 100)})
    assert made[1].flagged == made[2].flagged == (Measure.REVENUE,)
    assert not is_flagged(Fraction(120))
    assert is_flagged(Fraction(12001, 100))


def test_siblings_have_the_same_parent_and_an_only_child_has_none() -> None:
    made = balance({1: None, 2: 1, 3: 1, 4: 2}, {one: same(10 * one) for one in (1, 2, 3, 4)})
    assert set(made) == {2, 3}
    assert made[2].index[Measure.POTENTIAL] == 80


def test_what_is_not_known_has_no_index_and_is_in_no_mean() -> None:
    made = balance(dict.fromkeys((1, 2, 3)), {1: same(None), 2: same(10), 3: same(30)})
    assert made[1].index[Measure.WORKLOAD] is None
    assert made[2].index[Measure.WORKLOAD] == 50
    lone = balance(dict.fromkeys((1, 2)), {1: same(None), 2: same(10)})
    assert lone[2].index[Measure.REVENUE] is None
    none = balance(dict.fromkeys((1, 2)), {1: same(0), 2: same(0)})
    assert none[2].index[Measure.REVENUE] is None
    assert none[2].flagged == ()
