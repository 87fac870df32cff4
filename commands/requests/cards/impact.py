"""What a request would change, for whoever looks: the figures before and after, each only if they may see it.

Before and after are both cards as of the effective day, from today's data; after is the change itself, tried out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from commands.requests.cards.about import About, about, plan_of
from commands.requests.cards.people import concerned
from commands.requests.planned import Planned
from commands.targets.service_for_requests import FigureLine, Kind, Sight, Subject, allow, figures
from domain import policies
from domain.company import Person, PersonId, SubjectKind
from domain.errors import NotAllowed, TurfError
from domain.periods import Period, PeriodKind, containing, parse_label
from domain.requests.concerned import people_of, territories_of
from domain.requests.model import ChangeTarget, RequestId, State
from domain.requests.planning.facts import MovedMonth, Note
from domain.requests.rights import Concerned, may_see_impact
from domain.target_setting import subject_of
from storage import requests
from storage.audit import Occasion
from storage.changing import previewed
from storage.division import accounts_called
from storage.notes import read_note
from storage.store import Repositories
from templates.numbers import Numbers

TOLD = frozenset({State.APPROVED, State.SCHEDULED, State.FAILED, State.EFFECTIVE, State.REVERSED})
"""States in which those concerned know of it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A figure before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody's or some territory's figures of a period."""

    name: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Impact:
    """`sees_moved`: whether the target and deals that go along are shown. `hindered` is why it cannot be made now."""

    about: About
    period: Period
    accounts: Sequence[str]
    sees_moved: bool
    reason: str
    said: Sequence[tuple[PersonId, str, str]]
    planned: Planned | None = None
    hindered: str = ""
    standings: Sequence[Standing] = field(default_factory=list)

    @property
    def months(self) -> Sequence[MovedMonth]:
        if self.planned is None or not self.sees_moved:
            return ()
        return [one for one in self.planned.plan.months if one.moved]

    @property
    def notes(self) -> Sequence[Note]:
        return sorted(self.planned.plan.notes) if self.planned is not None else ()


async def impact(
    repo: Repositories, number: RequestId, *, by: Person, today: date, occasion: Occasion, n: Numbers
) -> Impact:
    """Raises NotFound; NotAllowed for who has nothing to do with it."""
    found = await about(repo, number)
    by = _listed(repo, by)
    is_open = found.request.state.is_open
    plan = await plan_of(repo, found.request, today) if is_open else None
    made = plan if isinstance(plan, Planned) else None
    deciders = await _deciders(repo, found, made)
    policies.require(_may_see(repo, found, by, deciders, today))
    period = _period(found, repo)
    shown = Impact(
        about=found,
        period=period,
        accounts=await _accounts(repo, found, made),
        sees_moved=by.id in deciders or _sees_source(repo, found, by, today),
        reason=await _note(repo, found.request.reason),
        said=await _said(repo, found),
        planned=made,
        hindered=plan.message if isinstance(plan, TurfError) else "",
    )
    if made is None:
        return shown
    return replace(shown, standings=await _standings(repo, shown, made, by, today, occasion, n))


def _listed(repo: Repositories, by: Person) -> Person:
    found = repo.company.people.get(by.id)
    if found is None:
        raise NotAllowed("You are no longer in Turf's list of people. Ask sales operations if that is wrong.")
    return found


def _may_see(
    repo: Repositories, found: About, by: Person, deciders: frozenset[PersonId], today: date
) -> policies.Decision:
    lines, day = repo.model.lines, found.request.effective_on
    people = people_of(found.change, lines, day) | frozenset(concerned(found, repo.model, today))
    told = not found.is_confidential or found.request.state in TOLD
    return may_see_impact(by, Concerned(found.request.requester, deciders, people, told), lines, today)


async def _deciders(repo: Repositories, found: About, made: Planned | None) -> frozenset[PersonId]:
    """Who decides now, and who has decided."""
    said = await requests.verdicts(repo.connection, repo.workspace_id, found.request.id)
    slots = made.route.slots if made is not None else ()
    asked = {one for slot in slots for one in (slot.decider, *slot.also)}
    return frozenset(asked | {one.by for one in said})


def _sees_source(repo: Repositories, found: About, by: Person, today: date) -> bool:
    """Whether somebody may see the figures that the target and the deals come from."""
    lines = repo.model.lines
    return any(policies.may_see_territory_figures(by, one, lines, today) for one in territories_of(found.change))


def _period(found: About, repo: Repositories) -> Period:
    """Of a target its own period; else the quarter of the day."""
    start = repo.settings.fiscal_start
    if isinstance(found.change, ChangeTarget):
        return parse_label(found.change.period, start)
    return containing(found.request.effective_on, PeriodKind.QUARTER, start)


async def _accounts(repo: Repositories, found: About, made: Planned | None) -> Sequence[str]:
    ids = made.plan.accounts if made is not None else getattr(found.change, "accounts", ())
    return sorted(one.name for one in (await accounts_called(repo, ids)).values())


async def _note(repo: Repositories, number: int | None) -> str:
    return await read_note(repo.connection, repo.workspace_id, number)


async def _said(repo: Repositories, found: About) -> Sequence[tuple[PersonId, str, str]]:
    """Who decided what, and their words."""
    said = await requests.verdicts(repo.connection, repo.workspace_id, found.request.id)
    by_turn = {(one.turn, one.by, one.verdict): one.note for one in said}
    return [(person, verdict, await _note(repo, note)) for (_, person, verdict), note in by_turn.items()]


async def _standings(
    repo: Repositories, shown: Impact, made: Planned, by: Person, today: date, occasion: Occasion, n: Numbers
) -> Sequence[Standing]:
    """What the viewer may see of the territories and people whose figures change."""
    seen = {one: sight for one in _subjects(repo, shown.about, today) if (sight := _sight(repo, one, by, today))}
    if not seen:
        return ()
    day = shown.about.request.effective_on

    async def lines(at: Repositories) -> Mapping[Subject, Sequence[FigureLine]]:
        return {one: await figures(at, one, shown.period, sight=sight, today=day, n=n) for one, sight in seen.items()}

    before = await lines(repo)
    async with previewed(repo.store, repo.workspace_id, made.plan.writes, occasion) as after_it:
        after = await lines(after_it)
    return [Standing(one.name, list(_compared(before[one], after[one]))) for one in seen]


def _subjects(repo: Repositories, found: About, today: date) -> Iterator[Subject]:
    """The territories, then the people: whose cards will be others."""
    company = repo.company
    change = found.change
    for territory in territories_of(change):
        yield Subject(Kind.TERRITORY, territory, company.territories[territory].name)
    if isinstance(change, ChangeTarget) and change.subject_kind is SubjectKind.TEAM:
        team = subject_of(company, change.subject_kind, change.subject)
        yield Subject(Kind.TEAM, change.subject, team.name if team else "")
    for person in sorted(people_of(change, repo.model.lines, found.request.effective_on)):
        yield Subject(Kind.PERSON, person, company.people[person].name)


def _sight(repo: Repositories, subject: Subject, by: Person, today: date) -> Sight | None:
    """None for what they may not see; nor is a total shown, whose change would be that of its parts."""
    try:
        found = allow(repo, subject, by=by, today=today)
    except NotAllowed:
        return None
    return None if found is Sight.TOTAL else found


def _compared(before: Sequence[FigureLine], after: Sequence[FigureLine]) -> Iterator[Line]:
    """The figures that say something before or after."""
    for was, now in zip(before, after, strict=True):
        if not (was.value.startswith("n/a") and now.value.startswith("n/a")):
            yield Line(was.label, was.value, now.value)
