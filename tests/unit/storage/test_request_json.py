"""Changes and written rows go to JSON and come back as they were."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.requests.model import KIND_OF, Change, HoldOver, MoveAccounts, RequestKind, Terms
from domain.requests.objects import held_by
from domain.requests.writes import Writes
from storage.request_json import change_from_json, change_to_json, writes_from_json, writes_to_json
from tests.integration.storage.changing.test_rows import DAY, EVERYTHING

changes = st.one_of(*(st.from_type(made) for made in get_args(Change)))


@given(changes)
def test_any_change_comes_back(change: Change) -> None:
    kind = KIND_OF[type(change)]
    text = change_to_json(change)
    assert change_from_json(kind, text) == change
    assert change_to_json(change_from_json(kind, text)) == text


def test_rows_come_back() -> None:
    for writes in (Writes(), EVERYTHING, EVERYTHING.inverse()):
        assert writes_from_json(writes_to_json(writes)) == writes


@pytest.mark.parametrize("text", ["{}", '{"territory": "7", "person": 1}', '{"request": "1"}', '{"request": 1'])
def test_what_is_no_such_change_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        change_from_json(RequestKind.REVERSAL, text)


def test_stages_are_in_order() -> None:
    stages = frozenset({"Proposal", "Contract", "Demo", "Negotiation"})
    move = MoveAccounts((1,), 1, 2, Terms(hold_over=HoldOver(DAY, stages)))
    assert '["Contract", "Demo", "Negotiation", "Proposal"]' in change_to_json(move)


@given(changes)
def test_every_change_holds_something_and_an_equal_one_the_same(change: Change) -> None:
    held = held_by(change)
    assert held or not change.accounts
    assert held == held_by(replace(change))


def test_two_moves_of_one_account_meet() -> None:
    move = MoveAccounts((1, 2), 1, 2)
    assert held_by(move) & held_by(replace(move, accounts=(2, 3), source=5)) == {"account:2"}
    assert not held_by(move) & held_by(replace(move, accounts=(3,)))
