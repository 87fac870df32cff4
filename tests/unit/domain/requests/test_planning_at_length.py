"""The properties of plans, many times over."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.requests.model import Basis, TargetRule
from tests.unit.domain.companies import D
from tests.unit.domain.requests import (
    test_planning_assigning,
    test_planning_moving,
    test_planning_reversing,
    test_planning_territories,
)

SEED = st.integers(0, 2**32 - 1)
DAY = st.dates(D("2025-12-20"), D("2026-12-20"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("prop", "drawn"),
    [
        (
            test_planning_moving.test_targets_are_conserved_to_the_cent,
            (SEED, DAY, st.sampled_from(TargetRule), st.sampled_from([Basis.CREDIT, Basis.EQUAL])),
        ),
        (test_planning_moving.test_accounts_are_where_they_shall_be_and_nothing_changes_before, (SEED, DAY)),
        (test_planning_assigning.test_targets_do_not_change_in_sum_and_no_day_has_two_primaries, (SEED,)),
        (
            test_planning_territories.test_splits_and_merges_conserve_targets_to_the_cent,
            (SEED, st.sampled_from([TargetRule.MOVES, TargetRule.RELIEVED])),
        ),
        (test_planning_territories.test_before_the_day_the_old_rules_hold_and_from_it_on_the_new_ones, (SEED,)),
        (test_planning_reversing.test_before_the_day_as_changed_and_from_it_on_as_before, (SEED,)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_at_length(prop, drawn):
    many = settings(max_examples=1000, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
    many(given(*drawn)(prop.hypothesis.inner_test))()
