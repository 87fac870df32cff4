"""What is typed into the form. Which fields there are depends on the kind; what is not shown keeps what it had."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any

from commands.kit.inputs import Filled
from domain.calendar import BusinessCalendar
from domain.company import Metric
from domain.requests.model import RequestKind

NOBODY = "-"
"""A territory that stays vacant: an option needs a value."""
NEW_RULE = "-"
CREDITED = "credited"
KINDS: Mapping[RequestKind, str] = {
    RequestKind.MOVE: "Move accounts",
    RequestKind.REP: "Change who holds a territory",
    RequestKind.COVER: "Have somebody stand in for a while",
    RequestKind.BOUNDARY: "Change a rule of a territory",
    RequestKind.SPLIT: "Split a territory",
    RequestKind.MERGE: "Merge a territory into another",
    RequestKind.TARGET: "Change a target",
}
"""In the order in which the menu offers them."""
WITH_TERMS = frozenset({RequestKind.MOVE, RequestKind.REP, RequestKind.SPLIT, RequestKind.MERGE})
WITH_ACCOUNTS = frozenset({RequestKind.MOVE, RequestKind.SPLIT})


class FormErrors(Exception):
    """What is wrong, by field."""

    def __init__(self, by_field: Mapping[str, str]) -> None:
        super().__init__(" ".join(by_field.values()))
        self.by_field = by_field


@dataclass(frozen=True, slots=True)
class TypedTerms:
    """What goes along with what is moved, as it was typed."""

    target: str = ""
    basis: str = ""
    typed: str = ""
    hold_until: str = ""
    hold_stages: tuple[str, ...] = ()
    hold_least: str = ""
    hold_within: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields as they were typed or chosen; empty if they were not yet."""

    kind: str = RequestKind.MOVE.value
    territory: str = ""
    to: str = ""
    """The territory that takes, or into which another goes."""
    accounts: tuple[str, ...] = ()
    """Ids of those that were picked one by one."""
    by_rule: str = ""
    person: str = ""
    until: str = ""
    """The last day of a cover."""
    credited: bool = False
    rule: str = ""
    rule_name: str = ""
    conditions: str = ""
    key: str = ""
    name: str = ""
    subject: str = ""
    """`person:12`."""
    period: str = ""
    metric: str = Metric.REVENUE.value
    amount: str = ""
    currency: str = ""
    effective_on: str = ""
    reason: str = ""
    terms: TypedTerms | None = None
    """None while nobody looked at them: the policy's defaults hold."""

    @property
    def of_kind(self) -> RequestKind:
        return RequestKind(self.kind)

    @property
    def day(self) -> date | None:
        """From which day on; None for none, or what is no day."""
        try:
            return date.fromisoformat(self.effective_on)
        except ValueError:
            return None

    @property
    def has_terms(self) -> bool:
        return self.of_kind in WITH_TERMS and self.terms is not None

    def filled(self, entered: Filled) -> "Form":
        """The form after somebody filled in what was shown."""
        shown = {one.name for one in fields(self)} & entered.values.keys()
        values: dict[str, Any] = {name: entered.one(name) for name in shown - _SEVERAL}
        if "accounts" in shown:
            values["accounts"] = tuple(entered.several("accounts"))
        if "credited" in shown:
            values["credited"] = CREDITED in entered.several("credited")
        if values.get("kind") not in KINDS:
            values.pop("kind", None)
        if self.terms is not None:
            values["terms"] = _terms(self.terms, entered)
        return replace(self, **values)

    def dump(self) -> dict[str, Any]:
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        terms = self.terms and {one.name: getattr(self.terms, one.name) for one in fields(self.terms)}
        return found | {"terms": terms}

    @classmethod
    def load(cls, content: Mapping[str, Any]) -> "Form":
        terms = content["terms"]
        known = TypedTerms(**{**terms, "hold_stages": tuple(terms["hold_stages"])}) if terms else None
        return cls(**{**content, "accounts": tuple(content["accounts"]), "terms": known})


_SEVERAL = frozenset({"accounts", "credited", "terms"})


def _terms(before: TypedTerms, entered: Filled) -> TypedTerms:
    shown = {one.name for one in fields(before) if f"terms_{one.name}" in entered.values}
    values: dict[str, Any] = {name: entered.one(f"terms_{name}") for name in shown - {"hold_stages"}}
    if "hold_stages" in shown:
        values["hold_stages"] = tuple(entered.several("terms_hold_stages"))
    return replace(before, **values)


@dataclass(frozen=True, slots=True)
class Found:
    """The accounts that a typed rule found: kept, so that what is sent is what was shown."""

    words: str = ""
    territory: str = ""
    accounts: tuple[int, ...] = field(default=())

    def dump(self) -> dict[str, Any]:
        return {"words": self.words, "territory": self.territory, "accounts": self.accounts}

    @classmethod
    def load(cls, content: Mapping[str, Any]) -> "Found":
        return cls(content["words"], content["territory"], tuple(content["accounts"]))


def default_day(kind: RequestKind, today: date, calendar: BusinessCalendar) -> date:
    """The first of the next month; of a cover, which is needed soon, the next working day."""
    if kind is not RequestKind.COVER:
        return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    day = today + timedelta(days=1)
    while not calendar.count(day, day + timedelta(days=1)) and day < today + timedelta(days=31):
        day += timedelta(days=1)
    return day
