"""Projections keep areas, know no date line, and land around the picture does not turn inside out."""

from math import cos, isclose, radians

from hypothesis import given
from hypothesis import strategies as st

from domain.maps.outlines import countries, states
from domain.maps.projection import EARTH, Azimuthal, EqualEarth, distance, middle_of, projection_of, wrapped
from domain.maps.view import bar_of, framed, view_of

latitudes, longitudes = st.floats(-80, 80), st.floats(-180, 179)
places = st.tuples(latitudes, longitudes)
BOX = (0.0, 0.0, 100.0, 60.0)


def area(ring: list[tuple[float, float]]) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))) / 2


@given(places, st.floats(-40, 40), st.floats(-40, 40))
def test_a_small_square_keeps_its_area(at: tuple[float, float], north: float, east: float) -> None:
    size = 0.01
    latitude, longitude = max(-79.0, min(79.0, at[0] + north)), at[1] + east
    square = [(latitude + y * size, longitude + x * size) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
    true = (radians(size) * EARTH) ** 2 * cos(radians(latitude + size / 2))
    for projection in (Azimuthal(at, 90), EqualEarth(at[1])):
        assert isclose(area([projection.flat(place) for place in square]), true, rel_tol=2e-3)


def test_the_middle_is_that_of_the_smallest_range_across_the_date_line() -> None:
    assert middle_of([(0, 170), (10, -170)]) == (5, -180)
    assert middle_of([(0, -10), (0, 10)]) == (0, 0)
    assert middle_of([(42, -71)]) == (42, -71)


@given(st.lists(places, min_size=1, max_size=30))
def test_all_places_that_a_picture_is_about_are_in_its_box(found: list[tuple[float, float]]) -> None:
    view = view_of(found, BOX)
    about = [place for place, shown in zip(found, framed(found), strict=True) if shown]
    assert about
    assert all(view.shows(view.pixel(place)) for place in about)


def test_one_place_is_in_the_middle_of_a_picture_of_some_kilometres() -> None:
    view = view_of([(48.85, 2.35)], BOX)
    assert view.pixel((48.85, 2.35)) == (50, 30)
    assert view.width / view.scale < 200


def test_a_few_that_are_far_from_the_rest_are_outside() -> None:
    near = [(40 + n / 50, -74 - n / 50) for n in range(40)]
    assert framed([*near, (37.5, 127)]) == [*([True] * 40), False]
    assert all(framed([(40, -74), (37.5, 127)]))
    assert all(framed([(40, -74)] * 30))


def test_places_around_the_world_are_shown_by_equal_earth() -> None:
    assert isinstance(projection_of([(0, 0), (0, 120), (0, -120)]), EqualEarth)
    assert isinstance(projection_of([(-33, 151), (-36, 175), (-18, -178)]), Azimuthal)


def test_land_on_the_other_side_is_cut_off_and_does_not_cover_the_picture() -> None:
    # China lies opposite of Argentina: without the cut it would be everywhere but where it is.
    here = Azimuthal((-35.0, -65.0), 40.0)
    china = next(one for one in countries() if one.name == "China")
    assert [part for ring in china.rings for part in here.outlines(ring)] == []
    argentina = next(one for one in countries() if one.name == "Argentina")
    assert len([part for ring in argentina.rings for part in here.outlines(ring)]) >= 2


def test_what_crosses_the_cut_of_the_world_is_on_both_sides() -> None:
    world = EqualEarth(100.0)
    square = [(0.0, -90.0), (0.0, -70.0), (10.0, -70.0), (10.0, -90.0), (0.0, -90.0)]
    parts = list(world.outlines(square))
    assert len(parts) == 2
    assert all(x > 0 for x, _ in parts[0]) != all(x > 0 for x, _ in parts[1])


def test_outlines_are_closed_and_where_they_are() -> None:
    assert len(countries()) == 241
    assert len(states()) == 56
    for outline in (*countries(), *states()):
        assert all(distance(ring[0], ring[-1]) < 0.01 for ring in outline.rings)
    middles = {one.name: one.middle for one in (*countries(), *states())}
    assert distance(middles["France"], (46.5, 2.5)) < 1
    assert distance(middles["Russia"], (62, 97)) < 6
    assert distance(middles["Fiji"], (-17.8, 178)) < 1
    assert distance(middles["Massachusetts"], (42.3, -71.8)) < 0.5


def test_the_bar_has_a_round_length() -> None:
    assert [bar_of(length) for length in (0.3, 1, 4.9, 5, 19, 300, 12_000)] == [0.2, 1, 2, 5, 10, 200, 10_000]
    assert wrapped(180) == -180
