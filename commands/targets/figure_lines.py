"""Each figure of a card with its exact value, or why it has none, and its formula."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from commands.kit.names import Kind
from commands.targets.service import TargetsCard
from domain.attainment import NotAvailable, Pace, Reason, RequiredPerDay
from domain.figures import FIGURES
from domain.forecast import Coverage, PipelineForecast
from templates.numbers import Numbers


@dataclass(frozen=True, slots=True)
class FigureLine:
    label: str
    value: str
    formula: str


Value = Callable[[TargetsCard, Numbers], str | NotAvailable]


def figure_lines(card: TargetsCard, n: Numbers) -> list[FigureLine]:
    """The registry's figures that make sense for the card's subject, in its order."""
    shown = [
        figure
        for figure in FIGURES.values()
        if card.metric in figure.metrics and (figure.name != "overlay" or card.subject.kind == Kind.PERSON)
    ]
    return [FigureLine(figure.label, _said(VALUES[figure.name](card, n)), figure.formula) for figure in shown]


def _said(value: str | NotAvailable) -> str:
    return f"n/a: {value.reason}" if isinstance(value, NotAvailable) else value


def _money(amount: int | NotAvailable | None, n: Numbers) -> str | NotAvailable:
    if amount is None:
        return NotAvailable(Reason.NO_TARGET)
    return amount if isinstance(amount, NotAvailable) else n.exact(amount)


def _ratio(value: Fraction | NotAvailable, n: Numbers) -> str | NotAvailable:
    return value if isinstance(value, NotAvailable) else n.percent(value, 2)


def _pace(card: TargetsCard, n: Numbers) -> str | NotAvailable:
    pace = card.score.standing.pace
    if not isinstance(pace, Pace):
        return pace
    share = "" if isinstance(pace.ratio, NotAvailable) else f" ({n.percent(pace.ratio, 2)} of what was expected)"
    return f"{n.exact(pace.amount)}{share}"


def _per_day(card: TargetsCard, n: Numbers) -> str | NotAvailable:
    required = card.score.standing.required_per_day
    if not isinstance(required, RequiredPerDay):
        return required
    return f"{n.exact(required.amount)} for {required.days} working days"


def _pipeline(card: TargetsCard, n: Numbers) -> str | NotAvailable:
    forecast = card.outlook.by_pipeline
    return n.exact(forecast.weighted) if isinstance(forecast, PipelineForecast) else forecast


def _coverage(card: TargetsCard, n: Numbers) -> str | NotAvailable:
    found = card.outlook.coverage
    if not isinstance(found, Coverage):
        return found
    return found.ratio if isinstance(found.ratio, NotAvailable) else n.times(found.ratio)


VALUES: Mapping[str, Value] = {
    "credited": lambda card, n: n.exact(card.score.standing.credited),
    "new_customers": lambda card, n: n.exact(card.score.standing.credited),
    "meetings": lambda card, n: n.exact(card.score.standing.credited),
    "overlay": lambda card, n: n.exact(card.score.standing.overlay),
    "target": lambda card, n: _money(card.score.standing.target, n),
    "attainment": lambda card, n: _ratio(card.score.standing.attainment, n),
    "expected": lambda card, n: _money(card.score.standing.expected, n),
    "pace": _pace,
    "gap": lambda card, n: _money(card.score.standing.gap, n),
    "required_per_day": _per_day,
    "forecast_run_rate": lambda card, n: _money(card.outlook.run_rate, n),
    "forecast_pipeline": _pipeline,
    "open": lambda card, n: n.exact(card.outlook.pipeline.amount),
    "coverage": _coverage,
}
