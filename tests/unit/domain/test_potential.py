"""Potential and white space: sums, edges, and areas in which every account is once."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from domain.company import Span
from domain.potential import AccountFacts, Potential, Rank, areas, last_12_months, potential_of


def account(number: int = 1, **more: object) -> AccountFacts:
    return AccountFacts(**{"id": number, "key": f"a{number}", "name": "Acme", "territory": None, **more})  # type: ignore[arg-type]


accounts = st.lists(
    st.builds(
        account,
        potential=st.none() | st.integers(0, 10**9),
        bought=st.integers(-(10**9), 10**9),
        territory=st.none() | st.integers(1, 3),
        region=st.sampled_from([None, "", "Ohio", " Ohio "]),
        country=st.sampled_from([None, "US"]),
        industry=st.sampled_from([None, "Retail", "Energy"]),
    ),
    max_size=20,
)


def test_what_was_bought_beyond_the_potential_is_no_white_space_and_counted() -> None:
    found = potential_of([account(potential=100, bought=30), account(potential=100, bought=130), account(bought=7)])
    assert found == Potential(accounts=3, known=2, exceeding=1, potential=200, bought=167, white_space=70)
    assert found.unknown == 1


def test_an_account_that_bought_exactly_its_potential_exceeds_nothing() -> None:
    assert potential_of([account(potential=100, bought=100)]) == Potential(1, 1, 0, 100, 100, 0)


def test_returns_leave_more_white_space_than_the_potential() -> None:
    assert account(potential=100, bought=-20).white_space == 120


def test_the_last_12_months_end_with_today() -> None:
    assert last_12_months(date(2026, 11, 23)) == Span(date(2025, 11, 24), date(2026, 11, 24))
    assert last_12_months(date(2024, 2, 28)) == Span(date(2023, 2, 28), date(2024, 2, 29))


def test_workload_is_unknown_where_a_factor_is() -> None:
    assert account(service_minutes=30, visits_per_year=4).workload == 120
    assert account(service_minutes=30).workload is None


@given(accounts)
def test_white_space_is_never_negative_and_areas_hold_every_account_once(found: list[AccountFacts]) -> None:
    whole = potential_of(found)
    assert whole.white_space >= 0
    for rank in Rank:
        made = areas(found, rank)
        for name in ("accounts", "known", "exceeding", "potential", "bought", "white_space"):
            assert sum(getattr(area.all, name) for area in made) == getattr(whole, name)
        assert sum(area.unassigned.accounts for area in made) == sum(one.territory is None for one in found)
        ranked = [area.all.potential if rank is Rank.POTENTIAL else area.all.white_space for area in made]
        assert ranked == sorted(ranked, reverse=True)


def test_an_area_is_a_region_or_else_the_country_and_names_are_trimmed() -> None:
    made = areas([account(region=" Ohio ", country="US", industry="Retail"), account(country="US"), account()])
    assert {(area.region, area.industry) for area in made} == {("Ohio", "Retail"), ("US", ""), ("", "")}
