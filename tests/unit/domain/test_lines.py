"""Reporting lines, trees and tenures by day."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.company import WHOLE, AssignmentRole, Span, Team, Territory
from domain.lines import Holding, Tenure
from tests.unit.domain.companies import (
    PEOPLE,
    TERRITORIES,
    D,
    companies,
    days,
    holds,
    model,
    people,
    person,
    reports,
    span,
    teams,
    territories,
)

YEAR = span("2026-01-01", "2027-01-01")


def test_below_is_everyone_in_the_line_that_day():
    lines = model(
        reporting=[reports(2, 1, "", "2026-07-01"), reports(2, 4, "2026-07-01"), reports(3, 2), reports(1, None)]
    ).lines
    assert lines.below(1, D("2026-06-30")) == {2, 3}
    assert lines.below(1, D("2026-07-01")) == frozenset()
    assert lines.below(4, D("2026-07-01")) == {2, 3}
    assert (lines.manager_of(2, D("2026-07-01")), lines.direct_reports(2, D("2026-07-01"))) == (4, (3,))
    assert lines.breakpoints(YEAR) == (D("2026-07-01"),)
    assert lines.breakpoints(span("2026-07-01", "2027-01-01")) == ()


def test_a_cycle_ends_and_nobody_is_below_themself():
    lines = model(reporting=[reports(1, 2), reports(2, 3), reports(3, 1)]).lines
    assert lines.below(1, D("2026-01-01")) == {2, 3}


def test_of_two_rows_on_a_day_the_one_that_began_last_holds():
    lines = model(reporting=[reports(1, 2, team=7), reports(1, 3, "2026-05-01", "2026-06-01", team=8)]).lines
    assert [lines.team_of(1, D(day)) for day in ("2026-04-30", "2026-05-01", "2026-06-01")] == [7, 8, 7]


def test_spans_below_are_clipped_and_joined():
    lines = model(
        reporting=[reports(2, 1, "", "2026-03-01"), reports(2, 1, "2026-03-01", "2026-05-01"),
                   reports(2, 1, "2026-08-01"), reports(3, 9, "2026-02-01")]
    ).lines  # fmt: skip
    assert lines.spans_below(1, YEAR) == {2: (span("2026-01-01", "2026-05-01"), span("2026-08-01", "2027-01-01"))}


@given(companies(), st.data())
def test_spans_below_say_the_same_as_asking_each_day(company, data):
    manager, first = data.draw(st.sampled_from(PEOPLE)), data.draw(days)
    window = Span(first, first + timedelta(days=60))
    spans = company.lines.spans_below(manager, window)
    for offset in range(60):
        day = first + timedelta(days=offset)
        assert {one for one, held in spans.items() if any(day in part for part in held)} == company.lines.below(
            manager, day
        )


@given(companies())
def test_teams_partition_those_who_are_in_one(company):
    window = span("2026-01-01", "2026-07-01")
    seen = [(one, part) for team in PEOPLE for one, parts in company.lines.spans_in_team(team, window).items()
            for part in parts]  # fmt: skip
    for index, (one, part) in enumerate(seen):
        assert not any(one == other and part.overlaps(rest) for other, rest in seen[index + 1 :])


def test_trees_include_all_depths_and_leave_out_the_root():
    lines = model(territories=territories(t1=None, t2=1, t3=2), teams=teams(m1=None, m2=1, m3=2)).lines
    assert lines.territories_below(1) == {2, 3}
    assert lines.child_territories(1) == (2,)
    assert lines.teams_below(1) == {2, 3}
    assert lines.child_teams(3) == ()


def test_a_leader_leads_the_teams_below_too():
    team = {1: Team(1, "a", "A", lead=9), 2: Team(2, "b", "B", parent=1), 3: Team(3, "c", "C")}
    assert model(teams=team).lines.teams_led(9) == {1, 2}
    assert model(teams=team).lines.teams_led(8) == frozenset()


def test_a_territory_belongs_to_the_team_of_the_nearest_one_above():
    some = {1: Territory(1, "a", "A", team=5), 2: Territory(2, "b", "B", 1), 3: Territory(3, "c", "C", 2, team=6),
            4: Territory(4, "d", "D")}  # fmt: skip
    lines = model(territories=some).lines
    assert [lines.team_of_territory(one) for one in (1, 2, 3, 4)] == [5, 5, 6, None]


def test_gaps_between_holders_belong_to_nobody():
    lines = model(
        people={1: person(1, left_on=D("2026-02-28")), 2: person(2)},
        assignments=[holds(1, 1), holds(2, 1, "2026-04-01")],
    ).lines
    assert lines.primaries(1, YEAR) == [
        Tenure(span("2026-01-01", "2026-03-01"), ((1, WHOLE),)),
        Tenure(span("2026-03-01", "2026-04-01"), ()),
        Tenure(span("2026-04-01", "2027-01-01"), ((2, WHOLE),)),
    ]
    assert lines.held_by(1, YEAR) == [Holding(1, span("2026-01-01", "2026-03-01"), WHOLE)]
    assert lines.holders_on(1, D("2026-03-15")) == ()
    assert lines.primaries(99, YEAR) == [Tenure(YEAR, ())]


def test_shares_beyond_the_whole_are_cut_so_that_no_day_counts_twice():
    lines = model(people=people(1, 2, 3), assignments=[holds(1, 1), holds(2, 1), holds(3, 1)]).lines
    assert lines.primaries(1, YEAR)[0].holders == ((1, 333_334), (2, 333_333), (3, 333_333))


def test_overlay_and_cover_are_no_primaries():
    lines = model(
        people=people(1, 2),
        assignments=[holds(1, 1, role=AssignmentRole.COVER), holds(2, 1, role=AssignmentRole.OVERLAY)],
    ).lines
    assert lines.primaries(1, YEAR)[0].holders == ()
    assert lines.held_by(1, YEAR, AssignmentRole.COVER) == [Holding(1, YEAR, WHOLE)]
    assert lines.holders_on(1, D("2026-01-01"), AssignmentRole.OVERLAY) == (2,)


@given(companies())
def test_each_day_has_one_answer_to_who_holds_a_territory(company):
    for territory in TERRITORIES:
        tenures = company.lines.primaries(territory)
        assert (tenures[0].span.start, tenures[-1].span.end) == (date.min, date.max)
        assert all(one.span.end == two.span.start for one, two in pairwise(tenures))
        assert all(0 <= sum(share for _, share in tenure.holders) <= WHOLE for tenure in tenures)


@given(companies())
def test_holdings_of_people_are_the_tenures_of_territories(company):
    by_person = {(held.territory, held.span, one, held.share) for one in PEOPLE for held in company.lines.held_by(one)}
    by_territory = {(territory, tenure.span, one, share) for territory in TERRITORIES
                    for tenure in company.lines.primaries(territory) for one, share in tenure.holders}  # fmt: skip
    assert by_person == by_territory
