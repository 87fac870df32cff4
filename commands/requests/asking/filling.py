"""A request as the form has it, for who is to change it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from commands.requests.asking.card import typed_terms
from commands.requests.asking.form import NEW_RULE, NOBODY, Form, Found, TypedTerms
from commands.requests.asking.rule_words import rule_words
from domain.company import PersonId
from domain.holdings import AccountId
from domain.money import to_decimal
from domain.requests.model import (
    KIND_OF,
    Basis,
    Change,
    ChangeBoundary,
    ChangeRep,
    ChangeTarget,
    Cover,
    Merge,
    MoveAccounts,
    Split,
    Terms,
)

MOST_PICKED = 100
"""More are kept as they are, and not shown one by one."""


def form_of(change: Change, effective_on: date, reason: str, *, default: Terms, currency: str) -> tuple[Form, Found]:
    """The form from which the same change is read again; `default` are the terms that hold if nobody sets others.

    Raises ValueError for a reversal, which nobody fills in.
    """
    form = Form(kind=KIND_OF[type(change)].value, effective_on=effective_on.isoformat(), reason=reason)
    terms = getattr(change, "terms", default)
    if terms != default:
        form = replace(form, terms=_typed(terms, currency))
    accounts: tuple[AccountId, ...] = ()
    match change:
        case MoveAccounts(accounts=accounts, source=source, target=target):
            form = replace(form, territory=str(source), to=str(target))
        case ChangeRep(territory=territory, person=person):
            form = replace(form, territory=str(territory), person=_person(person))
        case Cover(territory=territory, person=person, until=until, credited=credited):
            last = (until - timedelta(days=1)).isoformat()
            form = replace(form, territory=str(territory), person=str(person), until=last, credited=credited)
        case ChangeBoundary():
            form = _boundary(form, change)
        case Split(territory=territory, key=key, name=name, accounts=accounts, person=person):
            form = replace(form, territory=str(territory), key=key, name=name, person=_person(person))
        case Merge(territory=territory, into=into):
            form = replace(form, territory=str(territory), to=str(into))
        case ChangeTarget():
            form = _target(form, change)
        case _:
            raise ValueError("a reversal is not filled in")
    return _with_accounts(form, accounts)


def _with_accounts(form: Form, accounts: Collection[AccountId]) -> tuple[Form, Found]:
    if len(accounts) > MOST_PICKED:
        return form, Found("", form.territory, tuple(accounts))
    return replace(form, accounts=tuple(map(str, accounts))), Found()


def _typed(terms: Terms, currency: str) -> TypedTerms:
    found = typed_terms(terms, currency)
    is_typed = terms.basis is Basis.TYPED and terms.typed is not None
    return replace(found, typed=_amount(terms.typed or 0, currency)) if is_typed else found


def _person(person: PersonId | None) -> str:
    return NOBODY if person is None else str(person)


def _boundary(form: Form, change: ChangeBoundary) -> Form:
    words = rule_words(change.conditions)
    return replace(form, territory=str(change.territory), rule=f"{change.territory}:{change.rule}", conditions=words)


def _target(form: Form, change: ChangeTarget) -> Form:
    amount = _amount(change.amount, change.currency) if change.currency else str(change.amount)
    return replace(
        form,
        subject=f"{change.subject_kind}:{change.subject}",
        period=change.period,
        metric=change.metric.value,
        amount=amount,
        currency=change.currency or "",
    )


def _amount(minor: int, currency: str) -> str:
    """Plain, so that it is read as the same in every language."""
    return f"{to_decimal(minor, currency).normalize():f}"


def renamed(form: Form, rules: Collection[str]) -> Form:
    """A rule that the territory does not have (any more) is a new one."""
    if not form.rule or form.rule in rules or form.rule == NEW_RULE:
        return form
    return replace(form, rule=NEW_RULE, rule_name=form.rule.partition(":")[2])
