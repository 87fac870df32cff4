"""Names as people type them."""

import pytest

from commands.kit.names import COMPANY, Kind, find_subject
from domain.company import Company, Person, Role, Settings, Team, Territory
from domain.errors import Ambiguous, NotFound

ANA, NAMESAKE = Person(1, "ana", "Ana Silva", Role.REP), Person(2, "ana2", "Ana Silva", Role.REP)
BEN = Person(3, "ben", "Ben Ohio", Role.REP, slack_user_id="U3")
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
