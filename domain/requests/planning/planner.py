"""One way in for all kinds."""

from dataclasses import replace
from datetime import timedelta

from domain.requests.model import (
    Change,
    ChangeBoundary,
    ChangeRep,
    ChangeTarget,
    Cover,
    Merge,
    MoveAccounts,
    Reversal,
    Split,
)
from domain.requests.planning.assigning import plan_cover, plan_rep
from domain.requests.planning.bounding import plan_boundary
from domain.requests.planning.facts import Done, Facts, Note, Plan
from domain.requests.planning.merging import plan_merge
from domain.requests.planning.moving import plan_move
from domain.requests.planning.reversing import plan_reversal
from domain.requests.planning.splitting import plan_split
from domain.requests.planning.targeting import plan_target


def plan(change: Change, facts: Facts, done: Done | None = None) -> Plan:
    """What a change writes on its day, and what a preview says about it. A reversal needs what was `done`.

    Whether the day itself may be asked for is another question, asked when a request is submitted: `checks.check_day`.
    Raises Impossible with the reason why not, DataError for what cannot be read (a rule's number, a period), MissingRate
    for a target in a currency without a rate, ValueError for a reversal of nothing.
    """
    found = _plan(change, facts, done)
    day = facts.effective_on
    closed = not facts.model.calendar.count(day, day + timedelta(days=1))
    return replace(found, notes=found.notes | {Note.NO_BUSINESS_DAY}) if closed else found


def _plan(change: Change, facts: Facts, done: Done | None) -> Plan:
    match change:
        case MoveAccounts():
            return plan_move(change, facts)
        case ChangeRep():
            return plan_rep(change, facts)
        case Cover():
            return plan_cover(change, facts)
        case ChangeBoundary():
            return plan_boundary(change, facts)
        case Split():
            return plan_split(change, facts)
        case Merge():
            return plan_merge(change, facts)
        case ChangeTarget():
            return plan_target(change, facts)
        case Reversal():
            if done is None:
                raise ValueError("a reversal is planned from what it gives back")
            return plan_reversal(done, facts)
