"""The accounts of a territory, for the form: searched while somebody types, and found by a rule."""

import asyncio
from collections.abc import Collection
from datetime import date

from commands.requests.asking.choices import Choice, fitting, label
from commands.requests.asking.form import Form, Found
from commands.requests.asking.rule_words import read_rule
from domain import policies
from domain.company import Person, TerritoryId
from domain.errors import NotFound
from domain.holdings import Account, AccountId, Condition, Facts, compile_rules
from storage.account_facts import accounts_by_territory
from storage.credit.accounts import load_accounts
from storage.division import accounts_called
from storage.store import Repositories

LEAST_TYPED = 2
"""Who may not list a territory's accounts has to name them: so many letters."""


async def search(repo: Repositories, territory: TerritoryId, typed: str, *, by: Person, today: date) -> dict[str, str]:
    """Those of a territory that fit, by id: each with its key. Who may not see the territory's figures has to type some
    letters of what they look for. Raises NotAllowed for who may not see names."""
    policies.require(policies.may_see_names(by, today))
    if territory not in repo.company.territories:
        return {}
    listed = policies.may_see_territory_figures(by, territory, repo.model.lines, today)
    if not listed and len(typed.strip()) < LEAST_TYPED:
        return {}
    held = (await accounts_by_territory(repo, today)).get(territory, frozenset())
    called = await repo.remembered(("called", territory, today), lambda: accounts_called(repo, held))
    every = [Choice(str(one), known.name, known.key) for one, known in called.items()]
    # Of thousands this takes a moment, in which others are answered.
    found = await asyncio.to_thread(fitting, every, typed)
    return {value: label(called[int(value)].name, called[int(value)].key) for value in found}


async def picked(repo: Repositories, form: Form) -> dict[str, str]:
    """Value and label of those that were picked; what is no more is left out."""
    ids = [int(one) for one in form.accounts if one.isdecimal()]
    called = await accounts_called(repo, ids)
    return {str(one): label(called[one].name, called[one].key) for one in ids if one in called}


async def found_by_rule(repo: Repositories, form: Form, before: Found, *, by: Person, today: date) -> Found:
    """The accounts of the form's territory that its rule claims; as before if neither was changed.

    Raises UsageError and DataError for a rule that cannot be read, NotFound if it finds none, NotAllowed for who may not
    see the territory's figures: a count says something of its accounts.
    """
    if (before.words, before.territory) == (form.by_rule, form.territory) and before.accounts:
        return before
    if not form.by_rule or not form.territory.isdecimal() or int(form.territory) not in repo.company.territories:
        return Found()
    territory = int(form.territory)
    policies.require(policies.may_see_territory_figures(by, territory, repo.model.lines, today))
    conditions = [Condition(territory, "typed", *one) for one in read_rule(form.by_rule).items()]
    held = (await accounts_by_territory(repo, today)).get(territory, frozenset())
    accounts = await load_accounts(*repo.at, held)
    claimed = await asyncio.to_thread(_claimed, conditions, accounts, repo.settings.currency)
    if not claimed:
        raise NotFound("No account of this territory is like that. Change a condition, or pick accounts above.")
    return Found(form.by_rule, form.territory, tuple(claimed))


def _claimed(conditions: Collection[Condition], accounts: Collection[Account], currency: str) -> list[AccountId]:
    rules = compile_rules(conditions, currency)
    return sorted(one.id for one in accounts if any(rule.claims(Facts.of(one)) is not None for rule in rules))


def together(form: Form, found: Found) -> tuple[AccountId, ...]:
    """All that were picked or found, each once."""
    return tuple(dict.fromkeys([*(int(one) for one in form.accounts if one.isdecimal()), *found.accounts]))
