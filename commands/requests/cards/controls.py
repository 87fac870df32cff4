"""The buttons of requests. What they carry is the request's number, which is looked up and checked again."""

from collections.abc import Sequence

from commands.kit.blocks import Block, Control, actions, button, confirm
from domain.requests.model import RequestId, State

IMPACT, APPROVE = "requests.impact", "requests.approve"
CHANGES, REJECT = "requests.changes", "requests.reject"
AMEND, WITHDRAW, RETRY, REVERSE = "requests.amend", "requests.withdraw", "requests.retry", "requests.reverse"
_SURE = confirm(
    "Withdraw this request?", "It will not take effect. You can ask for it anew.", yes="Withdraw", danger=True
)
_AGAIN = confirm("Try it again?", "It is carried out again right away, all of it or nothing.", yes="Try again")


def impact(number: RequestId) -> Control:
    return button("See impact", IMPACT, value=str(number))


def deciding(number: RequestId) -> list[Control]:
    value = str(number)
    return [
        button("Approve…", APPROVE, value=value, style="primary"),
        button("Ask for changes…", CHANGES, value=value),
        button("Reject…", REJECT, value=value),
    ]


def withdrawing(number: RequestId) -> Control:
    return button("Withdraw", WITHDRAW, value=str(number), confirm=_SURE)


def retrying(number: RequestId) -> Control:
    return button("Try again", RETRY, value=str(number), confirm=_AGAIN)


def amending(number: RequestId) -> Control:
    """Opens the form as it was sent."""
    return button("Change and send again…", AMEND, value=str(number))


def reversing(number: RequestId) -> Control:
    return button("Reverse…", REVERSE, value=str(number))


def everybodys(number: RequestId, state: State, *, is_reversal: bool) -> Block:
    """What a message offers that several people read: each is told what they may not do."""
    found = [impact(number)]
    if state is State.SUBMITTED:
        found += deciding(number)
    if state is State.FAILED:
        found.append(retrying(number))
    if state is State.CHANGES_REQUESTED and not is_reversal:
        found.append(amending(number))
    if state in WITHDRAWABLE:
        found.append(withdrawing(number))
    if state is State.EFFECTIVE and not is_reversal:
        found.append(reversing(number))
    return row(found)


WITHDRAWABLE = frozenset({State.SUBMITTED, State.CHANGES_REQUESTED, State.SCHEDULED, State.FAILED})


def row(controls: Sequence[Control], *, of: RequestId | None = None) -> Block:
    """`of` tells rows apart that stand together."""
    return actions(*controls, id="request" if of is None else f"decide.{of}")
