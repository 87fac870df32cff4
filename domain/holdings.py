"""Which territory an account is in on each day: by its own pin, a parent's pin, or the most specific rule.

Rules are compared by the number of dimensions that they name (a band of employees or revenue is one), then by the
longest postal prefix that matched, then by the narrowest band. Two equal claims of different territories are an
overlap: the account is in neither, and the overlap is reported.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from domain.company import Span, TerritoryId
from domain.errors import DataError
from domain.money import to_minor
from domain.timelines import Timeline, timeline

AccountId: TypeAlias = int

ALWAYS = Span()
UNBOUNDED = 2**63
WORDS = ("country", "region", "industry")
"""Dimensions that match a whole value, whatever its case."""
BANDS = ("employees", "revenue")
"""Dimensions with `_min` and `_max`, both inclusive."""
DIMENSIONS = frozenset({*WORDS, "postal_prefix", *(f"{band}_{end}" for band in BANDS for end in ("min", "max"))})


class How(StrEnum):
    """By what an account is in its territory, or in none."""

    PIN = "pin"
    INHERITED_PIN = "inherited_pin"
    RULE = "rule"
    OVERLAP = "overlap"
    GAP = "gap"


class Holding(NamedTuple):
    """The territory of an account for a stretch of days; `rivals` are the territories of an overlap."""

    territory: TerritoryId | None
    how: How
    rivals: tuple[TerritoryId, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """What pins and rules look at. `annual_revenue` is in minor units of the workspace's currency."""

    id: AccountId
    parent: AccountId | None = None
    country: str | None = None
    region: str | None = None
    postal_code: str | None = None
    industry: str | None = None
    employees: int | None = None
    annual_revenue: int | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    account: AccountId
    territory: TerritoryId
    span: Span = ALWAYS


@dataclass(frozen=True, slots=True)
class Condition:
    """One row of a rule: rows of one rule are and-ed. `value` may list several, split by `;`."""

    territory: TerritoryId
    rule: str
    dimension: str
    value: str
    span: Span = ALWAYS


@dataclass(frozen=True, slots=True)
class Overlap:
    """Territories that claim an account equally for some days, so that it is in none of them."""

    account: AccountId
    span: Span
    territories: tuple[TerritoryId, ...]


Specificity: TypeAlias = tuple[int, int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Rule:
    """The conditions of one rule of a territory, ready to be asked; it holds on the days that all of them have."""

    territory: TerritoryId
    span: Span
    words: Mapping[str, frozenset[str]]
    prefixes: tuple[str, ...]
    bands: Mapping[str, tuple[int, int]]

    def claims(self, account: Account) -> Specificity | None:
        """How specifically the rule claims an account; None if it does not. Of two rules the greater wins."""
        if any(_fold(getattr(account, word)) not in allowed for word, allowed in self.words.items()):
            return None
        prefix = self._longest_prefix(account)
        if self.prefixes and not prefix:
            return None
        for band, (least, most) in self.bands.items():
            value = account.employees if band == "employees" else account.annual_revenue
            if value is None or not least <= value <= most:
                return None
        dimensions = len(self.words) + bool(self.prefixes) + len(self.bands)
        return dimensions, prefix, self._narrowness()

    def _longest_prefix(self, account: Account) -> int:
        code = _postal(account.postal_code or "")
        return max((len(prefix) for prefix in self.prefixes if code.startswith(prefix)), default=0)

    def _narrowness(self) -> tuple[int, ...]:
        """Greater is narrower. Bands that are open at one end have no width: there the tighter end decides."""
        found = [self.bands.get(band, (-UNBOUNDED, UNBOUNDED)) for band in BANDS]
        widths = [-UNBOUNDED if _is_open(band) else band[0] - band[1] for band in found]
        ends = [(band[0], -band[1]) if _is_open(band) else (0, 0) for band in found]
        return (*widths, *(end for pair in ends for end in pair))


class Rules:
    """All rules of a company, found quickly by one of the words that they ask for."""

    def __init__(self, conditions: Iterable[Condition], currency: str) -> None:
        self._by_word: dict[tuple[str, str], list[Rule]] = defaultdict(list)
        self._others: list[Rule] = []
        for rule in compile_rules(conditions, currency):
            word = min(rule.words, key=lambda name: len(rule.words[name]), default=None)
            if word is None:
                self._others.append(rule)
                continue
            for value in rule.words[word]:
                self._by_word[word, value].append(rule)

    def claims(self, account: Account) -> Iterator[tuple[Span, tuple[Specificity, TerritoryId]]]:
        """The days of each rule that claims an account, how specifically, and for which territory."""
        for rule in self._candidates(account):
            specificity = rule.claims(account)
            if specificity is not None:
                yield rule.span, (specificity, rule.territory)

    def _candidates(self, account: Account) -> Iterator[Rule]:
        yield from self._others
        for word in WORDS:
            yield from self._by_word.get((word, _fold(getattr(account, word))), ())


Claim: TypeAlias = tuple[int, Specificity, TerritoryId]
"""How near a pin is (1: the account's own, then 0, -1, ... up its parents); rules come after all pins."""
_OWN = 1
_RULE = -UNBOUNDED
_NO_PIN: Specificity = (0, 0, ())


def resolve(
    accounts: Iterable[Account], pins: Iterable[Pin], conditions: Iterable[Condition], currency: str
) -> dict[AccountId, Timeline[Holding]]:
    """The territory of each account on each day. Accounts that nothing ever claims are left out.

    Raises DataError for a rule that cannot be read.
    """
    rules = Rules(conditions, currency)
    pinned: dict[AccountId, list[Pin]] = defaultdict(list)
    for pin in sorted(pins, key=lambda pin: pin.span.start, reverse=True):
        pinned[pin.account].append(pin)
    known = list(accounts)
    parents = {account.id: account.parent for account in known}
    # Most accounts share one of few histories: a large company's take little time and memory.
    lines: dict[tuple[tuple[Span, Claim], ...], Timeline[Holding]] = {}
    found: dict[AccountId, Timeline[Holding]] = {}
    for account in known:
        claims = (*_pin_claims(account.id, parents, pinned), *_rule_claims(account, rules))
        if claims:
            found[account.id] = lines.get(claims) or lines.setdefault(claims, timeline(claims, _settle))
    return found


def overlaps(holdings: Mapping[AccountId, Timeline[Holding]]) -> list[Overlap]:
    """The accounts and days that several territories claim equally."""
    return [
        Overlap(account, span, holding.rivals)
        for account, line in sorted(holdings.items())
        for span, holding in line.stretches()
        if holding.how is How.OVERLAP
    ]


def compile_rules(conditions: Iterable[Condition], currency: str) -> list[Rule]:
    """Rules from their rows. Raises DataError for an unknown dimension or a bound that is no number."""
    rows: dict[tuple[TerritoryId, str], list[Condition]] = defaultdict(list)
    for condition in conditions:
        rows[condition.territory, condition.rule].append(condition)
    compiled = (_compile(territory, found, currency) for (territory, _), found in sorted(rows.items()))
    return [rule for rule in compiled if rule is not None]


def _compile(territory: TerritoryId, rows: Iterable[Condition], currency: str) -> Rule | None:
    """None if there is no day on which all conditions hold."""
    span: Span | None = Span()
    words: dict[str, frozenset[str]] = {}
    prefixes: tuple[str, ...] = ()
    bands: dict[str, tuple[int, int]] = {}
    for row in rows:
        span = span.clip(row.span) if span else None
        values = [value.strip() for value in row.value.split(";") if value.strip()]
        if row.dimension in WORDS:
            words[row.dimension] = frozenset(map(_fold, values))
        elif row.dimension == "postal_prefix":
            prefixes = tuple(map(_postal, values))
        else:
            band, least, most = _bound(row, currency)
            so_far = bands.get(band, (-UNBOUNDED, UNBOUNDED))
            bands[band] = max(least, so_far[0]), min(most, so_far[1])
    return Rule(territory, span, words, prefixes, bands) if span else None


def _bound(row: Condition, currency: str) -> tuple[str, int, int]:
    """The band that a condition narrows, and its bounds."""
    band, _, end = row.dimension.rpartition("_")
    if row.dimension not in DIMENSIONS:
        raise DataError(
            f"Rule '{row.rule}' has an unknown dimension '{row.dimension}'. Use one of {', '.join(sorted(DIMENSIONS))}."
        )
    try:
        number = Decimal(row.value.strip())
        value = to_minor(number, currency)[0] if band == "revenue" else int(number)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise DataError(
            f"Rule '{row.rule}': {row.dimension} '{row.value}' is no number. Write a plain one, such as 500."
        ) from error
    return (band, value, UNBOUNDED) if end == "min" else (band, -UNBOUNDED, value)


def _pin_claims(
    account: AccountId, parents: Mapping[AccountId, AccountId | None], pinned: Mapping[AccountId, list[Pin]]
) -> Iterator[tuple[Span, Claim]]:
    """Pins of the account and of those above it, nearest first, later ones before earlier ones."""
    if not pinned:
        return
    near, at, seen = _OWN, account, set[AccountId]()
    while at not in seen:
        for pin in pinned.get(at, ()):
            yield pin.span, (near, _NO_PIN, pin.territory)
        seen.add(at)
        near, above = near - 1, parents.get(at)
        if above is None:
            return
        at = above


def _rule_claims(account: Account, rules: Rules) -> Iterator[tuple[Span, Claim]]:
    return ((span, (_RULE, specificity, territory)) for span, (specificity, territory) in rules.claims(account))


def _settle(claims: list[Claim]) -> Holding:
    """Pins come nearest first, so that the first one wins; of rules the most specific."""
    if not claims:
        return Holding(None, How.GAP)
    near, _, territory = claims[0]
    if near != _RULE:
        return Holding(territory, How.PIN if near == _OWN else How.INHERITED_PIN)
    best = max(specificity for _, specificity, _ in claims)
    rivals = tuple(sorted({territory for _, specificity, territory in claims if specificity == best}))
    return Holding(rivals[0], How.RULE) if len(rivals) == 1 else Holding(None, How.OVERLAP, rivals)


def _is_open(band: tuple[int, int]) -> bool:
    return UNBOUNDED in (-band[0], band[1])


def _fold(word: str | None) -> str:
    return "" if word is None else word.strip().casefold()


def _postal(code: str) -> str:
    """Postal codes are compared without spaces and case."""
    return "".join(code.split()).upper()
