"""Bridges: one cause for each deal, parts that sum to the change, and cents that follow the deal that changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bridges import Booked, Bridge, DealAt, Held, Part, Step, part_of, reweighed
from domain.credit import Kind
from domain.money import apply_share, divide
from domain.open_changes import Line, Weigh, reweigh, spread
from domain.shapley import Closed, factors, shapley

DAY, LATER, NEXT = date(2026, 11, 2), date(2026, 12, 2), date(2027, 1, 9)
ANA, BEN = 1, 2
ROW = Booked(Kind.REVENUE, ANA, 1, 1_000_000, DAY, 500, "USD", 500)
OVERLAY = replace(ROW, kind=Kind.OVERLAY, person=BEN)
OPEN = DealAt("open", held=frozenset({Held(ANA, 1, 1_000_000)}), is_due=True, expected=LATER, amount=500, currency="USD",
              stage="Demo", chance=200_000, rate=10**12)  # fmt: skip
GONE = replace(OPEN, status="lost", held=frozenset(), is_due=False)


def won(*rows: Booked, inside: int | None = None, in_period: bool = True) -> DealAt:
    rows = rows or (ROW,)
    whole = sum(row.base for row in rows) if inside is None else inside
    return DealAt("won", booked=frozenset(rows), inside=whole, in_period=in_period, amount=500, currency="USD")


HALVES = (
    replace(ROW, share=500_000, amount=250, base=250),
    replace(ROW, person=BEN, share=500_000, amount=250, base=250),
)


ELSEWHERE = DealAt("won")
"""Won, and of nobody in the scope."""


@pytest.mark.parametrize(
    ("part", "was", "now"),
    [
        (Part.WON, None, won()),
        (Part.WON, OPEN, won()),
        (Part.WON, GONE, won()),
        (Part.WON, OPEN, won(replace(ROW, amount=0, base=0))),
        (Part.RETURNED, None, won(replace(ROW, amount=-500, base=-500))),
        (Part.MOVED, OPEN, ELSEWHERE),
        (Part.MOVED, OPEN, won(inside=0)),
        (Part.MOVED, ELSEWHERE, won()),
        (Part.MOVED, won(), ELSEWHERE),
        (Part.SLIPPED, OPEN, won(replace(ROW, on_day=NEXT), inside=0, in_period=False)),
        (Part.CORRECTED, won(), OPEN),
        (Part.CORRECTED, won(), GONE),
        (Part.CORRECTED, won(), None),
        (Part.CORRECTED, won(), won(replace(ROW, on_day=NEXT), inside=0, in_period=False)),
        (Part.CORRECTED, won(), won(replace(ROW, amount=600, base=600))),
        (Part.CORRECTED, won(), won(replace(ROW, currency="EUR", base=600))),
        (Part.CORRECTED, won(), won(*HALVES, inside=250)),
        (Part.MOVED, won(), won(ROW, OVERLAY)),
        (Part.CORRECTED, won(ROW, OVERLAY), won(ROW, replace(OVERLAY, share=500_000, amount=250, base=250))),
        (Part.MOVED, won(), won(replace(ROW, person=BEN), inside=0)),
        (Part.CORRECTED, won(), won(replace(ROW, person=BEN, amount=600, base=600), inside=0)),
        (Part.MOVED, won(), won(replace(ROW, territory=2), inside=0)),
        (Part.MOVED, won(), won(inside=0)),
        (Part.MOVED, won(*HALVES), won(HALVES[0], replace(HALVES[1], person=3), inside=250)),
        (Part.CURRENCY, won(), won(replace(ROW, base=510))),
        (Part.CREATED, None, OPEN),
        (Part.CORRECTED, OPEN, None),
        (Part.CORRECTED, GONE, OPEN),
        (Part.CORRECTED, ELSEWHERE, OPEN),
        (Part.LOST, OPEN, GONE),
        (Part.SLIPPED, OPEN, replace(OPEN, is_due=False, expected=NEXT)),
        (Part.SLIPPED, OPEN, replace(OPEN, is_due=False)),
        (Part.SLIPPED, OPEN, replace(OPEN, is_due=False, expected=None)),
        (Part.PULLED_IN, replace(OPEN, is_due=False, expected=NEXT), OPEN),
        (Part.PULLED_IN, replace(OPEN, is_due=False, expected=None), OPEN),
        (Part.MOVED, OPEN, replace(OPEN, held=frozenset())),
        (Part.MOVED, replace(OPEN, held=frozenset()), replace(OPEN, chance=300_000)),
        (Part.AMOUNT, OPEN, replace(OPEN, amount=600)),
        (Part.AMOUNT, OPEN, replace(OPEN, currency="EUR", rate=2 * 10**12)),
        (Part.PROBABILITY, OPEN, replace(OPEN, stage="Talks", chance=600_000)),
        (Part.CURRENCY, OPEN, replace(OPEN, rate=2 * 10**12)),
        (Part.CURRENCY, replace(OPEN, rate=None), OPEN),
        # Of several the one that did most.
        (Part.PROBABILITY, OPEN, replace(OPEN, amount=501, chance=600_000)),
        (Part.AMOUNT, OPEN, replace(OPEN, amount=5, chance=600_000)),
        (Part.AMOUNT, replace(OPEN, amount=0), replace(OPEN, chance=600_000)),
        # Only what it is added up with is another.
        (Part.SLIPPED, replace(OPEN, expected=DAY), OPEN),
        (Part.PULLED_IN, OPEN, replace(OPEN, expected=DAY)),
        (Part.PROBABILITY, OPEN, replace(OPEN, category="commit")),
    ],
)  # fmt: skip
def test_each_way_in_which_a_deal_changes_is_a_part(part: Part, was: DealAt | None, now: DealAt | None) -> None:
    assert part_of(was, now) is part


def test_deals_that_only_weigh_differently() -> None:
    assert reweighed(chance=(200_000, 210_000), rate=(10**12, 10**12)) is Part.PROBABILITY
    assert reweighed(chance=(200_000, 210_000), rate=(10**12, 2 * 10**12)) is Part.CURRENCY
    assert reweighed(chance=(200_000, 200_000), rate=(0, 10**12)) is Part.CURRENCY


def test_a_bridge_whose_steps_do_not_sum_to_the_change_is_refused() -> None:
    bridge = Bridge(100, 150, (Step(1, Part.WON, 70), Step(2, Part.CORRECTED, -20)))
    assert (bridge.change, bridge.opening, bridge.total(Part.WON), bridge.of(Part.LOST)) == (50, 80, 70, ())
    with pytest.raises(ValueError, match="do not sum to 51"):
        replace(bridge, after=151)
    with pytest.raises(ValueError, match="two steps"):
        replace(bridge, steps=(Step(1, Part.WON, 30), Step(1, Part.WON, 20)))


# Cents

AMOUNTS = st.integers(-(10**6), 10**9)
RATES, CHANCES = st.integers(1, 3 * 10**12), st.integers(0, 1_000_000)


def weigh(rate: int, chance: int) -> Weigh:
    return lambda minor: apply_share(divide(minor * rate, 10**12), chance)


WEIGHS = st.builds(weigh, RATES, CHANCES)


@given(st.integers(0, 10**9), st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=8), WEIGHS)
def test_the_changes_of_a_group_sum_to_its_change(unchanged: int, amounts: list[tuple[int, int]], worth: Weigh) -> None:
    lines = [Line(deal, *both) for deal, both in enumerate(amounts)]
    before = unchanged + sum(line.before for line in lines)
    after = unchanged + sum(line.after for line in lines)
    assert sum(one.change for one in spread(before, lines, worth)) == worth(after) - worth(before)


@given(st.integers(0, 10**9), AMOUNTS, AMOUNTS, WEIGHS)
def test_a_deal_that_changed_alone_is_the_whole_change(unchanged: int, before: int, after: int, worth: Weigh) -> None:
    (only,) = spread(unchanged + before, [Line(7, before, after)], worth)
    assert only == (7, worth(unchanged + after) - worth(unchanged + before))


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=8), WEIGHS, WEIGHS)
def test_a_group_that_is_worth_something_else_is_shared_out_too(
    amounts: list[tuple[int, int]], was: Weigh, now: Weigh
) -> None:
    lines = [Line(deal, *both) for deal, both in enumerate(amounts)]
    whole = now(sum(line.after for line in lines)) - was(sum(line.before for line in lines))
    assert sum(one.change for one in reweigh(lines, was, now)) == whole


# Volume, win rate and deal size


def test_the_three_factors_of_a_worked_example() -> None:
    """40 closed, half won, 100 each = 2,000; then 60 closed, half won, 100 each = 3,000: it was the volume alone."""
    found = factors(Closed(20, 20, 2_000), Closed(30, 30, 3_000))
    assert found is not None
    assert (found.volume, found.win_rate, found.size, found.deals) == (1_000, 0, 0, 40)
    both = factors(Closed(20, 20, 2_000), Closed(30, 10, 6_000))
    assert both is not None
    # 20 -> 30 won of 40, at 100 -> 200: 1,000 + 2,000, and half of the 1,000 that both made together for each.
    assert (both.volume, both.win_rate, both.size) == (0, 1_500, 2_500)


def test_fewer_than_thirty_closed_deals_are_told_one_by_one() -> None:
    assert factors(Closed(10, 19, 5), Closed(30, 30, 9)) is None
    assert factors(Closed(30, 30, 9), Closed(10, 19, 5)) is None
    assert factors(Closed(10, 20, 5), Closed(30, 0, 9)) is not None


CLOSED = st.builds(Closed, st.integers(1, 500), st.integers(30, 500), st.integers(-(10**6), 10**12))


@given(CLOSED, CLOSED)
def test_the_three_parts_sum_to_the_change(was: Closed, now: Closed) -> None:
    found = factors(was, now)
    assert found is not None
    assert found.change == now.amount - was.amount


FACTORS = st.tuples(*[st.fractions(0, 100, max_denominator=50)] * 3)


@given(FACTORS, FACTORS, st.integers(0, 2))
def test_moving_one_factor_alone_moves_its_part_alone(
    was: tuple[Fraction, ...], now: tuple[Fraction, ...], one: int
) -> None:
    assert sum(shapley(was, now)) == prod(now) - prod(was)
    alone = tuple(now[at] if at == one else factor for at, factor in enumerate(was))
    parts = shapley(was, alone)
    assert parts[one] == prod(alone) - prod(was)
    assert all(not part for at, part in enumerate(parts) if at != one)
    assert shapley(now, was) == [-part for part in shapley(was, now)]
