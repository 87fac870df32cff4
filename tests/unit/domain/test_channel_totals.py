"""What may be told to a whole channel: nothing about few people follows, whoever reads and whatever else they see."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.channel_totals import GIVES_AWAY, LEAST, Reader, channel_totals
from domain.disclosure import Portion, tells_of_few
from domain.policies import TOO_SMALL, Readable, safe_totals


def span_of(first: int, last: int, figure: str = "") -> frozenset[Portion]:
    return frozenset(Portion(number, figure) for number in range(first, last + 1))


def accepted(totals, readers=(), small_group=4) -> set[int]:
    return {key for key, decision in channel_totals(totals, readers, small_group).items() if decision}


def test_a_total_of_few_is_too_small_and_the_next_level_up_is_told():
    decided = channel_totals({1: [span_of(1, 3)], 2: [span_of(1, 8)]}, (), 4)
    assert decided == {1: TOO_SMALL, 2: True}


def test_what_is_left_of_a_total_without_another_is_of_many_too():
    assert accepted({1: [span_of(1, 5)], 2: [span_of(1, 7)]}) == {1}
    assert accepted({1: [span_of(1, 5)], 2: [span_of(1, 9)]}) == {1, 2}
    # Two below one: what is left without both of them counts.
    assert accepted({1: [span_of(1, 5)], 2: [span_of(6, 10)], 3: [span_of(1, 12)]}) == {1, 2}


def test_what_someone_reads_on_their_own_is_taken_off():
    manager = Reader(Readable(frozenset({1, 2, 3, 4})))
    assert channel_totals({1: [span_of(1, 5)]}, [manager], 4) == {1: GIVES_AWAY}
    assert accepted({1: [span_of(1, 4)]}, [manager]) == {1}, "it tells them nothing"
    assert accepted({1: [span_of(1, 7)]}, [manager]) == {1}


def test_totals_that_a_member_is_shown_on_their_own_card_count():
    member = Reader(shown=frozenset({2}))
    totals = {1: [span_of(1, 6)], 2: [span_of(1, 8)]}
    assert accepted(totals) == {1}
    assert accepted(totals, [member]) == {2}, "the first one less the second would be two people"


def test_without_those_in_a_line_moved_elsewhere_enough_others_are_left():
    manager = Reader(Readable(frozenset({1}), moved=frozenset({(5, 0)})))
    assert accepted({1: [span_of(1, 5)]}, [manager]) == {1}
    assert channel_totals({1: [frozenset({*span_of(1, 3), Portion(5)})]}, [manager], 4) == {1: GIVES_AWAY}
    several = Reader(Readable(moved=frozenset((number, 0) for number in range(1, 6))))
    assert accepted({1: [span_of(1, 4)]}, [several]) == set(), "the line less the total would be of one"


@pytest.mark.parametrize("setting", [1, 2, 3])
def test_however_small_a_group_may_be_it_is_never_of_two(setting: int):
    assert accepted({1: [span_of(1, LEAST - 1)]}, small_group=setting) == set()
    assert accepted({1: [span_of(1, LEAST)]}, small_group=setting) == {1}


def test_each_figure_counts():
    assert accepted({1: [span_of(1, 6), span_of(1, 6, "target")]}) == {1}
    assert accepted({1: [span_of(1, 6), span_of(1, 2, "target")]}) == set()


@st.composite
def trees(draw):
    """Teams in a tree: each person is in one, and a team's total is of its members and of all teams below it."""
    parents = [None] + [draw(st.integers(0, number - 1)) for number in range(1, draw(st.integers(1, 5)))]
    people = draw(st.lists(st.integers(0, len(parents) - 1), min_size=1, max_size=14))
    members: list[set[int]] = [set() for _ in parents]
    for person, team in enumerate(people, 1):
        members[team].add(person)
    for team in range(len(parents) - 1, 0, -1):
        members[parents[team]] |= members[team]
    return {team + 1: [frozenset(Portion(person) for person in some)] for team, some in enumerate(members)}


@given(trees(), st.lists(st.frozensets(st.integers(1, 14), max_size=6), max_size=3), st.integers(3, 5))
def test_nobody_learns_anything_about_few_others(totals, reads, small_group):
    readers = []
    for people in reads:
        near = {key: total for key, total in totals.items() if people & {one.person for one in total[0]}}
        shown = safe_totals(near, Readable(people), small_group)
        readers.append(Reader(Readable(people), frozenset(key for key, ok in shown.items() if ok)))
    told = accepted(totals, readers, small_group)
    assert not tells_of_few([totals[key][0] for key in told], small_group)
    for reader in readers:
        known = [totals[key][0] for key in told | reader.shown]
        assert not tells_of_few(known, small_group)
        unread = [[one for one in total if not reader.readable.has(one)] for total in known]
        assert not tells_of_few(unread, max(small_group - 1, 2))


@given(trees(), st.integers(3, 5))
def test_a_tree_of_teams_tells_all_that_it_may(totals, small_group):
    """Without readers a total is refused only where it, or what is left beside those told already, is of few."""
    told: list[frozenset[Portion]] = []
    decided = channel_totals(totals, (), small_group)
    for key in sorted(totals, key=lambda key: (len(totals[key][0]), key)):
        alone = len(totals[key][0]) >= small_group and not tells_of_few([*told, totals[key][0]], small_group)
        assert bool(decided[key]) == alone
        told += [totals[key][0]] if alone else []


@given(trees(), st.integers(3, 5), st.randoms())
def test_the_answer_depends_on_no_order(totals, small_group, random):
    keys = list(totals)
    random.shuffle(keys)
    readers = [Reader(Readable(frozenset(pair))) for pair in combinations(range(1, 5), 2)]
    shuffled = {key: totals[key] for key in keys}
    assert channel_totals(shuffled, readers[::-1], small_group) == channel_totals(totals, readers, small_group)
