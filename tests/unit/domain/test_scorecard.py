"""Parts and wholes: whatever the company, people and territories account for the same credit."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domain.company import Absence, Role, SubjectKind
from domain.credit import Kind
from domain.model import CompanyModel
from domain.periods import parse_label
from domain.scorecard import Score, Scorecard, ScoreKind, line_changes
from domain.trend import dated_later, day_cuts, trend, trend_cuts
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


@given(companies(), credit)
def test_territories_and_no_territory_are_the_company(company: CompanyModel, rows: list[Sum]) -> None:
    scores = scorecard(company, rows).territories()
    assert sum(score.standing.credited for score in scores if score.is_leaf) == revenue(rows)
    assert scores[-1].standing.credited == revenue(rows)


@given(companies(), credit)
def test_teams_and_who_is_in_none_are_the_company(company: CompanyModel, rows: list[Sum]) -> None:
    scores = scorecard(company, rows).teams()
    assert sum(score.standing.credited for score in scores if score.is_leaf) == revenue(rows)


def asked(scores: Iterable[Score]) -> int:
    """The targets of scores added up."""
    return sum(score.standing.target or 0 for score in scores)


@given(companies())
def test_the_company_has_one_target_in_every_view_and_says_what_the_leaves_add_up_to(company: CompanyModel) -> None:
    scores = scorecard(company, [])
    whole = scores.company().standing.target
    for view in (scores.people(), scores.territories(), scores.teams()):
        *rows, last = view
        assert last.standing.target == whole
        assert last.compared is not None
        assert last.compared.below.effective == asked(row for row in rows if row.is_leaf)
    assert asked(scores.children_of(None)) == (whole or 0)


@given(companies())
def test_the_targets_of_months_add_up_to_the_period_s(company: CompanyModel) -> None:
    months = [scorecard(company, [], period=month) for month in Q3.months()]
    assert asked(one.company() for one in months) == asked([scorecard(company, []).company()])
    assert asked(one.no_territory() for one in months) == asked([scorecard(company, []).no_territory()])


@given(companies())
def test_the_leaves_of_the_territories_differ_from_the_company_by_what_the_roll_ups_say(company: CompanyModel) -> None:
    *rows, whole = scorecard(company, []).territories()
    compared = [row.compared for row in rows if row.compared is not None and row.compared.has_own]
    beside = sum(one.below.effective - one.amounts.effective for one in compared)
    assert asked(row for row in rows if row.is_leaf) == asked([whole]) + beside


@given(companies())
def test_where_neither_territories_nor_teams_have_targets_people_add_up_to_the_company(company: CompanyModel) -> None:
    own = [target for target in company.company.targets if target.kind is SubjectKind.PERSON]
    model = CompanyModel(replace(company.company, targets=tuple(own)))
    for view in (scorecard(model, []).people(), scorecard(model, []).territories(), scorecard(model, []).teams()):
        assert asked(row for row in view if row.is_leaf) == asked(view[-1:])


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


def test_what_is_dated_after_today_counts_on_the_card_and_in_the_trend_alike() -> None:
    company, today = two_managers(), D("2026-08-12")
    rows = [Sum(4, None, D("2026-08-12"), 7), Sum(4, None, D("2026-08-13"), 40), Sum(4, None, D("2026-09-20"), 500)]
    cuts = sorted({*line_changes(company, Q3), *trend_cuts(Q3), *day_cuts(Q3, today)})
    score = scorecard(company, rows, today=today, cuts=cuts).company()
    assert trend(company, score, today, cuts)[-1].credited == score.standing.credited == 547
    assert dated_later(score, today, cuts) == 540
    assert [day_cuts(Q3, day) for day in (Q3.last_day, Q3.start - timedelta(days=2))] == [(), ()]


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
        ("no_territory", True, 0),
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


def test_a_top_s_own_target_is_the_company_s_and_the_leaves_are_told_beside_it() -> None:
    company = model(
        people=people(3),
        territories=territories(t1=None, t2=1, t3=1),
        assignments=[holds(3, 2)],
        targets=[
            target("territory", 1, "2026Q3", 1_000),
            target("territory", 2, "2026Q3", 800),
            target("territory", 3, "2026Q3", 250),
            target("person", 3, "2026Q3", 900),
        ],
    )
    scores = scorecard(company, [])
    found = {}
    for name, view in (("people", scores.people()), ("territories", scores.territories()), ("teams", scores.teams())):
        assert view[-1].standing.target == 1_000
        assert view[-1].compared is not None
        found[name] = (view[-1].compared.below.effective, view[-1].compared.over_assignment)
    assert found == {
        "people": (1_150, Fraction(15, 100)),
        "territories": (1_050, Fraction(5, 100)),
        "teams": (1_150, Fraction(15, 100)),
    }


def test_where_only_teams_have_targets_the_top_ones_are_the_company_s() -> None:
    company = model(
        people=people(3, 4),
        teams=teams(m1=None, m2=1),
        reporting=[reports(3, None, team=2)],
        targets=[target("team", 1, "2026Q3", 700), target("team", 2, "2026Q3", 650), target("person", 4, "2026Q3", 50)],
    )
    scores = scorecard(company, [])
    assert scores.company().standing.target == 750
    assert scores.no_territory().standing.target == 750


def test_a_month_without_targets_of_territories_has_those_of_people() -> None:
    company = model(
        people=people(3),
        territories=territories(t1=None),
        targets=[target("territory", 1, "2026-07", 100), target("person", 3, "2026Q3", 90)],
    )
    of_people = sum(piece.amount for piece in company.targets.pieces(SubjectKind.PERSON, 3, Q3)[1:])
    assert scorecard(company, []).company().standing.target == 100 + of_people
    assert scorecard(company, []).no_territory().standing.target == of_people
