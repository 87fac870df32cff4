"""What to do with a claimed message, and when to come back to it: no I/O, no clock."""

from datetime import datetime, timedelta
from enum import Enum

from bot.outbox.failures import Failure, Verdict
from storage.lanes import Claim, Settlement
from storage.leases import LEASE
from storage.outbox import Operation, State

CLIENT_SECONDS = 10
"""How long one call of Slack may take."""
LOOK_AFTER = LEASE + timedelta(seconds=CLIENT_SECONDS + 10)
"""When a send whose outcome nobody knows is looked for: by then nobody can still be about to send it."""
SECOND = timedelta(seconds=1)
"""Between two messages of a lane."""
LONGEST = 600.0
"""Seconds between two attempts at most."""
ATTEMPTS = 150
"""About a day, with the backoff."""
HOME_ATTEMPTS = 20
"""About two hours: whoever opens the tab sees what is so then anyway."""
_REFUSED = (Verdict.DEAD, Verdict.PLAIN)
RENDERINGS = 5
"""How often words that could not be made are tried again."""
FILE_PATIENCE = timedelta(minutes=10)
PAUSE = timedelta(minutes=10)


class Step(Enum):
    SEND = "render it and send it"
    WAIT = "too early to look for it"
    LOOK = "look for it in Slack"
    CHECK_FILE = "see whether Slack has finished the file"
    GIVE_UP = "what it belongs to was not sent"


def step_of(claim: Claim, now: datetime) -> Step:
    """What comes next for this message."""
    if claim.related and claim.related.state in (State.DEAD, State.DROPPED):
        return Step.GIVE_UP
    if claim.state is State.WAITING or claim.operation.is_idempotent or claim.attempted_at is None:
        return Step.SEND
    if claim.file_id:
        return Step.CHECK_FILE
    return Step.LOOK if now >= claim.attempted_at + LOOK_AFTER else Step.WAIT


def given_up(claim: Claim, now: datetime) -> Settlement:
    """An answer dies with the message that it answers, an update with the one that it replaces."""
    assert claim.related
    what = "the message that it answers" if claim.in_thread else "the message that it replaces"
    return Settlement(claim.related.state, now, f"{what} was not sent")


def waiting_to_look(claim: Claim, now: datetime, why: str) -> Settlement:
    """Still nobody knows; come back when it can be looked for."""
    return Settlement(State.SENDING, (claim.attempted_at or now) + LOOK_AFTER, why)


def failed(claim: Claim, failure: Failure, now: datetime, *, begun: bool, jitter: float) -> Settlement:
    """After a failure; `begun` says that Slack may have got the message, `jitter` is from 0 to 1."""
    tries = claim.attempts + 1
    if claim.operation is Operation.HOME and (failure.verdict in _REFUSED or tries >= HOME_ATTEMPTS):
        # Nothing is lost: the tab is made anew when it is opened.
        return Settlement(State.DROPPED, now, failure.reason)
    match failure.verdict:
        case Verdict.PAUSED:
            return Settlement(State.WAITING, now + PAUSE, failure.reason, pause=PAUSE)
        case Verdict.DEAD | Verdict.PLAIN:
            return Settlement(State.DEAD, now, failure.reason, counts=not begun)
        case Verdict.UNKNOWN if begun and not claim.operation.is_idempotent:
            wait = max(LOOK_AFTER, backoff(tries, jitter))
            return Settlement(State.SENDING, now + wait, failure.reason, pause=SECOND)
        case _ if tries >= ATTEMPTS:
            return Settlement(State.DEAD, now, f"{failure.reason}, {tries} times", counts=not begun)
        case _:
            wait = backoff(tries, jitter) if failure.after is None else timedelta(seconds=failure.after)
            return Settlement(State.WAITING, now + wait, failure.reason, pause=wait, counts=not begun)


def not_found(claim: Claim, now: datetime) -> Settlement:
    """It is not in Slack: it was never taken, and is sent again."""
    if claim.attempts >= ATTEMPTS:
        return Settlement(State.DEAD, now, f"Slack did not take it, {claim.attempts} times")
    return Settlement(State.WAITING, now, "it was not in Slack: sent again")


def not_looked(claim: Claim, failure: Failure, now: datetime, *, cursor: str | None, jitter: float) -> Settlement:
    """Slack did not let us look: nothing is sent before it does. The search goes on at `cursor`."""
    if failure.verdict is Verdict.DEAD:
        return Settlement(State.DEAD, now, f"nobody knows whether it was sent: {failure.reason}")
    wait = PAUSE if failure.verdict is Verdict.PAUSED else backoff(3, jitter)
    wait = wait if failure.after is None else timedelta(seconds=failure.after)
    return Settlement(State.SENDING, now + wait, failure.reason, cursor=cursor, pause=wait)


def unspeakable(claim: Claim, error: Exception, now: datetime, *, jitter: float) -> Settlement:
    """After an exception where the words are made: a mistake of ours, which some tries may outlive."""
    said = f"{type(error).__name__}: {error}"[:500]
    state = State.DEAD if claim.attempts + 1 >= RENDERINGS else State.WAITING
    return Settlement(state, now + backoff(claim.attempts + 1, jitter), said, counts=True)


def backoff(tries: int, jitter: float) -> timedelta:
    """Doubled with each try, up to ten minutes; `jitter` takes away up to a half."""
    return timedelta(seconds=max(1.0, min(2.0**tries, LONGEST) * (1 - jitter / 2)))
