"""Parts and wholes: whatever the company, people and territories account for the same credit."""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.company import Absence, Role
from domain.credit import Kind
from domain.model import CompanyModel
from domain.periods import parse_label
from domain.scorecard import Scorecard, ScoreKind, line_changes
from domain.trend import trend, trend_cuts
from tests.unit.domain.companies import (
    D,
    companies,
    holds,
    model,
    people,
    person,
    reports,
    span,
    target,
    teams,
    territories,
)

Q3 = parse_label("2026Q3", 1)


@dataclass(frozen=True)
class Sum:
    person: int | None
    territory: int | None
    on: date
    base: int
    kind: Kind = Kind.REVENUE
    bucket: int = 0


def scorecard(company: CompanyModel, credit: list[Sum], *, period=Q3, today=D("2026-08-20"), cuts=None) -> Scorecard:
    """The credit of single days, put into the buckets that the cuts make."""
    cuts = line_changes(company, period) if cuts is None else cuts
    rows = [
        Sum(one.person, one.territory, one.on, one.base, one.kind, sum(cut <= one.on for cut in cuts)) for one in credit
    ]
    return Scorecard(company, period, today, rows, cuts)


ids = st.none() | st.integers(1, 5)
credit = st.lists(
    st.builds(
        Sum,
        ids,
        ids,
        st.integers(0, 91).map(lambda days: Q3.start + timedelta(days=days)),
        st.integers(-(10**6), 10**9),
        st.sampled_from([Kind.REVENUE, Kind.REVENUE, Kind.OVERLAY, Kind.LOST]),
    ),
    max_size=12,
)


def revenue(rows: list[Sum]) -> int:
    return sum(row.base for row in rows if row.kind is Kind.REVENUE)


@given(companies(), credit)
def test_people_and_unassigned_are_the_company(company: CompanyModel, rows: list[Sum]) -> None:
    scores = scorecard(company, rows).people()
    assert sum(score.standing.credited for score in scores if score.is_leaf) == revenue(rows)
    assert scores[-1].subject.kind is ScoreKind.COMPANY
    assert scores[-1].standing.credited == revenue(rows)
    assert sum(score.standing.target or 0 for score in scores if score.is_leaf) == (scores[-1].standing.target or 0)


@given(companies(), credit)
def test_territories_and_no_territory_are_the_company(company: CompanyModel, rows: list[Sum]) -> None:
    scores = scorecard(company, rows).territories()
    assert sum(score.standing.credited for score in scores if score.is_leaf) == revenue(rows)
    assert scores[-1].standing.credited == revenue(rows)


@given(companies(), credit)
def test_teams_and_who_is_in_none_are_the_company(company: CompanyModel, rows: list[Sum]) -> None:
    scores = scorecard(company, rows).teams()
    assert sum(score.standing.credited for score in scores if score.is_leaf) == revenue(rows)
    assert sum(score.standing.target or 0 for score in scores if score.is_leaf) == (scores[-1].standing.target or 0)


@given(companies(), credit, st.integers(1, 5))
def test_the_rows_of_a_manager_s_table_sum_to_the_whole(company: CompanyModel, rows: list[Sum], manager: int) -> None:
    team = scorecard(company, rows).team_of(manager)
    assert sum(row.standing.credited for row in team.rows) == team.whole.standing.credited
    assert sum(row.standing.target or 0 for row in team.rows) == (team.whole.standing.target or 0)
    assert sum(row.standing.expected or 0 for row in team.rows) == (team.whole.standing.expected or 0)


@given(companies(), credit, st.integers(1, 5))
def test_a_territory_s_rows_sum_to_its_credit(company: CompanyModel, rows: list[Sum], territory: int) -> None:
    scores = scorecard(company, rows)
    children = scores.children_of(territory)
    if children:
        assert sum(row.standing.credited for row in children) == scores.territory(territory).standing.credited


@given(companies(), credit, st.integers(1, 5))
def test_a_team_s_rows_sum_to_its_credit(company: CompanyModel, rows: list[Sum], team: int) -> None:
    scores = scorecard(company, rows)
    assert sum(row.standing.credited for row in scores.members_of(team)) == scores.team(team).standing.credited


@given(companies(), credit)
def test_a_trend_ends_at_the_figures_of_the_whole_period(company: CompanyModel, rows: list[Sum]) -> None:
    cuts = sorted({*line_changes(company, Q3), *trend_cuts(Q3)})
    after = Q3.end + timedelta(days=3)
    score = scorecard(company, rows, today=after, cuts=cuts).company()
    last = trend(company, score, after, cuts)[-1]
    assert (last.credited, last.expected) == (score.standing.credited, score.standing.target)


def two_managers() -> CompanyModel:
    """Person 3 moves from manager 1 to manager 2 on 1 August."""
    return model(
        people={**people(3, 4), 1: person(1, role=Role.MANAGER), 2: person(2, role=Role.MANAGER)},
        reporting=[reports(3, 1, "", "2026-08-01"), reports(3, 2, "2026-08-01"), reports(4, 1)],
        territories=territories(t1=None),
        assignments=[holds(3, 1)],
        targets=[target("territory", 1, "2026Q3", 92_000)],
    )


def test_a_day_s_credit_rolls_up_by_that_day_s_line_and_is_nameless_after_a_move() -> None:
    rows = [Sum(3, 1, D("2026-07-10"), 100), Sum(3, 1, D("2026-08-10"), 40), Sum(4, None, D("2026-08-10"), 7)]
    scores = scorecard(two_managers(), rows)
    before, after = scores.team_of(1), scores.team_of(2)
    assert [(row.subject.name, row.standing.credited) for row in before.rows] == [
        ("Moved elsewhere", 100),
        ("Person 4", 7),
    ]
    assert [(row.subject.name, row.standing.credited) for row in after.rows] == [("Person 3", 40)]
    assert (before.whole.standing.target or 0) + (after.whole.standing.target or 0) == 92_000


def test_overlay_counts_for_its_person_only() -> None:
    rows = [Sum(3, 1, D("2026-08-10"), 100), Sum(4, None, D("2026-08-10"), 60, Kind.OVERLAY)]
    scores = scorecard(two_managers(), rows)
    assert scores.person(4).standing.achieved == 60
    assert scores.team_of(1).whole.standing.achieved == 0
    assert scores.company().standing.achieved == 100


def test_a_vacant_territory_stands_beside_the_table() -> None:
    company = model(
        people={1: person(1, role=Role.MANAGER)},
        teams={1: teams(m1=None)[1].__class__(1, "m1", "Team 1", lead=1)},
        territories={1: territories(t1=None)[1].__class__(1, "t1", "Ohio", team=1)},
        targets=[target("territory", 1, "2026Q3", 500)],
    )
    team = scorecard(company, [Sum(None, 1, D("2026-08-10"), 9)]).team_of(1)
    assert team.whole.is_empty
    assert [(row.subject.name, row.standing.target, row.standing.credited) for row in team.vacant] == [("Ohio", 500, 9)]


def test_a_parent_s_own_credit_is_a_leaf_beside_its_roll_up() -> None:
    company = model(territories=territories(t1=None, t2=1))
    scores = scorecard(company, [Sum(None, 1, D("2026-08-10"), 5), Sum(None, 2, D("2026-08-10"), 3)]).territories()
    assert [(score.subject.key, score.is_leaf, score.standing.credited) for score in scores] == [
        ("t1", False, 8),
        ("t2", True, 3),
        ("t1", True, 5),
        ("company", False, 8),
    ]


def test_relief_lowers_a_person_s_target_and_nobody_else_gets_it() -> None:
    away = [Absence(3, span("2026-07-01", "2026-10-01"), 500_000)]
    company = model(
        people=people(3),
        territories=territories(t1=None),
        assignments=[holds(3, 1)],
        absences=away,
        targets=[target("territory", 1, "2026Q3", 660_000)],
    )
    scores = scorecard(company, [])
    assert scores.person(3).standing.target == 330_000
    assert scores.company().standing.target == 330_000


def test_where_only_people_have_targets_the_company_has_their_sum_and_its_rows_too() -> None:
    company = model(
        people=people(3, 4),
        territories=territories(t1=None),
        assignments=[holds(3, 1)],
        targets=[target("person", 3, "2026Q3", 500), target("person", 4, "2026Q3", 250)],
    )
    scores = scorecard(company, [])
    assert scores.company().standing.target == 750
    assert sum(row.standing.target or 0 for row in scores.children_of(None)) == 750
