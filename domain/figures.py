"""The figures that Turf shows: what each is called, how it is computed, when it is not available, what it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from domain.attainment import Reason
from domain.company import Metric


class Unit(StrEnum):
    MONEY = "money"
    """Or a number of things, where the card is about such."""
    MONEY_PER_DAY = "money per day"
    RATIO = "ratio"
    COUNT = "count"
    TIMES = "times"
    """A ratio said as 2.4x."""


class Scope(StrEnum):
    PERSON = "person"
    TERRITORY = "territory"
    TEAM = "team"
    COMPANY = "company"


class Ingredient(StrEnum):
    """What Why? lists for a figure."""

    CREDITS = "credits"
    """Rows of the credit ledger: deal, share, rate."""
    TARGET_PARTS = "target parts"
    """Month pieces with the days held, relief and ramp."""
    OPEN_DEALS = "open deals"
    """Open deals that close in the rest of the period, each with its chance."""
    CLOSED_DEALS = "closed deals"
    """Won and lost deals behind a win rate."""
    FIRST_DEALS = "first deals"
    """The won deals that made an account a customer: account, share."""
    MEETINGS = "meetings"
    """Activities of kind meeting."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; `formula` is a sentence for people, `reasons` are all that can make it not available."""

    name: str
    label: str
    unit: Unit
    formula: str
    made_of: tuple[Ingredient, ...]
    reasons: tuple[Reason, ...] = ()
    scopes: tuple[Scope, ...] = tuple(Scope)
    metrics: tuple[Metric, ...] = tuple(Metric)
    """Which cards show it. On one that is no money, what is credited is what was won or held."""


_REVENUE = (Metric.REVENUE,)
_AGAINST_A_TARGET = (Ingredient.CREDITS, Ingredient.TARGET_PARTS)

_ALL = (
    Figure(
        "credited",
        "Credited",
        Unit.MONEY,
        "The revenue credit of all deals closed in the period; returns count as negative.",
        (Ingredient.CREDITS,),
        metrics=_REVENUE,
    ),
    Figure(
        "new_customers",
        "New customers",
        Unit.COUNT,
        "Accounts whose first won deal closed in the period, shared as that deal's credit is.",
        (Ingredient.FIRST_DEALS,),
        metrics=(Metric.NEW_CUSTOMERS,),
    ),
    Figure(
        "meetings",
        "Meetings",
        Unit.COUNT,
        "The activities of kind meeting that took place in the period.",
        (Ingredient.MEETINGS,),
        metrics=(Metric.MEETINGS,),
    ),
    Figure(
        "overlay",
        "Of which overlay",
        Unit.MONEY,
        "Credit for supporting deals of others. It counts towards a person's own attainment, pace and gap only.",
        (Ingredient.CREDITS,),
        scopes=(Scope.PERSON,),
        metrics=_REVENUE,
    ),
    Figure(
        "target",
        "Target",
        Unit.MONEY,
        "The target of each month x share of its business days held x share of the territory, less relief for absences "
        "and the ramp of a new hire. A target of the person's own is taken as given, less relief.",
        (Ingredient.TARGET_PARTS,),
        (Reason.NO_TARGET,),
    ),
    Figure(
        "attainment",
        "Attainment",
        Unit.RATIO,
        "Credited (a person's with overlay) / target.",
        _AGAINST_A_TARGET,
        (Reason.NO_TARGET, Reason.ZERO_TARGET),
    ),
    Figure(
        "expected",
        "Expected to date",
        Unit.MONEY,
        "The target of the business days before today.",
        (Ingredient.TARGET_PARTS,),
        (Reason.NO_TARGET,),
    ),
    Figure(
        "pace",
        "Pace",
        Unit.MONEY,
        "Credited (a person's with overlay) - expected to date, and the same / expected to date.",
        _AGAINST_A_TARGET,
        (Reason.NO_TARGET, Reason.NOT_BEGUN, Reason.TOO_EARLY, Reason.NOTHING_EXPECTED),
    ),
    Figure(
        "gap",
        "To go",
        Unit.MONEY,
        "Target - credited (a person's with overlay).",
        _AGAINST_A_TARGET,
        (Reason.NO_TARGET,),
    ),
    Figure(
        "required_per_day",
        "Required per day",
        Unit.MONEY_PER_DAY,
        "What is to go / the remaining business days, today included.",
        _AGAINST_A_TARGET,
        (Reason.NO_TARGET, Reason.MET, Reason.ENDED),
    ),
    Figure(
        "forecast_run_rate",
        "Forecast, if nothing changes",
        Unit.MONEY,
        "Credited / (expected to date / target); without a target, credited / share of the business days before today.",
        _AGAINST_A_TARGET,
        (Reason.NOT_BEGUN, Reason.TOO_EARLY, Reason.NOTHING_EXPECTED),
    ),
    Figure(
        "forecast_pipeline",
        "Forecast with the pipeline",
        Unit.MONEY,
        "Credited + the open amount that closes in the rest of the period x its chance of being won.",
        (Ingredient.CREDITS, Ingredient.OPEN_DEALS),
        (Reason.ENDED, Reason.NO_CATEGORY, Reason.NO_MONEY),
        metrics=_REVENUE,
    ),
    Figure(
        "open",
        "Open",
        Unit.MONEY,
        "The open amount that closes in the rest of the period; deals with an overdue or missing close date are left out.",
        (Ingredient.OPEN_DEALS,),
        metrics=_REVENUE,
    ),
    Figure(
        "coverage",
        "Coverage",
        Unit.TIMES,
        "The open amount that closes in the rest of the period / what is to go; needed is 1 / win rate by value.",
        (Ingredient.OPEN_DEALS, Ingredient.CREDITS, Ingredient.TARGET_PARTS, Ingredient.CLOSED_DEALS),
        (Reason.NO_TARGET, Reason.MET, Reason.ENDED, Reason.NONE_CLOSED, Reason.NONE_WON, Reason.NO_MONEY),
        metrics=_REVENUE,
    ),
)

FIGURES: Mapping[str, Figure] = MappingProxyType({figure.name: figure for figure in _ALL})
"""Every figure by its name, in the order in which a card shows them."""
