"""Names as people type them."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given

from commands.kit.errors import error_message
from commands.kit.names import COMPANY, OFFERED, Asker, Kind, Subject
from commands.kit.names import find_subject as find
from commands.kit.registry import Command
from domain.company import Company, Person, Role, Settings, Team, Territory
from domain.errors import Ambiguous, NotFound
from sandbox.blocks.surfaces import check_message
from tests.support.hostile import hostile, unseen

ANA, NAMESAKE = Person(1, "ana", "Ana Silva", Role.REP), Person(2, "ana2", "Ana Silva", Role.REP)
BEN = Person(3, "ben", "Ben Ohio", Role.REP, slack_user_id="U3")
SHOW = Command("/targets", lambda _call, _turf: None, "Where you stand")  # type: ignore[arg-type, return-value]
COMPANY_OF_ALL = Company(
    1,
    settings=Settings(),
    people={one.id: one for one in (ANA, NAMESAKE, BEN)},
    teams={1: Team(1, "east", "East")},
    territories={1: Territory(1, "east", "East"), 2: Territory(2, "oh", "Ohio")},
)
EAST = Subject(Kind.TEAM, 1, "East")


def everything(_: Subject) -> bool:
    return True


ASKER = Asker(BEN, (EAST,), everything)


def find_subject(words: str, company: Company, asker: Asker = ASKER) -> Subject:
    return find(words, company, asker)


@pytest.mark.parametrize(
    ("words", "kind", "number"),
    [
        ("all", Kind.COMPANY, 0),
        ("<@U3>", Kind.PERSON, 3),
        ("ben ohio", Kind.PERSON, 3),
        ("ana2", Kind.PERSON, 2),
        ("OHIO", Kind.TERRITORY, 2),
        ("team East", Kind.TEAM, 1),
        ("person ana", Kind.PERSON, 1),
        ("me", Kind.PERSON, 3),
        ("my team", Kind.TEAM, 1),
        ("Team", Kind.TEAM, 1),
        ("Be", Kind.PERSON, 3),
        ("Ben O", Kind.PERSON, 3),
        ("territory ohi", Kind.TERRITORY, 2),
    ],
)
def test_a_name_leads_to_one_thing(words: str, kind: Kind, number: int) -> None:
    found = find_subject(words, COMPANY_OF_ALL)
    assert (found.kind, found.id) == (kind, number)
    assert find_subject("company", COMPANY_OF_ALL) == COMPANY


@pytest.mark.parametrize(
    ("words", "choices"),
    [("East", ("team East", "territory East")), ("ana silva", ("person ana", "person ana2"))],
)
def test_each_choice_of_an_ambiguous_name_leads_to_one_thing(words: str, choices: tuple[str, ...]) -> None:
    with pytest.raises(Ambiguous) as caught:
        find_subject(words, COMPANY_OF_ALL)
    assert caught.value.candidates == choices
    assert len({find_subject(choice, COMPANY_OF_ALL) for choice in choices}) == 2


def test_an_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(NotFound, match="Did you mean Ben Ohio") as caught:
        find_subject("Ben Oihho", COMPANY_OF_ALL)
    assert caught.value.candidates == ("Ben Ohio",)


@pytest.mark.parametrize("words", ["Ohioo", "Bne Ohio", "ben Ohio Smith", "Anna", "zzzz"])
def test_what_is_offered_is_like_what_was_typed(words: str) -> None:
    with pytest.raises(NotFound) as caught:
        find_subject(words, COMPANY_OF_ALL)
    assert caught.value.candidates == {
        "Ohioo": ("Ohio", "Ben Ohio"),
        "Bne Ohio": ("Ben Ohio",),
        "Anna": ("person ana", "person ana2"),
    }.get(words, ())


def test_only_who_may_be_seen_is_found_by_a_part_or_offered() -> None:
    nothing = Asker(BEN, (), lambda one: one.kind is Kind.TERRITORY)
    assert find_subject("ohio", COMPANY_OF_ALL, nothing).id == 2
    assert find_subject("ohi", COMPANY_OF_ALL, nothing).kind is Kind.TERRITORY
    assert find_subject("ben ohio", COMPANY_OF_ALL, nothing).kind is Kind.PERSON
    for words in ("be", "Bne Ohio"):
        with pytest.raises(NotFound) as caught:
            find_subject(words, COMPANY_OF_ALL, nothing)
        assert caught.value.candidates == ()


def test_a_team_of_several_is_asked_about_and_of_none_is_said() -> None:
    with pytest.raises(Ambiguous) as caught:
        find_subject("my team", COMPANY_OF_ALL, replace(ASKER, teams=(EAST, replace(EAST, id=2, name="West"))))
    assert len(caught.value.candidates) == 2
    with pytest.raises(NotFound, match="You are in no team"):
        find_subject("my team", COMPANY_OF_ALL, replace(ASKER, teams=()))


def test_of_very_many_the_first_are_offered() -> None:
    many = {one: Person(one, f"p{one}", f"Dana {one:03}", Role.REP) for one in range(1, 201)}
    with pytest.raises(Ambiguous, match=r"'dana' fits 200 things.*type more of the name") as caught:
        find_subject("dana", replace(COMPANY_OF_ALL, people=many))
    assert caught.value.candidates == tuple(f"Dana {one:03}" for one in range(1, OFFERED + 1))
    assert find_subject("dana 17", replace(COMPANY_OF_ALL, people={17: Person(17, "p", "Dana 17", Role.REP)})).id == 17


NOBODY_SEES = Company(
    1,
    settings=Settings(),
    people={
        1: Person(1, "ana", "Ana\u202e Silva", Role.REP),
        2: Person(2, "ana2", "ana silva\u200b", Role.REP),
        3: Person(3, "ben", "Benedikt " * 100, Role.REP),
        4: Person(4, "none", "\u200b", Role.REP),
    },
)


def test_a_name_is_found_by_what_can_be_seen_of_it() -> None:
    assert find_subject("benedikt " * 100, NOBODY_SEES).id == 3
    with pytest.raises(Ambiguous) as caught:
        find_subject("Ana Silva", NOBODY_SEES)
    assert caught.value.candidates == ("person ana", "person ana2")


def test_an_endless_name_is_offered_by_its_key() -> None:
    with pytest.raises(NotFound, match=r"Did you mean ben\?") as caught:
        find_subject("ben edikt", NOBODY_SEES)
    assert find_subject(caught.value.candidates[0], NOBODY_SEES).id == 3


@given(hostile(), hostile())
def test_whatever_was_typed_and_whatever_names_there_are_the_answer_is_taken(typed: str, called: str) -> None:
    company = replace(
        COMPANY_OF_ALL,
        people={1: replace(ANA, name=called), 2: replace(NAMESAKE, name=called)},
        territories={1: Territory(1, "east", called)},
    )
    for asked in (typed, called[:60], f"{called[:60]}x"):
        with contextlib.suppress(Ambiguous, NotFound):
            find_subject(asked, company)
            continue
        with pytest.raises((Ambiguous, NotFound)) as caught:
            find_subject(asked, company)
        for command in (SHOW, None):
            made = error_message(caught.value, "K7Q-1", command=command, text=asked).to_json()
            check_message(made["blocks"])
            assert not unseen(made)
            assert len(made["text"]) < 600
