"""Whether a change can be asked for: rights, the day, the plan, other open requests; and what it would do."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from domain import policies
from domain.company import Person, TerritoryId
from domain.holdings import AccountId
from domain.requests.model import Change, ChangeBoundary, RequestId
from domain.requests.objects import held_by, thing
from domain.requests.planning.checks import check_day
from domain.requests.planning.facts import Facts, Impossible, Plan
from domain.requests.planning.planner import plan
from domain.requests.policy import RequestPolicy
from domain.requests.rights import may_ask
from domain.requests.routing import Asked, Route, route
from domain.requests.words import some_of
from storage import requests
from storage.division import accounts_called
from storage.request_facts import request_facts
from storage.rule_changes import Elsewhere, moved_by_rules
from storage.store import Repositories


@dataclass(frozen=True, slots=True)
class Checked:
    """A change that is possible as the data is now. `by_rules` are the accounts that another rule brings elsewhere."""

    change: Change
    facts: Facts
    plan: Plan
    route: Route
    by_rules: Mapping[AccountId, Elsewhere] = field(default_factory=dict)

    @property
    def others(self) -> frozenset[TerritoryId]:
        """The territories whose accounts a change of rules takes or gives, besides its own."""
        return _others(self.change, self.by_rules.values())


async def check(
    repo: Repositories,
    change: Change,
    *,
    effective_on: date,
    by: Person,
    today: date,
    policy: RequestPolicy,
    but: RequestId | None = None,
) -> Checked:
    """What a change would do, and who decides. `but` is the request that asks for it already.

    Raises NotAllowed, Impossible, AlreadyAsked (as Impossible at its field), DataError, MissingRate, Undecidable.
    """
    policies.require(may_ask(by, change, repo.model.lines, today))
    check_day(effective_on, today, policy)
    await _check_free(repo, change, but)
    facts = await request_facts(repo, change, effective_on=effective_on, today=today)
    planned = plan(change, facts)
    by_rules = await moved_by_rules(repo, planned.writes.rules, effective_on) if planned.writes.rules else {}
    others = _others(change, by_rules.values())
    asked = Asked(change, by.id, effective_on, planned.moved, others)
    return Checked(change, facts, planned, route(asked, repo.model, policy, today), by_rules)


def _others(change: Change, moved: Collection[Elsewhere]) -> frozenset[TerritoryId]:
    if not isinstance(change, ChangeBoundary):
        return frozenset()
    touched = {one for pair in moved for one in pair if one is not None}
    return frozenset(touched - {change.territory})


async def _check_free(repo: Repositories, change: Change, but: RequestId | None) -> None:
    """Raises Impossible, naming the request that is open about the same."""
    held = await requests.holders(repo.connection, repo.workspace_id, held_by(change), but=but)
    if not held:
        return
    number = min(held.values())
    of_accounts = [int(name.rpartition(":")[2]) for name in held if name.startswith(thing("account", ""))]
    if of_accounts:
        called = await accounts_called(repo, of_accounts)
        names = some_of([called[one].name for one in sorted(of_accounts) if one in called])
        verb = "is" if len(of_accounts) == 1 else "are"
        raise Impossible(
            f"{names} {verb} in request {number} already, which is open. Leave out what is, or wait for it.", "accounts"
        )
    raise Impossible(f"Request {number} is open and about the same. It has to be decided or withdrawn first.", "")
