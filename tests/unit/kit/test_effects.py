"""What is kept of an answer is the same answer."""

import json

import pytest

from commands.kit import Errors, Message, Modal, Nothing, Reply
from commands.kit.blocks import Column, actions, button, section, table
from commands.kit.effects import freeze, thaw
from commands.kit.outgoing import Audience, Member
from domain.company import Person, Role
from templates import Mrkdwn

TABLE = table([Column("Name", str)], ["Ana", "Ben"], caption="People")


@pytest.mark.parametrize(
    "message",
    [
        Message("plain <b>"),
        Message(Mrkdwn("*bold*")),
        Message("card", [section("first"), TABLE, actions(button("Go", "go"))], [section("simple")], replace=True),
    ],
)
def test_a_message_is_kept_to_the_byte(message: Message) -> None:
    again = thaw(json.loads(json.dumps(freeze(message))))
    assert isinstance(again, Message)
    for plain in (False, True):
        assert again.to_json(plain=plain) == message.to_json(plain=plain)


@pytest.mark.parametrize(
    "modal", [Modal("Done", [section("Saved")]), Modal("Next", [section("?")], "Save", "Back", "next", "m")]
)
def test_a_modal_is_kept_to_the_byte(modal: Modal) -> None:
    again = thaw(json.loads(json.dumps(freeze(modal))))
    assert isinstance(again, Modal)
    assert again.to_json() == modal.to_json()


def test_nothing_is_kept_as_nothing() -> None:
    assert thaw(freeze(Nothing())) == Nothing()


def test_errors_are_never_kept() -> None:
    errors: Reply = Errors({"amount": "no"})
    with pytest.raises(TypeError, match="Errors"):
        freeze(errors)


def person(role: Role) -> Person:
    return Person(id=1, key="p", name="P", role=role)


MANAGER = Member("U1", person(Role.MANAGER))


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        (Audience([MANAGER]), True),
        (Audience([MANAGER], is_public=True), False),
        (Audience([MANAGER], is_shared=True), False),
        (Audience([MANAGER, Member("U2", person(Role.REP))]), False),
        (Audience([MANAGER, Member("U2")]), False),
        (Audience([MANAGER, Member("U2", person(Role.MANAGER), is_guest=True)]), False),
    ],
)
def test_an_audience_may_see_something_if_each_of_them_may(audience: Audience, expected: bool) -> None:
    assert audience.all_are(lambda one: one.role is Role.MANAGER) is expected
