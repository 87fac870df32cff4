"""Why an account is in its territory on a day: what decided it, and each other claim with what it lost by."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.company import Span, TerritoryId
from domain.holdings import Account, AccountId, Holding, How, Pin, Rule, Rules, Specificity, line_of


class Lost(StrEnum):
    """What a claim lost by."""

    LATER_PIN = "later_pin"
    """Another pin of the same account begins later."""
    NEARER_PIN = "nearer_pin"
    """A pin of the account itself, or of a company nearer to it."""
    PIN = "pin"
    """A rule, against a pin."""
    DIMENSIONS = "dimensions"
    """A rule that names fewer dimensions."""
    PREFIX = "prefix"
    """A rule with as many dimensions and a shorter postal prefix."""
    BAND = "band"
    """A rule that is the same but for a wider band of employees or revenue."""
    TIE = "tie"
    """A rule as specific as another territory's: neither has the account."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A pin or rule that claims an account on the day; `lost` is None for what decided it.

    `pinned` is the account that a pin names, `rule` the name of a rule in its territory.
    """

    territory: TerritoryId
    how: How
    span: Span
    lost: Lost | None
    pinned: AccountId | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """The holding of a day, and all claims on that day: what decided first, then in the order in which they come."""

    holding: Holding
    claims: tuple[Claim, ...]

    @property
    def decided(self) -> tuple[Claim, ...]:
        """What put the account where it is; of an overlap the claims that are equal; of a gap none."""
        return tuple(claim for claim in self.claims if claim.lost in (None, Lost.TIE))

    @property
    def beaten(self) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.claims if claim.lost not in (None, Lost.TIE))


def explain(
    account: Account,
    parents: Mapping[AccountId, AccountId | None],
    pinned: Mapping[AccountId, Sequence[Pin]],
    rules: Rules,
    day: date,
) -> Why:
    """Why an account is in its territory on `day`; `pinned` as `holdings.by_account` makes it, of those in its line."""
    pins = list(_pins(account.id, parents, pinned, day))
    ruled = list(_rules(claims_on(account, rules, day), pinned=bool(pins)))
    claims = (*pins, *ruled)
    if not claims:
        return Why(Holding(None, How.GAP), ())
    if claims[0].lost is Lost.TIE:
        rivals = sorted({claim.territory for claim in claims if claim.lost is Lost.TIE})
        return Why(Holding(None, How.OVERLAP, tuple(rivals)), claims)
    return Why(Holding(claims[0].territory, claims[0].how), claims)


def claims_on(account: Account, rules: Rules, day: date) -> list[tuple[Specificity, Rule]]:
    """The rules that claim an account on a day, the most specific first."""
    found = [(specificity, rule) for rule, specificity in rules.claims(account) if day in rule.span]
    found.sort(key=lambda one: (one[1].territory, one[1].name))
    found.sort(key=lambda one: one[0], reverse=True)
    return found


def _pins(
    account: AccountId,
    parents: Mapping[AccountId, AccountId | None],
    pinned: Mapping[AccountId, Sequence[Pin]],
    day: date,
) -> Iterator[Claim]:
    nearest: int | None = None
    for distance, at in enumerate(line_of(account, parents)):
        for pin in pinned.get(at, ()):
            if day not in pin.span:
                continue
            lost = None if nearest is None else Lost.LATER_PIN if nearest == distance else Lost.NEARER_PIN
            nearest = distance if nearest is None else nearest
            yield Claim(pin.territory, How.INHERITED_PIN if distance else How.PIN, pin.span, lost, pinned=at)


def _rules(claims: Sequence[tuple[Specificity, Rule]], *, pinned: bool) -> Iterator[Claim]:
    """`claims` from the most specific on."""
    best = claims[0][0] if claims else None
    tied = len({rule.territory for specificity, rule in claims if specificity == best}) > 1
    for specificity, rule in claims:
        lost = Lost.PIN if pinned else _lost(specificity, claims[0][0], tied)
        yield Claim(rule.territory, How.RULE, rule.span, lost, rule=rule.name)


def _lost(specificity: Specificity, best: Specificity, tied: bool) -> Lost | None:
    if specificity == best:
        return Lost.TIE if tied else None
    if specificity[0] != best[0]:
        return Lost.DIMENSIONS
    return Lost.PREFIX if specificity[1] != best[1] else Lost.BAND
