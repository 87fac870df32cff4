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
from functools import lru_cache
from itertools import product
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


class Facts(NamedTuple):
    """What rules compare of one account, made ready once for all of them."""

    words: Mapping[str, str]
    postal: str
    employees: int | None
    revenue: int | None

    @classmethod
    def of(cls, account: Account) -> "Facts":
        words = {
            "country": _fold(account.country),
            "region": _fold(account.region),
            "industry": _fold(account.industry),
        }
        return cls(words, _postal(account.postal_code or ""), account.employees, account.annual_revenue)


@dataclass(frozen=True, slots=True)
class Rule:
    """The conditions of one rule of a territory, ready to be asked; it holds on the days that all of them have.

    `narrowness` compares bands: greater is narrower.
    """

    territory: TerritoryId
    name: str
    span: Span
    words: Mapping[str, frozenset[str]]
    prefixes: tuple[str, ...]
    bands: Mapping[str, tuple[int, int]]
    narrowness: tuple[int, ...]
    dimensions: int

    def claims(self, facts: Facts) -> Specificity | None:
        """How specifically the rule claims an account; None if it does not. Of two rules the greater wins."""
        for word, allowed in self.words.items():
            if facts.words[word] not in allowed:
                return None
        prefix = 0
        if self.prefixes:
            prefix = max((len(one) for one in self.prefixes if facts.postal.startswith(one)), default=0)
            if not prefix:
                return None
        for band, (least, most) in self.bands.items():
            value = facts.employees if band == "employees" else facts.revenue
            if value is None or not least <= value <= most:
                return None
        return self.dimensions, prefix, self.narrowness


Claimed: TypeAlias = tuple[Rule, Specificity]
INDEXED = 1000
"""A rule is found under so many combinations of its words at most; with more, under fewer of its dimensions."""


class Rules:
    """All rules of a company, found quickly by the words that they ask for."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_words: dict[tuple[str, ...], dict[tuple[str, ...], list[Rule]]] = {}
        for rule in rules:
            names = _indexed(rule)
            found = self._by_words.setdefault(names, {})
            for values in product(*(rule.words[name] for name in names)):
                found.setdefault(values, []).append(rule)

    def claims(self, account: Account) -> list[Claimed]:
        """Each rule that claims an account on some day, and how specifically."""
        facts = Facts.of(account)
        words = facts.words
        claimed: list[Claimed] = []
        for names, found in self._by_words.items():
            for rule in found.get(tuple([words[name] for name in names]), ()):
                specificity = rule.claims(facts)
                if specificity is not None:
                    claimed.append((rule, specificity))
        return claimed


def _indexed(rule: Rule) -> tuple[str, ...]:
    """The dimensions under whose words a rule is found, those with few words first."""
    names: list[str] = []
    combinations = 1
    for name in sorted(rule.words, key=lambda name: (len(rule.words[name]), name)):
        combinations *= len(rule.words[name])
        if combinations > INDEXED and names:
            break
        names.append(name)
    return tuple(names)


def same_claims(claimed: Iterable[Claimed]) -> tuple[tuple[int, int], ...]:
    """What tells claims apart while their rules are in memory: two accounts with the same are in the same territories."""
    return tuple([(id(rule), specificity[1]) for rule, specificity in claimed])


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
    rules = Rules(compile_rules(conditions, currency))
    pinned = by_account(pins)
    known = list(accounts)
    parents = {account.id: account.parent for account in known}
    # Most accounts share one of few histories: a large company's take little time and memory.
    lines: dict[tuple[tuple[int, int], ...], Timeline[Holding]] = {}
    found: dict[AccountId, Timeline[Holding]] = {}
    for account in known:
        named, ruled = list(_pins_above(account.id, parents, pinned)), rules.claims(account)
        if not named and not ruled:
            continue
        key = (*((id(pin), near) for near, pin in named), *same_claims(ruled))
        if key not in lines:
            lines[key] = timeline((*_pin_claims(named), *_rule_claims(ruled)), _settle)
        found[account.id] = lines[key]
    return found


def by_account(pins: Iterable[Pin]) -> dict[AccountId, list[Pin]]:
    """The pins of each account; a pin that begins later comes before the others, for it holds where both do."""
    pinned: dict[AccountId, list[Pin]] = defaultdict(list)
    for pin in sorted(pins, key=lambda pin: pin.span.start, reverse=True):
        pinned[pin.account].append(pin)
    return pinned


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
    compiled = (_compile(territory, name, found, currency) for (territory, name), found in sorted(rows.items()))
    return [rule for rule in compiled if rule is not None]


def _compile(territory: TerritoryId, name: str, rows: Iterable[Condition], currency: str) -> Rule | None:
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
    if span is None:
        return None
    dimensions = len(words) + bool(prefixes) + len(bands)
    return Rule(territory, name, span, words, prefixes, bands, _narrowness(bands), dimensions)


def _narrowness(bands: Mapping[str, tuple[int, int]]) -> tuple[int, ...]:
    """Greater is narrower. Bands that are open at one end have no width: there the tighter end decides."""
    found = [bands.get(band, (-UNBOUNDED, UNBOUNDED)) for band in BANDS]
    widths = [-UNBOUNDED if _is_open(band) else band[0] - band[1] for band in found]
    ends = [(band[0], -band[1]) if _is_open(band) else (0, 0) for band in found]
    return (*widths, *(end for pair in ends for end in pair))


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


def _pins_above(
    account: AccountId, parents: Mapping[AccountId, AccountId | None], pinned: Mapping[AccountId, list[Pin]]
) -> Iterator[tuple[int, Pin]]:
    """Pins of the account and of those above it with how near they are, nearest first, later ones before earlier ones."""
    if pinned:
        for distance, at in enumerate(line_of(account, parents)):
            for pin in pinned.get(at, ()):
                yield _OWN - distance, pin


def _pin_claims(named: Iterable[tuple[int, Pin]]) -> Iterator[tuple[Span, Claim]]:
    return ((pin.span, (near, _NO_PIN, pin.territory)) for near, pin in named)


def line_of(account: AccountId, parents: Mapping[AccountId, AccountId | None]) -> Iterator[AccountId]:
    """The account and those above it, nearest first; accounts in a circle come once."""
    at: AccountId | None = account
    seen = set[AccountId]()
    while at is not None and at not in seen:
        yield at
        seen.add(at)
        at = parents.get(at)


def _rule_claims(claimed: Iterable[Claimed]) -> Iterator[tuple[Span, Claim]]:
    return ((rule.span, (_RULE, specificity, rule.territory)) for rule, specificity in claimed)


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


@lru_cache(maxsize=8192)
def _fold(word: str | None) -> str:
    return "" if word is None else word.strip().casefold()


@lru_cache(maxsize=8192)
def _postal(code: str) -> str:
    """Postal codes are compared without spaces and case."""
    return "".join(code.split()).upper()
