"""Shorthands, overlaps and circles: the rules without a database."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.company import WHOLE
from storage.importing.overlaps import Held, clashes
from storage.importing.shorthand import Row, change, in_force
from storage.importing.trees import cycles, reporting_cycles
from storage.tables import ALWAYS, OPEN_END

TODAY = date(2026, 3, 10)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def said(rows: list[Row], *values: int | None, since: date | None = None) -> tuple[Row, ...]:
    return change(rows, values, since=since, today=TODAY, blank_allowed=True).rows


def test_a_new_hire_reports_from_the_day_of_hire_else_always() -> None:
    assert said([], 7, since=date(2026, 5, 1)) == (Row(date(2026, 5, 1), OPEN_END, (7,)),)
    assert said([], 7) == (Row(ALWAYS, OPEN_END, (7,)),)
    assert said([], None) == ()


def test_a_later_change_holds_from_today() -> None:
    rows = [Row(ALWAYS, OPEN_END, (7,), was=2)]
    assert said(rows, 8) == (Row(ALWAYS, TODAY, (7,), was=2), Row(TODAY, OPEN_END, (8,)))
    assert said(rows, 7) == ()
    assert said(rows, None) == (Row(ALWAYS, TODAY, (7,), was=2),)


def test_a_second_change_on_the_same_day_replaces_the_first() -> None:
    rows = [Row(ALWAYS, TODAY, (7,), was=2), Row(TODAY, OPEN_END, (8,), was=3)]
    assert said(rows, 9) == (Row(TODAY, OPEN_END, (9,), was=3),)


def test_a_row_that_is_still_to_come_speaks_for_someone_not_yet_here() -> None:
    rows = [Row(date(2026, 5, 1), OPEN_END, (7,), was=2)]
    assert in_force(rows, TODAY) == rows[0]
    assert said(rows, 7, since=date(2026, 5, 1)) == ()


@given(st.lists(st.tuples(days, st.integers(1, 3)), min_size=1, max_size=4), st.integers(1, 3))
def test_saying_it_again_changes_nothing(starts: list[tuple[date, int]], value: int) -> None:
    ordered = sorted(dict(starts).items())
    ends = [start for start, _ in ordered[1:]] + [OPEN_END]
    rows = [Row(start, end, (manager,), was=1) for (start, manager), end in zip(ordered, ends, strict=True)]
    written = change(rows, (value,), since=None, today=TODAY, blank_allowed=True).rows
    kept = {row.start: row for row in rows} | {row.start: row for row in written}
    assert change(list(kept.values()), (value,), since=None, today=TODAY, blank_allowed=True).rows == ()


def test_of_two_overlapping_primaries_the_later_line_goes() -> None:
    first, second = Held(date(2026, 1, 1), OPEN_END, None, 1), Held(date(2026, 2, 1), OPEN_END, None, 2)
    assert list(clashes([second, first])) == [second]
    stood = Held(date(2026, 6, 1), OPEN_END, None, 0)
    assert list(clashes([stood, first])) == [first]


def test_primaries_may_share_up_to_the_whole() -> None:
    half = WHOLE // 2
    rows = [Held(ALWAYS, OPEN_END, half, 1), Held(ALWAYS, OPEN_END, half, 2), Held(TODAY, OPEN_END, 1, 3)]
    assert list(clashes(rows)) == [rows[2]]


@given(
    st.lists(st.builds(Held, days, days, st.none(), st.integers(1, 50)), max_size=8, unique_by=lambda held: held.seq)
)
def test_what_is_accepted_never_overlaps(rows: list[Held]) -> None:
    proper = [row for row in rows if row.start < row.end]
    refused = list(clashes(proper))
    kept = sorted((row for row in proper if row not in refused), key=lambda held: held.start)
    assert all(one.end <= other.start for one, other in pairwise(kept))


def test_circles_are_found_and_nothing_else() -> None:
    assert cycles({1: 2, 2: 3, 3: 1, 4: 1, 5: 6}) == {1, 2, 3}
    assert cycles({1: 1}) == {1}


def test_two_people_may_report_to_each_other_on_different_days() -> None:
    later = TODAY + timedelta(days=1)
    assert reporting_cycles([(1, ALWAYS, TODAY, 2), (2, later, OPEN_END, 1)]) == set()
    assert reporting_cycles([(1, ALWAYS, OPEN_END, 2), (2, TODAY, later, 1)]) == {(1, ALWAYS), (2, TODAY)}
