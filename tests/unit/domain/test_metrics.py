"""Other metrics than revenue: the same formulas in millionths, each with its own targets."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.company import WHOLE, Metric
from domain.model import CompanyModel
from domain.money import full_count
from domain.periods import parse_label
from domain.scorecard import Scorecard, line_changes
from tests.unit.domain.companies import D, companies, holds, model, people, person, target, territories
from tests.unit.domain.test_scorecard import Sum

Q3 = parse_label("2026Q3", 1)
counts = st.sampled_from([Metric.NEW_CUSTOMERS, Metric.MEETINGS])


def scorecard(company: CompanyModel, metric: Metric, *credit: Sum, period=Q3, today=D("2026-08-20")) -> Scorecard:
    return Scorecard(company, period, today, credit, line_changes(company, period), metric)


@given(companies(), counts)
def test_people_and_teams_carry_what_is_asked_for_in_all(company: CompanyModel, metric: Metric) -> None:
    scores = scorecard(company, metric)
    for rows in (scores.people(), scores.teams()):
        assert {part.piece.source.metric for row in rows for part in row.parts} <= {metric}
        told = rows[-1].compared.below.effective if rows[-1].compared else rows[-1].standing.target or 0
        assert sum(row.standing.target or 0 for row in rows if row.is_leaf) == told


@given(companies(), counts)
def test_a_count_s_pieces_sum_to_so_many_millionths(company: CompanyModel, metric: Metric) -> None:
    for row in company.company.targets:
        if row.metric is metric:
            spread = company.targets.spread(row, parse_label(row.period, company.settings.fiscal_start))
            assert sum(amount for _, amount in spread) == row.amount * WHOLE


def test_a_small_count_is_not_rounded_away_by_ramp_share_or_days() -> None:
    company = model(
        people={1: person(1, hired_on=D("2026-07-01"), ramp="half"), 2: person(2)},
        territories=territories(t1=None),
        targets=[target("territory", 1, "2026Q3", 1, None, metric=Metric.NEW_CUSTOMERS)],
        assignments=[holds(1, 1, share=WHOLE // 2), holds(2, 1, share=WHOLE // 2)],
        ramps={"half": dict.fromkeys(range(3), WHOLE // 2)},
    )
    scores = scorecard(company, Metric.NEW_CUSTOMERS)
    first, second = scores.person(1).standing.target, scores.person(2).standing.target
    # Each of three months is rounded to the millionth.
    assert (first, second) == (250_002, 499_999)
    assert scores.territory(1).standing.target == first + second


def test_a_target_of_one_metric_is_none_of_another() -> None:
    company = model(
        people=people(1),
        targets=[target("person", 1, "2026Q3", 6, None, metric=Metric.MEETINGS), target("person", 1, "2026Q3", 100)],
    )
    standing = scorecard(company, Metric.MEETINGS, Sum(1, None, D("2026-07-01"), 3 * WHOLE)).person(1).standing
    assert (standing.attainment, standing.gap) == (Fraction(1, 2), 3 * WHOLE)
    assert scorecard(company, Metric.NEW_CUSTOMERS).person(1).standing.target is None
    assert scorecard(company, Metric.REVENUE).person(1).standing.target == 100


@pytest.mark.parametrize(
    ("millionths", "number"), [(0, "0"), (4 * WHOLE, "4"), (10**8, "100"), (4_500_000, "4.5"), (-1, "-0.000001")]
)
def test_a_count_is_written_with_as_many_places_as_it_needs(millionths: int, number: str) -> None:
    assert format(full_count(millionths), "f") == number
