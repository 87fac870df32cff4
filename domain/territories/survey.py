"""All accounts on one day: the territory of each, which rules take nothing, and which pins say otherwise than the rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.company import TerritoryId
from domain.holdings import (
    Account,
    AccountId,
    Condition,
    Holding,
    How,
    Pin,
    Rules,
    by_account,
    compile_rules,
    line_of,
    same_claims,
)


@dataclass(frozen=True, slots=True)
class Idle:
    """A rule that is in force and that no account meets."""

    territory: TerritoryId
    rule: str


@dataclass(frozen=True, slots=True)
class Against:
    """An account that is pinned to one territory while the rules alone would have it in others."""

    account: AccountId
    pinned: TerritoryId
    ruled: tuple[TerritoryId, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """The holding of each account on the day; `ruled` is False in a company without any pin or rule."""

    holdings: Mapping[AccountId, Holding]
    idle: tuple[Idle, ...]
    against: tuple[Against, ...]
    ruled: bool

    def counts(self) -> Mapping[TerritoryId, int]:
        """How many accounts are in each territory itself."""
        found: dict[TerritoryId, int] = {}
        for holding in self.holdings.values():
            if holding.territory is not None:
                found[holding.territory] = found.get(holding.territory, 0) + 1
        return found


_GAP = Holding(None, How.GAP)


def survey(
    accounts: Iterable[Account], pins: Sequence[Pin], conditions: Sequence[Condition], currency: str, day: date
) -> Survey:
    """Where all accounts are on `day`. Raises DataError for a rule that cannot be read."""
    known = list(accounts)
    compiled = [rule for rule in compile_rules(conditions, currency) if day in rule.span]
    rules = Rules(compiled)
    pinned = by_account(pin for pin in pins if day in pin.span)
    parents = {account.id: account.parent for account in known} if pinned else {}
    by_rules = _ByRules(rules)
    holdings: dict[AccountId, Holding] = {}
    against: list[Against] = []
    for account in known:
        ruled = by_rules.holding(account)
        pin = next((pinned[at][0] for at in line_of(account.id, parents) if at in pinned), None) if pinned else None
        if pin is None:
            holdings[account.id] = ruled
            continue
        own = pin.account == account.id
        holdings[account.id] = Holding(pin.territory, How.PIN if own else How.INHERITED_PIN)
        others = ruled.rivals or ((ruled.territory,) if ruled.territory is not None else ())
        if own and others and pin.territory not in others:
            against.append(Against(account.id, pin.territory, others))
    idle = tuple(Idle(rule.territory, rule.name) for rule in compiled if id(rule) not in by_rules.met)
    return Survey(holdings, idle, tuple(against), bool(pins or conditions))


class _ByRules:
    """Where the rules alone put accounts; `met` are the rules that some account meets."""

    def __init__(self, rules: Rules) -> None:
        self.met: set[int] = set()
        self._rules = rules
        self._known: dict[tuple[tuple[int, int], ...], Holding] = {(): _GAP}

    def holding(self, account: Account) -> Holding:
        claimed = self._rules.claims(account)
        key = same_claims(claimed)
        if key not in self._known:
            self.met.update(id(rule) for rule, _ in claimed)
            best = max(specificity for _, specificity in claimed)
            rivals = tuple(sorted({rule.territory for rule, specificity in claimed if specificity == best}))
            only = len(rivals) == 1
            self._known[key] = Holding(rivals[0], How.RULE) if only else Holding(None, How.OVERLAP, rivals)
        return self._known[key]
