"""One way in for all kinds."""

from domain.requests.model import Change, ChangeRep, ChangeTarget, Cover, MoveAccounts
from domain.requests.planning.assigning import plan_cover, plan_rep
from domain.requests.planning.facts import Facts, Plan
from domain.requests.planning.moving import plan_move
from domain.requests.planning.targeting import plan_target


def plan(change: Change, facts: Facts) -> Plan:
    """What a change writes on its day, and what a preview says about it.

    Raises Impossible with the reason why not, MissingRate for a target in a currency without a rate.
    """
    match change:
        case MoveAccounts():
            return plan_move(change, facts)
        case ChangeRep():
            return plan_rep(change, facts)
        case Cover():
            return plan_cover(change, facts)
        case ChangeTarget():
            return plan_target(change, facts)
        case _:
            raise NotImplementedError(type(change).__name__)
