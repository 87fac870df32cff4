"""All that the form shows for what is filled in so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from commands.requests.asking import accounts, choices
from commands.requests.asking.form import NEW_RULE, Form, FormErrors, Found, TypedTerms, default_day
from commands.requests.asking.previewing import Preview, preview
from commands.requests.asking.reading import Reader, Wish
from commands.requests.asking.rule_words import rule_words
from domain.company import Person
from domain.errors import DataError, NotAllowed, NotFound, UsageError
from domain.money import to_decimal
from domain.requests.model import RequestKind, Terms
from domain.requests.planning.bounding import holding_from
from domain.requests.policy import RequestPolicy
from domain.target_setting import periods_to_offer
from storage.credit.accounts import load_conditions
from storage.store import Repositories
from templates.numbers import Numbers

MOST = 98
"""Options of a menu, beside those that are always there."""
LONGEST_VALUE = 150
"""A rule with a longer name cannot be offered: Slack takes no menu with it."""


@dataclass(frozen=True, slots=True)
class Card:
    """The form with what its menus hold. `errors` is what is wrong, by field, of what was asked to be shown."""

    form: Form
    today: date
    currency: str
    territory: tuple[str, str] | None
    to: tuple[str, str] | None
    person: tuple[str, str] | None
    subject: tuple[str, str] | None
    picked: Mapping[str, str]
    found: int
    found_by: str
    rules: Mapping[str, str]
    periods: Mapping[str, str]
    currencies: Sequence[str]
    stages: Sequence[str]
    terms: Terms
    request: int = 0
    """The request that is changed; its kind stays."""
    preview: Preview | None = None
    errors: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """Who fills in a form, on which day, by which policy."""

    by: Person
    today: date
    locale: str
    policy: RequestPolicy
    request: int = 0
    """The request that is changed; 0 for a new one."""


async def card(repo: Repositories, form: Form, found: Found, asking: Asking) -> Card:
    """The form as it is, without a preview."""
    fiscal_start, currency = repo.settings.fiscal_start, repo.settings.currency
    n = Numbers(currency, asking.locale)
    day = form.day or asking.today
    rated = sorted({one.currency for one in repo.company.rates})
    return Card(
        form=form,
        today=asking.today,
        currency=currency,
        territory=choices.chosen_territory(repo, form.territory),
        to=choices.chosen_territory(repo, form.to),
        person=choices.chosen_person(repo, form.person),
        subject=choices.chosen_subject(repo, form.subject),
        picked=await accounts.picked(repo, form),
        found=len(found.accounts),
        found_by=found.words,
        rules=await _rules(repo, form, day),
        periods={one.label: n.period(one) for one in periods_to_offer(asking.today, fiscal_start, past=False)},
        currencies=list(dict.fromkeys([currency, *rated]))[:MOST],
        stages=list(repo.company.stage_order)[:MOST],
        terms=asking.policy.terms(day),
        request=asking.request,
    )


async def counted(repo: Repositories, form: Form, found: Found, asking: Asking) -> tuple[Card, Found]:
    """The form with the accounts that its rule finds, or why it finds none."""
    errors: dict[str, str] = {}
    found = await _found(repo, form, found, asking, errors)
    return replace(await card(repo, form, found, asking), errors=errors), found


async def shown(repo: Repositories, form: Form, found: Found, asking: Asking) -> tuple[Card, Found]:
    """The form with what it would do, or everything that stands in the way; and the accounts that its rule finds now."""
    errors: dict[str, str] = {}
    try:
        wish, found = await read(repo, form, found, asking)
        made = await preview(
            repo, form, wish, by=asking.by, today=asking.today, policy=asking.policy, but=asking.request or None
        )
    except FormErrors as wrong:
        made, errors = None, dict(wrong.by_field)
        found = await _found(repo, form, found, asking, {})
    return replace(await card(repo, form, found, asking), preview=made, errors=errors), found


async def read(repo: Repositories, form: Form, found: Found, asking: Asking) -> tuple[Wish, Found]:
    """The change that a form asks for, and the accounts that its rule finds. Raises FormErrors, with all that is wrong."""
    errors: dict[str, str] = {}
    found = await _found(repo, form, found, asking, errors)
    reader = Reader(repo.model, asking.policy, asking.today, asking.locale, accounts.together(form, found))
    try:
        wish = reader.wish(form)
    except FormErrors as wrong:
        raise FormErrors(dict(wrong.by_field) | errors) from wrong
    if errors:
        raise FormErrors(errors)
    return wish, found


async def _found(repo: Repositories, form: Form, before: Found, asking: Asking, errors: dict[str, str]) -> Found:
    try:
        return await accounts.found_by_rule(repo, form, before, by=asking.by, today=asking.today)
    except (UsageError, DataError, NotFound, NotAllowed) as error:
        errors["by_rule"] = error.message
        return Found()


async def _rules(repo: Repositories, form: Form, day: date) -> dict[str, str]:
    """The rules of the territory that hold on the day or later, by the values of the menu."""
    if form.of_kind is not RequestKind.BOUNDARY or not form.territory.isdecimal():
        return {}
    mine = [one for one in await load_conditions(*repo.at) if one.territory == int(form.territory)]
    names = sorted({ones[0].rule for _, ones in holding_from(mine, day)})
    values = {f"{form.territory}:{name}": choices.label(name) for name in names}
    return {value: label for value, label in list(values.items())[:MOST] if len(value) <= LONGEST_VALUE}


async def followed(repo: Repositories, before: Form, form: Form, asking: Asking) -> Form:
    """The form after a choice that others follow: a kind's day, a rule's conditions."""
    calendar, today = repo.model.calendar, asking.today
    old, new = (default_day(one.of_kind, today, calendar).isoformat() for one in (before, form))
    if form.effective_on in ("", old):
        form = replace(form, effective_on=new)
    if form.rule.partition(":")[0] not in (form.territory, NEW_RULE):
        form = replace(form, rule="", conditions="")
    if form.rule != before.rule and form.rule != NEW_RULE:
        form = replace(form, conditions=await conditions_of(repo, form))
    return form


async def conditions_of(repo: Repositories, form: Form) -> str:
    """The conditions of the chosen rule, as they can be typed."""
    territory, _, name = form.rule.partition(":")
    if not territory.isdecimal() or not name:
        return ""
    day = form.day or date.max
    rows = [one for one in await load_conditions(*repo.at) if (one.territory, one.rule) == (int(territory), name)]
    return rule_words({one.dimension: one.value for _, ones in holding_from(rows, day) for one in ones})


def typed_terms(terms: Terms, currency: str) -> TypedTerms:
    """Terms as the form's fields hold them: what somebody starts from who opens them."""
    hold = terms.hold_over
    if hold is None:
        return TypedTerms(terms.target.value, terms.basis.value)
    least = "" if hold.least is None else f"{to_decimal(hold.least, currency):f}"
    last = date.fromordinal(hold.until.toordinal() - 1).isoformat()
    within = "" if hold.closing_within is None else str(hold.closing_within)
    return TypedTerms(terms.target.value, terms.basis.value, "", last, tuple(sorted(hold.stages)), least, within)
