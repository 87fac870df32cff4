"""What a channel learns of a request: the same, whatever it must not know."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest

from commands.kit.reply import Message
from commands.requests.cards.about import about
from commands.requests.cards.messages import Told, card_message
from domain.company import Metric, Person, SubjectKind
from domain.requests.model import (
    Basis,
    Change,
    ChangeRep,
    ChangeTarget,
    Cover,
    MoveAccounts,
    State,
    TargetRule,
    Terms,
)
from storage import requests
from storage.account_facts import accounts_by_territory
from storage.audit import Occasion
from storage.notes import write_note
from storage.store import Store
from storage.writing import Writing, write
from templates.numbers import Numbers
from tests.support.imports import open_at
from tests.support.sample import NOW, TODAY

FIRST = date(2026, 12, 1)


@pytest.fixture
async def store(sample_url: str) -> AsyncIterator[Store]:
    async with open_at(sample_url) as database:
        yield Store(database)


def person(repo: Writing, key: str) -> Person:
    return next(one for one in repo.company.people.values() if one.key == key)


def land(repo: Writing, key: str) -> int:
    return next(one.id for one in repo.company.territories.values() if one.key == key)


async def card_of(repo: Writing, change: Change, reason: str, *, state: State, by: str = "olga.petrova") -> str:
    """The card of a request as a channel gets it, without its number."""
    here = repo.connection, 1
    note = await write_note(*here, person(repo, by).id, "requests.reason", reason, NOW)
    asker = person(repo, by).id
    number = await requests.add(
        *here, change, requester=asker, effective_on=FIRST, now=NOW, state=State.DRAFT, reason=note
    )
    found = await about(repo, number)
    shown = replace(found, request=replace(found.request, state=state, failure=f"{reason} stands in the way"))
    message: Message = await card_message(Told(shown, repo, Numbers("USD"), TODAY))
    return str(message.to_post()).replace(f"equest {number}", "equest N").replace(f"'value': '{number}'", "'value': N")


@pytest.mark.parametrize("state", [State.SUBMITTED, State.SCHEDULED, State.FAILED, State.EFFECTIVE])
async def test_which_accounts_terms_and_reasons_a_channel_does_not_learn(store: Store, state: State) -> None:
    async with write(store, 1, Occasion(None, "button", NOW)) as repo:
        source, target = land(repo, "new-england"), land(repo, "texas")
        held = sorted((await accounts_by_territory(repo, FIRST))[source])
        one = MoveAccounts(tuple(held[:2]), source, target, Terms(basis=Basis.EQUAL))
        other = MoveAccounts(tuple(held[2:4]), source, target, Terms(TargetRule.STAYS))
        more = MoveAccounts(tuple(held[:3]), source, target, Terms(basis=Basis.EQUAL))
        cards = [
            await card_of(repo, change, reason, state=state)
            for change, reason in ((one, "Ana is overworked"), (other, "A merger"), (more, "A merger"))
        ]
    assert cards[0] == cards[1]
    assert cards[0] != cards[2], "how many they are it may know"


@pytest.mark.parametrize("state", [State.SUBMITTED, State.SCHEDULED, State.FAILED])
async def test_of_what_is_confidential_a_channel_learns_kind_and_state(store: Store, state: State) -> None:
    async with write(store, 1, Occasion(None, "button", NOW)) as repo:
        ana, ben = person(repo, "ana.silva").id, person(repo, "ben.whitaker").id
        east, west = land(repo, "new-england"), land(repo, "texas")
        until = date(2027, 1, 4)
        pairs: list[tuple[Change, Change]] = [
            (ChangeRep(east, ben, ana), ChangeRep(west, None, ben)),
            (Cover(east, ben, until), Cover(west, ana, until, credited=True)),
            (
                ChangeTarget(SubjectKind.PERSON, ana, "2027Q1", Metric.REVENUE, 1, "USD"),
                ChangeTarget(SubjectKind.TERRITORY, west, "FY2027", Metric.REVENUE, 99, "EUR"),
            ),
        ]
        for one, other in pairs:
            first = await card_of(repo, one, "She leaves", state=state)
            assert first == await card_of(repo, other, "He is ill", state=state, by="marcus.chen")


async def test_once_it_is_in_effect_the_channel_may_know_whom(store: Store) -> None:
    async with write(store, 1, Occasion(None, "button", NOW)) as repo:
        ana, ben = person(repo, "ana.silva").id, person(repo, "ben.whitaker").id
        change = ChangeRep(land(repo, "new-england"), ben, ana)
        shown = await card_of(repo, change, "She leaves", state=State.EFFECTIVE)
    assert "Ben Whitaker takes over New England from Ana Silva" in shown
    assert "She leaves" not in shown
