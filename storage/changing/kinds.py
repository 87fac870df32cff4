"""The kinds of rows that a change writes: where each stands, what names one, and what its columns say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from sqlmodel import SQLModel

from domain.company import WHOLE, Assignment, Span, Target, Territory
from domain.holdings import Condition, Pin
from domain.requests.writes import OpenDeal
from storage.decisions import What
from storage.tables import crm, targets, territories

R = TypeVar("R")
Values: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Written(Generic[R]):
    """`name` is what `Writes` calls the rows, `many` the column of the key by which they are looked up in lists.

    `decided` is what a person decides with one, if an import can bring the same.
    """

    name: str
    model: type[SQLModel]
    key: tuple[str, ...]
    many: str
    values: Callable[[R], Values]
    decided: What | None = None

    def key_of(self, row: R) -> tuple[Any, ...]:
        """What a row keeps through its versions."""
        values = self.values(row)
        return tuple(values[name] for name in self.key)


def _days(span: Span) -> Values:
    return {"from_on": span.start, "to_on": span.end}


def _territory(one: Territory) -> Values:
    return {
        "id": one.id,
        "name": one.name,
        "parent_id": one.parent,
        "team_id": one.team,
        "channel": one.channel,
        "potential": one.potential,
        "currency": one.currency,
        "closed_on": one.closed_on,
        "merged_into_id": one.merged_into,
    }


def _condition(one: Condition) -> Values:
    named = {"territory_id": one.territory, "rule": one.rule, "dimension": one.dimension, "value": one.value}
    return {**named, **_days(one.span)}


def _pin(one: Pin) -> Values:
    return {"account_id": one.account, "territory_id": one.territory, **_days(one.span)}


def _assignment(one: Assignment) -> Values:
    share = None if one.share == WHOLE else one.share
    named = {"territory_id": one.territory, "person_id": one.person, "role": one.role.value}
    return {**named, **_days(one.span), "share": share}


def _target(one: Target) -> Values:
    return {
        "subject_kind": one.kind.value,
        "subject_id": one.subject,
        "period": one.period,
        "metric": one.metric.value,
        "amount": one.amount,
        "currency": one.currency,
        "profile": one.profile,
        "state": "published" if one.published else "draft",
    }


def _deal(one: OpenDeal) -> Values:
    return {"id": one.deal, "owner_id": one.owner, "territory_id": one.territory, "status": "open"}


ASSIGNED = ("territory_id", "person_id", "role", "from_on")
TARGETED = ("subject_kind", "subject_id", "period", "metric")
WRITTEN: tuple[Written[Any], ...] = (
    Written("territories", territories.TerritoryVersion, ("id",), "id", _territory),
    Written("rules", territories.Rule, ("territory_id", "rule", "dimension"), "territory_id", _condition, What.RULE),
    Written("pins", territories.Pin, ("account_id", "from_on"), "account_id", _pin, What.PIN),
    Written("assignments", territories.Assignment, ASSIGNED, "territory_id", _assignment, What.ASSIGNMENT),
    Written("targets", targets.Target, TARGETED, "subject_id", _target, What.TARGET),
    Written("deals", crm.DealVersion, ("id",), "id", _deal, What.DEAL_OWNER),
)
"""In the order in which imports write the tables, so that the two never wait for each other."""
