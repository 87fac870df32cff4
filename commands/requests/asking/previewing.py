"""What a change would do, as far as whoever asks may know it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from commands.requests.asking.form import Form, FormErrors
from commands.requests.asking.reading import Wish, field_of
from commands.requests.checking import Checked, check
from domain import policies
from domain.company import Person, SubjectKind, TerritoryId
from domain.errors import DataError, NotAllowed, TurfError
from domain.periods import Period
from domain.requests.concerned import territories_of
from domain.requests.model import Change, ChangeTarget, RequestId
from domain.requests.planning.checks import restated
from domain.requests.planning.facts import Impossible
from domain.requests.policy import RequestPolicy
from domain.requests.routing import Slot, Undecidable
from storage.division import accounts_called
from storage.rule_changes import Elsewhere
from storage.store import Repositories

NAMED, NAMED_OF_MANY = 10, 3
"""So many accounts are named; the rest are counted. Of many ways fewer each."""
WAYS = 8
"""So many ways from one territory to another are shown."""
REFUSALS = (Impossible, NotAllowed, DataError, Undecidable)
"""What whoever fills in the form can do something about."""
_HIDDEN = "The target there does not allow that. Choose another basis, or let it stay."
"""For who may not know how large it is."""


@dataclass(frozen=True, slots=True)
class Step:
    """Accounts that go from one territory to another (None: none)."""

    before: str | None
    after: str | None
    accounts: Sequence[str]
    count: int


@dataclass(frozen=True, slots=True)
class Preview:
    """`sees`: whether the figures are shown. `waits` are those who will have to decide, each with their sides."""

    checked: Checked
    sees: bool
    steps: Sequence[Step]
    more_steps: int
    taken_along: int
    deals: int
    held: int
    ownerless: int
    waits: Sequence[tuple[str, Slot]]
    restated: Sequence[Period]
    is_working_day: bool


async def preview(
    repo: Repositories,
    form: Form,
    wish: Wish,
    *,
    by: Person,
    today: date,
    policy: RequestPolicy,
    but: RequestId | None = None,
) -> Preview:
    """`but` is the request that is changed. Raises FormErrors with what stands in the way at its field."""
    sees = sees_figures(repo, wish.change, by, today)
    try:
        checked = await check(
            repo, wish.change, effective_on=wish.effective_on, by=by, today=today, policy=policy, but=but
        )
    except REFUSALS as error:
        raise refused(form, error, sees=sees) from error
    deals, steps = checked.plan.writes.deals, await _steps(repo, checked)
    day = wish.effective_on
    people = repo.company.people
    return Preview(
        checked=checked,
        sees=sees,
        steps=steps[:WAYS],
        more_steps=max(len(steps) - WAYS, 0),
        taken_along=len(checked.plan.taken_along),
        deals=len(deals),
        held=len(checked.plan.held),
        ownerless=sum(row.after is not None and row.after.owner is None for row in deals),
        waits=[(people[slot.decider].name, slot) for slot in checked.route.open({})],
        restated=restated(day, today, repo.settings.fiscal_start),
        is_working_day=bool(repo.model.calendar.count(day, date.fromordinal(day.toordinal() + 1))),
    )


def refused(form: Form, error: TurfError, *, sees: bool) -> FormErrors:
    """A refusal at the field that it is about."""
    field, said = (error.field if isinstance(error, Impossible) else ""), error.message
    if field == "terms":
        said = (said if sees else _HIDDEN) + ("" if form.has_terms else " Press Terms to see how.")
    return FormErrors({field_of(field, form): said})


def sees_figures(repo: Repositories, change: Change, by: Person, today: date) -> bool:
    """Whether somebody may know how much target and how many deals a change moves: those of whoever gives."""
    lines = repo.model.lines
    if isinstance(change, ChangeTarget):
        if change.subject_kind is SubjectKind.PERSON:
            return bool(policies.may_see_person(by, change.subject, lines, today))
        if change.subject_kind is SubjectKind.TEAM:
            return bool(policies.may_see_team(by, change.subject, lines, today))
    source = territories_of(change)[0]
    return bool(policies.may_see_territory_figures(by, source, lines, today))


async def _steps(repo: Repositories, checked: Checked) -> list[Step]:
    """The accounts that go, those of the same way together, the most first."""
    ways = _ways(checked)
    named = NAMED if len(ways) < NAMED_OF_MANY else NAMED_OF_MANY
    some = {account for accounts in ways.values() for account in accounts[:named]}
    called = await accounts_called(repo, some)
    found = [
        Step(
            _name(repo, way.before),
            _new_name(checked)
            if way.after is not None and way.after == checked.facts.fresh
            else _name(repo, way.after),
            [called[one].name for one in accounts[:named]],
            len(accounts),
        )
        for way, accounts in ways.items()
    ]
    return sorted(found, key=lambda one: -one.count)


def _ways(checked: Checked) -> Mapping[Elsewhere, list[int]]:
    ways: dict[Elsewhere, list[int]] = {}
    for account, way in sorted(checked.by_rules.items()):
        ways.setdefault(way, []).append(account)
    if checked.plan.accounts:
        named = territories_of(checked.change)
        to = named[1] if len(named) > 1 else checked.facts.fresh
        ways[Elsewhere(named[0], to)] = list(checked.plan.accounts)
    return ways


def _name(repo: Repositories, territory: TerritoryId | None) -> str | None:
    return None if territory is None else repo.company.territories[territory].name


def _new_name(checked: Checked) -> str:
    [row] = checked.plan.writes.territories
    return row.after.name if row.after is not None else ""
