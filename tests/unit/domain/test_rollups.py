"""Targets of territories, teams and managers: own rows and sums, compared and never added."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attainment import NotAvailable, Reason
from domain.company import Span, SubjectKind
from domain.periods import PeriodKind, containing, month, quarter
from domain.targets import total
from tests.unit.domain.companies import (
    PEOPLE,
    TERRITORIES,
    D,
    companies,
    days,
    holds,
    model,
    people,
    reports,
    target,
    teams,
    territories,
)

Q1 = quarter(2026, 1, 1)
FEBRUARY = month(2026, 2)


def test_a_territory_that_is_closed_makes_no_sum_of_the_one_above():
    below = territories(t1=None, t2=1)
    company = model(
        people=people(1),
        territories={**below, 2: replace(below[2], closed_on=D("2026-02-15"))},
        targets=[target("territory", 1, "2026Q1", 900), target("territory", 2, "2026Q1", 100)],
        assignments=[holds(1, 1)],
    )
    assert [part.month for part in company.targets.person_parts(1, Q1)] == [month(2026, 3)]


def tree(*targets):
    return model(
        people=people(1, 2),
        territories=territories(t1=None, t2=1, t3=1),
        assignments=[holds(1, 2), holds(2, 3, "2026-02-16")],
        targets=targets,
    ).rollups


def test_without_a_row_of_its_own_a_territory_is_the_sum_of_its_children():
    found = tree(target("territory", 2, "2026-02", 100), target("territory", 3, "2026-02", 200)).territory(1, Q1)
    assert (found.amounts.full, found.has_own) == (300, False)
    assert [part.person for part in found.parts] == [1, None, 2]
    assert found.over_assignment == NotAvailable(Reason.NOTHING_TO_COMPARE)


def test_its_own_row_is_compared_with_the_children_and_not_added():
    found = tree(
        target("territory", 1, "2026-02", 250),
        target("territory", 2, "2026-02", 100),
        target("territory", 3, "2026-02", 200),
        target("territory", 2, "2026-03", 50),
    ).territory(1, Q1)
    assert (found.amounts.full, total(found.children).full) == (300, 350)
    assert found.over_assignment == Fraction(350, 300) - 1


@pytest.mark.parametrize(
    ("targets", "reason"),
    [([target("territory", 1, "2026-02", 250)], Reason.NOTHING_TO_COMPARE),
     ([target("territory", 1, "2026-02", 0), target("territory", 2, "2026-02", 1)], Reason.ZERO_TARGET)],
)  # fmt: skip
def test_over_assignment_without_two_sides_says_why(targets, reason):
    assert tree(*targets).territory(1, Q1).over_assignment == NotAvailable(reason)


def test_a_team_is_the_sum_of_its_members_while_they_are_in_it_and_of_its_child_teams():
    company = model(
        teams=teams(m1=None, m2=1),
        reporting=[reports(1, None, team=1), reports(2, None, "", "2026-02-16", team=2),
                   reports(3, None, team=2), reports(4, None)],
        targets=[target("person", n, "2026-02", 1000 * n) for n in (1, 2, 3, 4)],
    )  # fmt: skip
    assert company.rollups.team(2, Q1).amounts.full == 1000 + 3000
    assert company.rollups.team(1, Q1).amounts.full == 1000 + 4000


def test_a_team_s_own_row_comes_first():
    company = model(
        teams=teams(m1=None),
        reporting=[reports(1, None, team=1)],
        targets=[target("person", 1, "2026Q1", 900), target("team", 1, "2026Q1", 800)],
    )
    found = company.rollups.team(1, Q1)
    assert (found.amounts.full, total(found.children).full, found.over_assignment) == (800, 900, Fraction(1, 8))
    assert not any(part.is_unassigned for part in found.parts)


def test_a_manager_has_everyone_below_on_the_days_that_they_were_below():
    company = model(
        reporting=[reports(2, 1), reports(3, 2, "2026-02-16"), reports(4, None)],
        targets=[target("person", n, "2026-02", 1000) for n in (1, 2, 3, 4)],
    )
    found = company.rollups.below(1, FEBRUARY)
    assert {one: total(parts).full for one, parts in found.items()} == {1: 1000, 2: 1000, 3: 500}
    assert next(iter(found)) == 1
    assert company.rollups.below(1, FEBRUARY, Span(D("2025-01-01"), D("2025-02-01"))) == {1: ()}


@given(companies(), st.data())
def test_a_roll_up_is_its_own_row_or_the_sum_of_its_children(company, data):
    one_month = containing(data.draw(days), PeriodKind.MONTH, 1)
    for territory in TERRITORIES:
        found = company.rollups.territory(territory, one_month)
        children = company.lines.child_territories(territory)
        below = sum(company.rollups.territory(child, one_month).amounts.full for child in children)
        own = [piece.amount for piece in company.targets.pieces(SubjectKind.TERRITORY, territory, one_month)]
        assert found.amounts.full == (sum(own) if own else below)
        assert total(found.children).full == below


@given(companies(), st.data())
def test_roll_ups_add_up_over_any_partition_of_the_days(company, data):
    period = containing(data.draw(days), data.draw(st.sampled_from(PeriodKind)), company.settings.fiscal_start)
    cut = period.start + timedelta(days=data.draw(st.integers(1, 27)))
    sides = [Span(period.start, cut), Span(cut, period.end)]
    for one in PEOPLE:
        for roll_up in (company.rollups.team, company.rollups.territory):
            halves = [part for side in sides for part in roll_up(one, period, side).parts]
            assert total(halves) == roll_up(one, period).amounts
        halves = [
            part for side in sides for parts in company.rollups.below(one, period, side).values() for part in parts
        ]
        whole = [part for parts in company.rollups.below(one, period).values() for part in parts]
        assert total(halves) == total(whole)
