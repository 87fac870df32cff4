"""What happens to a request that nobody decides: reminders, then escalation, then its end. All days are the policy's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.requests.policy import RequestPolicy


class Nudge(StrEnum):
    REMIND = "remind"
    """Those who have yet to decide."""
    ESCALATE = "escalate"
    """The next above them; from then on they are reminded together."""
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class Due:
    """What is due on a day for a request that is still waiting then. `number` counts the reminders from 1."""

    nudge: Nudge
    on: date
    number: int = 0


def schedule(since: date, policy: RequestPolicy) -> Iterator[Due]:
    """Everything that is due for a request that waits since a day, in order; the last one is its end.

    On a day with several only the gravest is due: who is told that it was escalated needs no reminder.
    """
    remind, escalate, expire = (
        since + timedelta(days=days) for days in (policy.remind_after, policy.escalate_after, policy.expire_after)
    )
    number, at, escalated = 0, remind, False
    while at < expire:
        if escalate <= at and not escalated:
            yield Due(Nudge.ESCALATE, escalate)
            escalated = True
        if at != escalate:
            number += 1
            yield Due(Nudge.REMIND, at, number)
        at += timedelta(days=policy.remind_every)
    if not escalated:
        yield Due(Nudge.ESCALATE, escalate)
    yield Due(Nudge.EXPIRE, expire)


def due(since: date, today: date, policy: RequestPolicy) -> Due | None:
    """The last thing that is due by today; None if nothing is yet. Days on which nothing ran are made up for by one."""
    found = None
    for one in schedule(since, policy):
        if one.on > today:
            break
        found = one
    return found


def after(since: date, last: Due | None, policy: RequestPolicy) -> Due | None:
    """What comes next; None after the end. It tells a job for which day to be ordered."""
    return next((one for one in schedule(since, policy) if last is None or one.on > last.on), None)
