"""How someone came by a target: days held, days that are nobody's, and what was set in another currency."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.carried import as_set, held, vacant_since
from domain.company import Rate, Span
from domain.model import CompanyModel
from domain.money import Money
from domain.periods import parse_label
from domain.targets import total
from tests.unit.domain.companies import D, companies, holds, model, people, target, territories

Q1 = parse_label("2026Q1", 1)


def handed_over() -> CompanyModel:
    return model(
        people=people(1, 2),
        territories=territories(t1=None),
        targets=[target("territory", 1, "2026Q1", 90_000)],
        assignments=[holds(1, 1, "", "2026-02-10"), holds(2, 1, "2026-02-17", "")],
    )


def test_who_held_in_part_of_the_period_held_from_and_to() -> None:
    targets = handed_over().targets
    assert held(targets.person_parts(1, Q1), 1, Q1) == Span(Q1.start, D("2026-02-10"))
    assert held(targets.person_parts(2, Q1), 2, Q1) == Span(D("2026-02-17"), Q1.end)


def test_who_held_throughout_or_has_a_target_of_their_own_held_in_no_part() -> None:
    company = model(
        people=people(1, 2),
        territories=territories(t1=None),
        targets=[target("territory", 1, "2026Q1", 90_000), target("person", 2, "2026Q1", 5)],
        assignments=[holds(1, 1)],
    )
    assert held(company.targets.person_parts(1, Q1), 1, Q1) is None
    assert held(company.targets.person_parts(2, Q1), 2, Q1) is None


@pytest.mark.parametrize(
    ("today", "since"),
    [("2026-02-09", None), ("2026-02-10", "2026-02-10"), ("2026-02-16", "2026-02-10"), ("2026-02-17", None)],
)
def test_a_territory_is_vacant_from_the_day_after_its_last_holder(today: str, since: str | None) -> None:
    parts = handed_over().targets.territory_parts(1, Q1)
    assert vacant_since(parts, D(today)) == (D(since) if since else None)


def test_two_currencies_are_told_apart_and_the_workspace_s_own_is_none_of_them() -> None:
    company = model(
        people=people(1),
        targets=[
            target("person", 1, "2026-01", 100_00, "EUR"),
            target("person", 1, "2026-02", 50_00, "GBP"),
            target("person", 1, "2026-03", 70_00, "USD"),
        ],
        rates=(Rate("EUR", "2026-01", 11 * 10**11), Rate("GBP", "2026-02", 13 * 10**11)),
    )
    parts = company.targets.person_parts(1, Q1)
    assert as_set(parts) == [(Money(100_00, "EUR"), 110_00), (Money(50_00, "GBP"), 65_00)]
    assert total(parts).effective == 110_00 + 65_00 + 70_00


@given(companies(), st.integers(1, 5))
def test_what_was_set_in_other_currencies_is_a_part_of_the_target(company: CompanyModel, person: int) -> None:
    parts = company.targets.person_parts(person, Q1)
    foreign = [part for part in parts if part.piece.original and part.piece.amount]
    assert sum(base for _, base in as_set(parts)) == total(foreign).effective
    assert {money.currency for money, _ in as_set(parts)} <= {"EUR"}
