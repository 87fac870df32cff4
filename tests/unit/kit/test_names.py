"""Names as people type them."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given

from commands.kit.errors import error_message
from commands.kit.names import COMPANY, Kind, find_subject
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
    assert caught.value.candidates[0] == "Ben Ohio"


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
