"""The one thing to do: the first rule that applies, and what it looked at."""

import pytest

from domain.recommend import Action, Rule, Situation, Want, Wanting, recommend

QUIET = Wanting(1, Want.QUIET, 85_000, 12)
BIGGER = Wanting(2, Want.QUIET, 90_000, 9)
SMALL = Wanting(3, Want.QUIET, 100, 30)
LATE = Wanting(4, Want.OVERDUE, 40_000, 5)
GONE = Wanting(5, Want.SLIPPED, 60_000, 3)


def situation(
    *wanting: Wanting,
    target: int | None = 1_000_000,
    gap: int | None = 500_000,
    open_amount: int = 900_000,
    needed: int | None = None,
) -> Situation:
    return Situation(target, gap, 20, open_amount, needed, wanting)


@pytest.mark.parametrize(
    ("now", "rule"),
    [
        (situation(QUIET, target=None, gap=None), Rule.SET_TARGET),
        (situation(QUIET, gap=0), Rule.KEEP),
        (situation(LATE, QUIET, GONE, needed=2_000_000), Rule.NEXT_STEPS),
        (situation(SMALL, LATE, GONE), Rule.OVERDUE),
        (situation(GONE, needed=2_000_000), Rule.PULL_BACK),
        (situation(SMALL, needed=2_000_000), Rule.PIPELINE),
        (situation(needed=900_000), Rule.CLOSE),
        (situation(open_amount=0), Rule.KEEP),
    ],
)
def test_the_first_rule_that_applies_chooses(now: Situation, rule: Rule) -> None:
    assert recommend(now).rule is rule


def test_the_largest_two_deals_are_named_and_all_are_counted() -> None:
    assert recommend(situation(SMALL, QUIET, BIGGER)) == Action(Rule.NEXT_STEPS, (BIGGER, QUIET), 3, 175_100)


def test_what_is_missing_is_what_the_win_rate_asks_for_less_what_is_open() -> None:
    assert recommend(situation(needed=1_500_000)).amount == 600_000
