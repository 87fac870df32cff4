"""Why a figure moved: a cause for each way in which a deal can change, and the largest ones first."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.movement import Cause, DealState, Stake, cause_of, largest

HAD = Stake(1_000_000, 500, "USD", 500)
WON, OPEN, LOST = (DealState("A deal", "Globex", status) for status in ("won", "open", "lost"))


@pytest.mark.parametrize(
    ("cause", "before", "after", "was", "now"),
    [
        (Cause.WON, None, HAD, None, WON),
        (Cause.WON, None, HAD, OPEN, WON),
        (Cause.WON, None, HAD, LOST, WON),
        (Cause.RETURNED, None, replace(HAD, inside=-500), None, WON),
        (Cause.MOVED_TO, None, HAD, WON, WON),
        (Cause.MOVED_TO, None, replace(HAD, inside=-500), WON, WON),
        (Cause.MOVED_FROM, HAD, None, WON, WON),
        (Cause.REOPENED, HAD, None, WON, OPEN),
        (Cause.LOST, HAD, None, WON, LOST),
        (Cause.REMOVED, HAD, None, WON, None),
        (Cause.REDATED, HAD, replace(HAD, inside=0), WON, WON),
        (Cause.REDATED, replace(HAD, inside=0), HAD, WON, WON),
        (Cause.SHARE, HAD, replace(HAD, share=500_000, amount=250, inside=250), WON, WON),
        (Cause.AMOUNT, HAD, replace(HAD, amount=700, inside=700), WON, WON),
        (Cause.AMOUNT, HAD, replace(HAD, currency="EUR", inside=550), WON, WON),
        (Cause.RATE, HAD, replace(HAD, inside=510), WON, WON),
    ],
)
def test_each_way_in_which_a_deal_changes_has_its_cause(
    cause: Cause, before: Stake | None, after: Stake | None, was: DealState | None, now: DealState | None
) -> None:
    change = (after.inside if after else 0) - (before.inside if before else 0)
    assert cause_of(change, before, after, was, now) is cause


@given(st.dictionaries(st.integers(1, 50), st.integers(-1000, 1000)), st.integers(0, 10))
def test_what_is_shown_and_the_rest_are_the_whole_change(changes: dict[int, int], most: int) -> None:
    shown, others, rest = largest(list(changes.items()), most)
    assert sum(amount for _, amount in shown) + rest == sum(changes.values())
    assert len(shown) + others == len(changes)
    assert len(shown) <= most
    smallest = min((abs(amount) for _, amount in shown), default=None)
    left = {deal: amount for deal, amount in changes.items() if deal not in dict(shown)}
    assert smallest is None or all(abs(amount) <= smallest for amount in left.values())
