"""What setting a target would do: the same months and sums as once it is set."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.company import Company, SubjectKind, Team
from domain.exchange import MissingRate
from domain.model import CompanyModel
from domain.periods import parse_label
from domain.target_setting import owners, parent_of, periods_to_offer, preview, year_before
from tests.unit.domain.companies import EURO, SEASON, D, holds, model, people, reports, target, territories

TODAY = D("2026-02-10")
COMPANY = model(
    people=people(1, 2, 3),
    teams={1: Team(1, "a", "A", lead=1)},
    reporting=[reports(2, 1, team=1), reports(3, 1, team=1)],
    territories=territories(t1=None, t2=1, t3=1),
    assignments=[holds(2, 2, "", "2026-03-01"), holds(3, 2, "2026-03-01"), holds(3, 3)],
    targets=[target("territory", 2, "2026Q1", 900), target("territory", 3, "2026-02", 100)],
    rates=EURO,
    seasonality={"wavy": SEASON},
)
Q1 = parse_label("2026Q1", 1)


def with_it(one) -> CompanyModel:
    company: Company = replace(COMPANY.company, targets=(*COMPANY.company.targets, one))
    return CompanyModel(company)


@given(
    amount=st.integers(1, 10**12),
    currency=st.sampled_from(["USD", "EUR"]),
    profile=st.sampled_from([None, "wavy"]),
    period=st.sampled_from(["2026Q1", "FY2026", "2026-05"]),
)
def test_the_preview_is_what_the_target_becomes(amount, currency, profile, period):
    one = target("territory", 1, period, amount, currency, profile=profile)
    shown = preview(COMPANY, replace(one, published=False), None)
    became = with_it(one).targets.pieces(SubjectKind.TERRITORY, 1, parse_label(period, 1))
    assert shown.pieces == became
    assert shown.amount == sum(piece.amount for piece in became)


def test_finer_targets_keep_their_months():
    shown = preview(COMPANY, target("territory", 3, "2026Q1", 3_000), None)
    assert [piece.month.label for piece in shown.finer] == ["2026-02"]
    assert [piece.amount for piece in shown.pieces][1] == 100


def test_children_and_parent_are_compared_before_relief_and_ramp():
    whole = preview(COMPANY, target("territory", 1, "2026Q1", 500), None)
    assert whole.children is not None
    assert (whole.children.above, whole.children.below) == (500, 1_000)
    assert whole.children.over == 1
    part = preview(with_it(target("territory", 1, "2026Q1", 2_000)), target("territory", 3, "2026Q1", 300), 1)
    assert part.parent is not None
    assert part.parent.name == "Territory 1"
    assert part.parent.above == 2_000
    person = preview(COMPANY, target("person", 3, "2026Q1", 500), None)
    assert person.children is not None
    # The third of the quarter's days on which they hold territory 2, and all of territory 3.
    assert 100 < person.children.below < 1_000
    assert preview(COMPANY, target("territory", 3, "2026Q2", 300), 1).parent is None


def test_a_currency_without_a_rate_says_so():
    with pytest.raises(MissingRate):
        preview(COMPANY, target("territory", 1, "2025Q1", 500, "EUR"), None)


def test_who_carries_a_target():
    assert owners(COMPANY, SubjectKind.PERSON, 2, Q1, TODAY) == (2,)
    assert owners(COMPANY, SubjectKind.TERRITORY, 2, Q1, TODAY) == (2,)
    assert owners(COMPANY, SubjectKind.TERRITORY, 2, parse_label("2026-05", 1), TODAY) == (3,)
    assert owners(COMPANY, SubjectKind.TERRITORY, 1, Q1, TODAY) == ()
    assert owners(COMPANY, SubjectKind.TEAM, 1, Q1, TODAY) == (1,)
    assert owners(COMPANY, SubjectKind.TEAM, 9, Q1, TODAY) == ()


def test_what_is_above():
    assert parent_of(COMPANY, SubjectKind.TERRITORY, 2, TODAY) == 1
    assert parent_of(COMPANY, SubjectKind.PERSON, 2, TODAY) == 1
    assert parent_of(COMPANY, SubjectKind.TEAM, 1, TODAY) is None


@pytest.mark.parametrize(
    ("label", "before"), [("2026Q3", "2025Q3"), ("FY2026", "FY2025"), ("2026-09", "2025-09"), ("2026Q1", "2025Q1")]
)
@pytest.mark.parametrize("fiscal_start", [1, 4, 7])
def test_a_year_before(label, before, fiscal_start):
    assert year_before(parse_label(label, fiscal_start), fiscal_start) == parse_label(before, fiscal_start)


@pytest.mark.parametrize("fiscal_start", [1, 7])
def test_the_periods_on_offer(fiscal_start):
    now = periods_to_offer(TODAY, fiscal_start, past=False)
    assert all(not period.ended(TODAY) for period in now)
    assert len(now) == len(set(now)) == 2 + 6 + 13
    some = periods_to_offer(TODAY, fiscal_start, past=True)
    assert [period for period in some if not period.ended(TODAY)] == list(now)
    assert len(some) == len(now) + 1 + 2 + 2
