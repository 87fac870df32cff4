"""What is typed into the form, and the target that it means."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from commands.kit.amounts import parse_count, parse_money
from commands.kit.inputs import Filled
from domain import policies
from domain.company import Metric, Person, SubjectKind, Target
from domain.errors import DataError, NotFound, TurfError
from domain.exchange import MissingRate
from domain.model import CompanyModel
from domain.periods import Period, parse_label
from domain.target_setting import Key, subject_of, with_target

EVENLY = "-"
"""Spread by business days: an option needs a value."""
PUBLISHED, DRAFT = "published", "draft"


class FormErrors(Exception):
    """What is wrong, by field."""

    def __init__(self, by_field: Mapping[str, str]) -> None:
        super().__init__()
        self.by_field = by_field


@dataclass(frozen=True, slots=True)
class Form:
    """The fields as they were typed or chosen; empty if they were not yet."""

    subject: str = ""
    """`person:12`."""
    period: str = ""
    metric: str = Metric.REVENUE.value
    amount: str = ""
    currency: str = ""
    profile: str = EVENLY
    state: str = PUBLISHED
    reason: str = ""

    @classmethod
    def of(cls, filled: Filled) -> "Form":
        found = {field.name: filled.one(field.name) for field in fields(cls)}
        return cls(**{name: value for name, value in found.items() if value or name in ("subject", "amount", "reason")})

    @classmethod
    def load(cls, content: Mapping[str, Any]) -> "Form":
        return cls(**content)

    def dump(self) -> dict[str, str]:
        return asdict(self)

    def key(self) -> Key | None:
        """Whose target of which period it is, once that was chosen. Raises NotFound for a value that no menu of ours has."""
        if not (self.subject and self.period):
            return None
        kind, number = parse_subject(self.subject)
        return kind, number, self.period, Metric(self.metric)


def parse_subject(value: str) -> tuple[SubjectKind, int]:
    """Raises NotFound for a value that no menu of ours has."""
    kind, _, number = value.partition(":")
    if kind not in list(SubjectKind) or not number.isdigit():
        raise NotFound("I don't know whom this target is for. Choose somebody from the menu.")
    return SubjectKind(kind), int(number)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads forms for one person on one day."""

    model: CompanyModel
    by: Person
    today: date
    locale: str

    def target(self, form: Form) -> Target:
        """The target that a form means. Raises FormErrors, with all that is wrong at once."""
        errors: dict[str, str] = {}
        kind, subject = self._checked(errors, "subject", lambda: self.subject(form)) or (SubjectKind.PERSON, 0)
        period = self._checked(errors, "period", lambda: self.period(form))
        amount = self._checked(errors, "amount", lambda: self.amount(form))
        if form.profile != EVENLY and form.profile not in self.model.company.seasonality:
            errors["profile"] = "This seasonal profile is no longer there. Choose another one."
        if errors or period is None or amount is None:
            raise FormErrors(errors)
        made = Target(
            kind=kind,
            subject=subject,
            period=period.label,
            metric=Metric(form.metric),
            amount=amount,
            currency=form.currency if form.metric == Metric.REVENUE else None,
            profile=None if form.profile == EVENLY else form.profile,
            published=form.state == PUBLISHED,
        )
        return self._convertible(made, period)

    def subject(self, form: Form) -> tuple[SubjectKind, int]:
        """Raises TurfError unless it is there and theirs to set."""
        if not form.subject:
            raise NotFound("Choose whom the target is for.")
        kind, number = parse_subject(form.subject)
        if subject_of(self.model.company, kind, number) is None:
            raise NotFound("This is no longer in Turf's data. Choose another one.")
        policies.require(policies.may_set_target(self.by, kind, number, self.model.lines, self.today))
        return kind, number

    def period(self, form: Form) -> Period:
        """Raises TurfError for one that has ended, unless operations set it."""
        if not form.period:
            raise NotFound("Choose a period.")
        period = parse_label(form.period, self.model.settings.fiscal_start)
        if period.ended(self.today):
            policies.require(policies.may_set_past_target(self.by, self.today))
        return period

    def amount(self, form: Form) -> int:
        if form.metric != Metric.REVENUE:
            return parse_count(form.amount, self.locale)
        return parse_money(form.amount, form.currency, self.locale)

    def _convertible(self, target: Target, period: Period) -> Target:
        """A target that could not be shown is not taken: cards would fail."""
        try:
            with_target(self.model, replace(target, published=True)).pieces(
                target.kind, target.subject, period, target.metric
            )
        except MissingRate as error:
            raise FormErrors({"currency": f"{error.message} Or set it in {self.model.settings.currency}."}) from error
        return target

    def _checked(self, errors: dict[str, str], field: str, read: Any) -> Any:
        try:
            return read()
        except (TurfError, DataError) as error:
            errors[field] = error.message
            return None
