"""Where accounts stand without coordinates, and what is no place."""

import pytest

from domain.maps.placing import Where, coordinates, placed
from domain.maps.projection import distance
from domain.potential import AccountFacts


def account(number: int = 1, **more: object) -> AccountFacts:
    return AccountFacts(**{"id": number, "key": f"a{number}", "name": "Acme", "territory": 1, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(None, 1.0), (1.0, None), (0.0, 0.0), (91.0, 0.0), (10.0, 181.0), (float("nan"), 1.0)]
)
def test_what_is_no_place_on_the_globe_is_none(latitude: float | None, longitude: float | None) -> None:
    assert coordinates(account(latitude=latitude, longitude=longitude)) is None


def test_a_state_by_its_name_or_its_letters_stands_for_the_place() -> None:
    found = placed([account(1, country="US", region="Massachusetts"), account(2, country="us", region=" ma ")])
    assert found[1] == found[2]
    assert found[1].where is Where.REGION
    assert distance(found[1].place, (42.3, -71.8)) < 0.5


def test_elsewhere_a_region_is_where_its_other_accounts_are() -> None:
    others = [account(n, country="FR", region="Bretagne", latitude=48.0, longitude=-2.0 - n / 10) for n in (1, 2, 3)]
    found = placed([*others, account(9, country="FR", region="bretagne")])
    assert found[9].where is Where.REGION
    assert found[9].place == pytest.approx((48.0, -2.2))


def test_a_country_is_the_last_resort_and_nothing_known_is_left_out() -> None:
    found = placed([account(1, country="FR", region="Nowhere"), account(2, country="XX"), account(3)])
    assert list(found) == [1]
    assert found[1].where is Where.COUNTRY
    assert distance(found[1].place, (46.5, 2.5)) < 1
