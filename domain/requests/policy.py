"""A workspace's policy for requests: data that is checked when it is set, and kept with its version on each request.

As JSON it is flat; days are whole numbers, amounts are written in the workspace's currency ("50000.00").
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from domain.company import Company
from domain.errors import DataError
from domain.money import to_decimal, to_minor
from domain.policies import Permission, has
from domain.requests.model import Basis, HoldOver, TargetRule, Terms
from domain.requests.words import some_of

MOST_DAYS = 3660
"""Ten years: more is a slip of the keyboard."""


class PolicyError(DataError):
    """What is wrong with a policy; one sentence for each problem."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class RequestPolicy:
    """Amounts are minor units of the workspace's currency. Each default is what holds while nobody set another."""

    threshold: int = 5_000_000
    """So much target may move before the next level up decides too."""
    target: TargetRule = TargetRule.MOVES
    basis: Basis = Basis.CREDIT
    hold_days: int = 0
    """Open deals that meet the three conditions below stay with whoever has them for so many days; 0: none do."""
    hold_stages: frozenset[str] = frozenset()
    hold_least: int | None = None
    hold_closing_within: int | None = None
    """Days from the effective date to the expected close."""
    back_days: int = 92
    """How far back a change may be dated, if a leader agrees; 0: not at all."""
    ahead_days: int = 366
    remind_after: int = 2
    """Days after which who decides is reminded, then again every `remind_every`."""
    remind_every: int = 2
    escalate_after: int = 5
    expire_after: int = 14
    fallback: str | None = None
    """The key of the person who decides where nobody else can."""
    requests_channel: str | None = None
    """The Slack channel of the cards; without one they go to the releasing team's."""

    def terms(self, effective_on: date) -> Terms:
        """What a new request starts from."""
        return Terms(self.target, self.basis, hold_over=self._hold_over(effective_on))

    def _hold_over(self, effective_on: date) -> HoldOver | None:
        if not self.hold_days:
            return None
        until = effective_on + timedelta(days=self.hold_days)
        return HoldOver(until, self.hold_stages, self.hold_least, self.hold_closing_within)


def to_json(policy: RequestPolicy, currency: str) -> str:
    """All of it, in the order of its fields. `from_json` reads the same policy from it."""
    found = {one.name: getattr(policy, one.name) for one in fields(policy)}
    for name in _AMOUNTS:
        if found[name] is not None:
            found[name] = str(to_decimal(found[name], currency))
    return json.dumps({**found, "hold_stages": sorted(policy.hold_stages)}, indent=2, ensure_ascii=False)


def from_json(text: str, currency: str) -> RequestPolicy:
    """The policy of a JSON object; what it leaves out has its default. Raises PolicyError with every problem."""
    problems: list[str] = []
    values: dict[str, Any] = {}
    for name, value in _object(text):
        if name not in _READERS:
            problems.append(f"There is no setting {name!r}. There are: {', '.join(_READERS)}.")
        elif name in values:
            problems.append(f"{name} is given twice.")
        else:
            try:
                values[name] = _READERS[name](value, currency)
            except (ValueError, DataError) as error:
                problems.append(f"{name}: {error}")
    if not problems:
        policy = RequestPolicy(**values)
        problems = list(_contradictions(policy))
        if not problems:
            return policy
    raise PolicyError(tuple(problems))


def mismatches(policy: RequestPolicy, company: Company, today: date) -> list[str]:
    """What in a policy does not fit the company as it is today, as sentences: such a policy holds, but it should be mended."""
    found = []
    if policy.fallback is not None:
        person = next((one for one in company.people.values() if one.key == policy.fallback), None)
        if person is None:
            found.append(f"fallback: nobody has the key {policy.fallback!r}.")
        elif not has(person, Permission.DECIDE, today):
            found.append(f"fallback: {person.name} may not decide requests, or has left.")
        elif person.slack_user_id is None:
            found.append(f"fallback: {person.name} is not in the Slack workspace.")
    unknown = sorted(policy.hold_stages - company.stage_order.keys()) if company.stage_order else []
    if unknown:
        found.append(f"hold_stages: there is no stage {some_of(unknown)}. There are: {', '.join(company.stage_order)}.")
    return found


def _object(text: str) -> list[tuple[str, Any]]:
    """Names and values as they stand, twice if they stand there twice."""
    try:
        found = json.loads(text, object_pairs_hook=list, parse_float=Decimal, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise PolicyError((f"This is no JSON: {error}.",)) from error
    if not text.lstrip().startswith("{"):
        raise PolicyError(("A policy is a JSON object, such as {}.".format('{"expire_after": 14}'),))
    return list(found)


def _days(value: Any, currency: str) -> int:
    """Zero or more. Raises ValueError."""
    if type(value) is not int or not 0 <= value <= MOST_DAYS:
        raise ValueError(f"{_shown(value)} is no number of days. Write a whole number from 0 to {MOST_DAYS}.")
    return value


def _some_days(value: Any, currency: str) -> int:
    if _days(value, currency) == 0:
        raise ValueError("At least one day is needed.")
    return int(value)


def _amount(value: Any, currency: str) -> int:
    wrong = ValueError(f"{_shown(value)} is no amount in {currency}. Write a plain one of 0 or more, such as 50000.")
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise wrong
    try:
        minor, rounded = to_minor(Decimal(value), currency)
    except InvalidOperation:
        raise wrong from None
    if minor < 0 or rounded:
        raise wrong
    return minor


def _text(value: Any, currency: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{_shown(value)} is no name. Write it in quotes, or null for none.")
    return value.strip()


def _stages(value: Any, currency: str) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise ValueError('Write a list of stages, such as ["proposal", "negotiation"].')
    return frozenset(one.strip() for one in value)


def _rule(value: Any, currency: str) -> TargetRule:
    if value not in list(TargetRule):
        raise ValueError(f"{_shown(value)} is none of {', '.join(TargetRule)}.")
    return TargetRule(value)


def _basis(value: Any, currency: str) -> Basis:
    """Not a typed amount: that is another one for each request."""
    known = [one for one in Basis if one is not Basis.TYPED]
    if value not in known:
        raise ValueError(f"{_shown(value)} is none of {', '.join(known)}.")
    return Basis(value)


def _shown(value: Any) -> str:
    words = str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False, default=str)
    return words if len(words) <= 40 else f"{words[:37]}..."


Reader = Callable[[Any, str], Any]


def _or_none(reader: Reader) -> Reader:
    return lambda value, currency: None if value is None else reader(value, currency)


_AMOUNTS = ("threshold", "hold_least")
_READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "threshold": _amount,
        "target": _rule,
        "basis": _basis,
        "hold_days": _days,
        "hold_stages": _stages,
        "hold_least": _or_none(_amount),
        "hold_closing_within": _or_none(_days),
        "back_days": _days,
        "ahead_days": _some_days,
        "remind_after": _some_days,
        "remind_every": _some_days,
        "escalate_after": _some_days,
        "expire_after": _some_days,
        "fallback": _or_none(_text),
        "requests_channel": _or_none(_text),
    }
)


def _contradictions(policy: RequestPolicy) -> Iterator[str]:
    steps = ("remind_after", "escalate_after", "expire_after")
    days = [getattr(policy, name) for name in steps]
    for earlier, later, one, two in zip(days, days[1:], steps, steps[1:], strict=False):
        if earlier >= later:
            yield f"{one} ({earlier} days) has to come before {two} ({later} days)."
    conditions = policy.hold_stages or policy.hold_least is not None or policy.hold_closing_within is not None
    if conditions and not policy.hold_days:
        yield "Which deals stay is set, but not for how long: set hold_days too."
