"""The change that a filled-in form means, or everything that is wrong with it at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from commands.kit.amounts import parse_count, parse_money
from commands.requests.asking.form import NEW_RULE, NOBODY, Form, FormErrors, TypedTerms
from commands.requests.asking.rule_words import read_rule
from domain.company import AssignmentRole, Metric, PersonId, SubjectKind, TerritoryId
from domain.errors import DataError, NotFound, TurfError, UsageError
from domain.holdings import AccountId
from domain.model import CompanyModel
from domain.periods import parse_label
from domain.requests.model import (
    Basis,
    Change,
    ChangeBoundary,
    ChangeRep,
    ChangeTarget,
    Cover,
    HoldOver,
    Merge,
    MoveAccounts,
    RequestKind,
    Split,
    TargetRule,
    Terms,
)
from domain.requests.policy import RequestPolicy

T = TypeVar("T")
MOST_ACCOUNTS = 5_000
"""Of one request made in the form."""
MOST_DAYS = 3660
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Wish:
    """A change, and from which day on."""

    change: Change
    effective_on: date


@dataclass(slots=True)
class Reader:
    """Reads one form on one day: `accounts` are all that were picked or found."""

    model: CompanyModel
    policy: RequestPolicy
    today: date
    locale: str
    accounts: Sequence[AccountId] = ()
    errors: dict[str, str] = field(default_factory=dict)

    def wish(self, form: Form) -> Wish:
        """What a form asks for; whether that is possible and allowed is asked elsewhere. Raises FormErrors."""
        self.errors = {}
        on = self._checked("effective_on", lambda: _day(form.effective_on, "From which day on? Choose one."))
        change = _READERS[form.of_kind](self, form, on or self.today)
        if not form.reason:
            self.errors["reason"] = "Why? Who decides reads it, and it is kept."
        if self.errors or on is None or change is None:
            raise FormErrors(self.errors)
        return Wish(change, on)

    # Each kind

    def move(self, form: Form, on: date) -> Change | None:
        source = self.territory("territory", form.territory, "From which territory? Choose one.")
        to = self.territory("to", form.to, "To which territory? Choose one.")
        accounts, terms = self.chosen_accounts(form), self.terms(form, on)
        if source is None or to is None or accounts is None or terms is None:
            return None
        return MoveAccounts(accounts, source, to, terms)

    def rep(self, form: Form, on: date) -> Change | None:
        territory = self.territory("territory", form.territory, "Which territory? Choose one.")
        person = self.somebody(form.person, or_nobody=True)
        terms = self.terms(form, on)
        if territory is None or person is None or terms is None:
            return None
        return ChangeRep(territory, person[0], self._holder(territory, on), terms)

    def cover(self, form: Form, on: date) -> Change | None:
        territory = self.territory("territory", form.territory, "Which territory? Choose one.")
        person = self.somebody(form.person, or_nobody=False)
        last = self._checked("until", lambda: _day(form.until, "Up to which day? Choose the last one."))
        if territory is None or person is None or person[0] is None or last is None:
            return None
        return Cover(territory, person[0], last + timedelta(days=1), form.credited)

    def boundary(self, form: Form, on: date) -> Change | None:
        territory = self.territory("territory", form.territory, "Which territory? Choose one.")
        rule = self._checked("rule", lambda: self._rule(form))
        conditions = self._checked("conditions", lambda: read_rule(form.conditions))
        if territory is None or rule is None or conditions is None:
            return None
        if not conditions and form.rule == NEW_RULE:
            self.errors["conditions"] = "What shall the new rule take? Write it like: industry = Retail; country = DE"
            return None
        return ChangeBoundary(territory, rule, conditions)

    def split(self, form: Form, on: date) -> Change | None:
        territory = self.territory("territory", form.territory, "Which territory? Choose one.")
        key = self._checked("key", lambda: _words(form.key, "The new territory needs a key, as the CRM calls it."))
        name = self._checked("name", lambda: _words(form.name, "The new territory needs a name."))
        person = self.somebody(form.person, or_nobody=True)
        accounts, terms = self.chosen_accounts(form), self.terms(form, on)
        if territory is None or key is None or name is None or person is None or accounts is None or terms is None:
            return None
        return Split(territory, key, name, accounts, person[0], terms)

    def merge(self, form: Form, on: date) -> Change | None:
        territory = self.territory("territory", form.territory, "Which territory? Choose one.")
        into = self.territory("to", form.to, "Into which territory? Choose one.")
        terms = self.terms(form, on)
        if territory is None or into is None or terms is None:
            return None
        return Merge(territory, into, terms)

    def target(self, form: Form, on: date) -> Change | None:
        subject = self._checked("subject", lambda: _subject(form.subject))
        period = self._checked("period", lambda: self._period(form.period))
        metric = Metric(form.metric) if form.metric in list(Metric) else Metric.REVENUE
        currency = (form.currency or self.model.settings.currency) if metric.is_money else None
        amount = self._checked("amount", lambda: self._amount(form.amount, currency))
        if subject is None or period is None or amount is None:
            return None
        return ChangeTarget(subject[0], subject[1], period, metric, amount, currency)

    # What they are made of

    def territory(self, name: str, chosen: str, ask: str) -> TerritoryId | None:
        def read() -> TerritoryId:
            if not chosen:
                raise UsageError(ask)
            if not chosen.isdecimal() or int(chosen) not in self.model.company.territories:
                raise NotFound("This territory is no longer there. Choose another one.")
            return int(chosen)

        return self._checked(name, read)

    def somebody(self, chosen: str, *, or_nobody: bool) -> tuple[PersonId | None] | None:
        """Who was chosen, in a tuple; None if something is wrong."""

        def read() -> tuple[PersonId | None]:
            if not chosen:
                raise UsageError("Who? Choose somebody.")
            if or_nobody and chosen == NOBODY:
                return (None,)
            if not chosen.isdecimal() or int(chosen) not in self.model.company.people:
                raise NotFound("This person is not known any more. Choose somebody else.")
            return (int(chosen),)

        return self._checked("person", read)

    def chosen_accounts(self, form: Form) -> tuple[AccountId, ...] | None:
        if not self.accounts:
            where = "by_rule" if form.by_rule else "accounts"
            self.errors.setdefault(where, "Choose at least one account, or write a rule that finds some.")
            return None
        if len(self.accounts) > MOST_ACCOUNTS:
            many = f"{len(self.accounts):,} accounts are more than the {MOST_ACCOUNTS:,} of one request."
            self.errors["by_rule" if form.by_rule else "accounts"] = f"{many} Change the rule of the territory instead."
            return None
        return tuple(self.accounts)

    def terms(self, form: Form, on: date) -> Terms | None:
        """What was set, or the policy's defaults while nobody looked at them."""
        if form.terms is None:
            return self.policy.terms(on)
        typed, currency = form.terms, self.model.settings.currency
        basis = Basis(typed.basis) if typed.basis in list(Basis) else self.policy.basis
        amount = None
        if basis is Basis.TYPED:
            amount = self._checked("terms_typed", lambda: self._amount(typed.typed, currency))
        hold = self._hold_over(typed)
        if any(name.startswith("terms_") for name in self.errors):
            return None
        rule = TargetRule(typed.target) if typed.target in list(TargetRule) else self.policy.target
        return Terms(rule, basis, amount, hold)

    def _hold_over(self, typed: TypedTerms) -> HoldOver | None:
        currency = self.model.settings.currency
        least = self._checked("terms_hold_least", lambda: self._amount(typed.hold_least, currency, optional=True))
        within = self._checked("terms_hold_within", lambda: _days(typed.hold_within))
        last = self._checked("terms_hold_until", lambda: _day(typed.hold_until, "") if typed.hold_until else _EPOCH)
        if last is None:
            return None
        if last == _EPOCH:
            if typed.hold_stages or typed.hold_least or typed.hold_within:
                self.errors.setdefault("terms_hold_until", "Until which day do these deals stay? Choose one.")
            return None
        return HoldOver(last + timedelta(days=1), frozenset(typed.hold_stages), least or None, within)

    def _holder(self, territory: TerritoryId, on: date) -> PersonId | None:
        """Who holds most of a territory on a day: whose place is meant."""
        held = [
            one
            for one in self.model.company.assignments
            if one.territory == territory and one.role is AssignmentRole.PRIMARY and on in one.span
        ]
        return max(held, key=lambda one: (one.share, -one.person)).person if held else None

    def _rule(self, form: Form) -> str:
        if not form.rule:
            raise UsageError("Which rule? Choose one, or a new one.")
        if form.rule != NEW_RULE:
            return form.rule.partition(":")[2]
        if not form.rule_name:
            self.errors["rule_name"] = "A new rule needs a name."
        return form.rule_name

    def _period(self, chosen: str) -> str:
        if not chosen:
            raise UsageError("Choose a period.")
        return parse_label(chosen, self.model.settings.fiscal_start).label

    def _amount(self, typed: str, currency: str | None, *, optional: bool = False) -> int:
        if optional and not typed:
            return 0
        return parse_money(typed, currency, self.locale) if currency else parse_count(typed, self.locale)

    def _checked(self, name: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except (TurfError, DataError) as error:
            self.errors[name] = error.message
            return None


_READERS: dict[RequestKind, Callable[[Reader, Form, date], Change | None]] = {
    RequestKind.MOVE: Reader.move,
    RequestKind.REP: Reader.rep,
    RequestKind.COVER: Reader.cover,
    RequestKind.BOUNDARY: Reader.boundary,
    RequestKind.SPLIT: Reader.split,
    RequestKind.MERGE: Reader.merge,
    RequestKind.TARGET: Reader.target,
}

SHOWN_AT: dict[str, str] = {"source": "territory", "target": "to", "into": "to", "parent": "territory"}
"""Where a refusal of the plan is shown, if the form calls the field otherwise."""


def field_of(name: str, form: Form) -> str:
    """The field of the form at which a refusal is shown; what has none stands at the first."""
    if name == "terms":
        return "terms_target" if form.has_terms else "kind"
    return SHOWN_AT.get(name, name) or "kind"


def _day(chosen: str, ask: str) -> date:
    if not chosen:
        raise UsageError(ask)
    try:
        return date.fromisoformat(chosen)
    except ValueError as error:
        raise UsageError(f"'{chosen[:20]}' is no day. Choose one from the calendar.") from error


def _days(typed: str) -> int | None:
    if not typed:
        return None
    if not typed.isdecimal() or not 0 < int(typed) <= MOST_DAYS:
        raise UsageError(f"'{typed[:20]}' is no number of days. Write a whole number, such as 30.")
    return int(typed)


def _words(typed: str, ask: str) -> str:
    if not typed:
        raise UsageError(ask)
    return typed


def _subject(chosen: str) -> tuple[SubjectKind, int]:
    kind, _, number = chosen.partition(":")
    if not chosen:
        raise UsageError("Whom or what is the target for? Choose somebody.")
    if kind not in list(SubjectKind) or not number.isdecimal():
        raise NotFound("I don't know whom this target is for. Choose somebody from the menu.")
    return SubjectKind(kind), int(number)
