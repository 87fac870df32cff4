"""`/targets history`: who changed what, when, from what to what, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeAlias

from commands.kit import Call, Message, Reply, Turf, action, command, effect
from commands.kit.blocks import Block, Control, actions, button, confirm, section
from commands.kit.names import Kind, Subject
from commands.targets import service
from commands.targets.query import TargetsQuery
from commands.targets.reference import CardReference
from commands.targets.service import Sight, as_listed
from commands.targets.setting import words
from commands.targets.setting.views import Look
from domain import policies
from domain.company import Metric, Person, SubjectKind
from domain.errors import NotAllowed, NotFound, UsageError
from domain.periods import Period, PeriodKind, containing, parse_label
from domain.target_setting import Key, subject_of
from storage import decisions, target_versions
from storage.decisions import Decision, What
from storage.store import Repositories
from storage.target_versions import TargetVersion
from storage.writing import Writing
from templates import name, render

PAGE, RELEASE = "targets.history.page", "targets.history.release"
SIZE = 8
Who: TypeAlias = tuple[SubjectKind, int]


@dataclass(frozen=True, slots=True)
class Change:
    """One step: `after` is None where an import removed the target."""

    key: Key
    at: datetime
    by: int | None
    rev: int
    before: TargetVersion | None
    after: TargetVersion | None
    reason: str = ""
    decision: Decision | None = None
    """Set in Turf, and it holds: imports do not change it."""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some of the changes, newest first."""

    reference: CardReference
    subject: Subject
    period: Period
    number: int
    total: int
    changes: tuple[Change, ...]
    releases: bool = False
    """Whether who reads it may let imports change again what was set here."""

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // SIZE))


async def history(
    repo: Repositories, subject: Subject, period: Period, *, by: Person, today: date, number: int = 0
) -> HistoryPage:
    """The changes that `by` may see; drafts only for who may set the target. Raises NotAllowed."""
    by = as_listed(repo, by)
    if service.allow(repo, subject, by=by, today=today) is Sight.TOTAL:
        raise NotAllowed("You can see this team's total, not how its target came about. Ask its manager.")
    whose = _whose(repo, subject, period, by, today)
    found = await _changes(repo, whose, period, by, today) if whose else []
    reference = CardReference(subject.kind, subject.id, period.label, today, repo.revision)
    page = tuple(found[number * SIZE : (number + 1) * SIZE])
    return HistoryPage(reference, subject, period, number, len(found), page, bool(policies.may_import(by, today)))


def _whose(repo: Repositories, subject: Subject, period: Period, by: Person, today: date) -> list[Who]:
    """Whose rows: the subject's own; of a person also the territories that they hold in the period."""
    if subject.kind is Kind.COMPANY:
        raise UsageError("Name a person, a territory or a team: the company's target is the sum of theirs.")
    own = SubjectKind(subject.kind.value), subject.id
    if subject.kind is not Kind.PERSON:
        return [own]
    lines = repo.model.lines
    held = dict.fromkeys(holding.territory for holding in lines.held_by(subject.id, period.span))
    seen = (one for one in held if policies.may_see_territory_figures(by, one, lines, today))
    return [own, *((SubjectKind.TERRITORY, one) for one in seen)]


async def _changes(repo: Repositories, whose: list[Who], period: Period, by: Person, today: date) -> list[Change]:
    """Newest first. What someone may not see is taken out before versions are compared."""
    labels = _labels(period, repo.settings.fiscal_start)
    versions = await target_versions.versions_of(repo.connection, repo.snapshot, whose, labels)
    shown = [one for one in versions if one.published or _may_set(repo, one.key, by, today)]
    reasons = await target_versions.reasons(repo.connection, repo.workspace_id, whose)
    made = [replace(one, reason=reasons.get(one.rev, "")) for one in _steps(shown)]
    removed = await _removed(repo, shown)
    decided = {one.key: one for one in await decisions.decided(repo.connection, repo.workspace_id, What.TARGET)}
    return [_with_decision(one, decided, repo, by, today) for one in sorted([*made, *removed], key=_newest_first)]


def _newest_first(change: Change) -> tuple[int, Key]:
    return -change.rev, change.key


def _with_decision(
    change: Change, decided: Mapping[str, Decision], repo: Repositories, by: Person, today: date
) -> Change:
    """A version that holds, with the decision behind it; what an import said instead is for who may set the target."""
    if change.after is None or change.after.ended:
        return change
    found = decided.get(decisions.target_key(change.key))
    if found is None or _may_set(repo, change.key, by, today):
        return replace(change, decision=found)
    return replace(change, decision=replace(found, said=None, said_at=None))


def _may_set(repo: Repositories, key: Key, by: Person, today: date) -> bool:
    return bool(policies.may_set_target(by, key[0], key[1], repo.model.lines, today))


def _labels(period: Period, fiscal_start: int) -> set[str]:
    """The period, those in it, and those that it is in: a target of any of them counts in it."""
    inside = {containing(month.start, kind, fiscal_start) for month in period.months() for kind in PeriodKind}
    return {period.label, *(one.label for one in inside)}


def _steps(versions: list[TargetVersion]) -> list[Change]:
    last: dict[Key, TargetVersion] = {}
    made = []
    for version in versions:
        made.append(Change(version.key, version.at, version.by, version.rev, last.get(version.key), version))
        last[version.key] = version
    return made


async def _removed(repo: Repositories, versions: list[TargetVersion]) -> list[Change]:
    """Versions that ended without another one in their place."""
    begun = {(one.key, one.rev) for one in versions}
    gone = [one for one in versions if one.ended and one.ended <= repo.revision and (one.key, one.ended) not in begun]
    made = await target_versions.revisions(repo.connection, repo.workspace_id, [one.ended or 0 for one in gone])
    ends = [(one, made[one.ended or 0]) for one in gone]
    return [Change(one.key, end.at, end.by, one.ended or 0, one, None) for one, end in ends]


@command(
    "/targets history",
    help="Who changed a target, from what to what, and why",
    usage="[who] [period]",
    may=policies.may_see_figures,
    examples=(
        ("/targets history", "mine, this quarter"),
        ("/targets history dana FY2026", "Dana's in that fiscal year"),
    ),
)
async def show_history(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        ask = TargetsQuery.parse(call.text, today=call.today, fiscal_start=repo.settings.fiscal_start)
        subject = service.asked_about(repo, ask, call.person, call.today)
        page = await history(repo, subject, ask.period, by=call.person, today=call.today)
        return history_message(page, repo, Look.of(repo.settings, call.locale))


@action(PAGE)
async def turn_page(call: Call, turf: Turf) -> Reply:
    number, _, rest = call.value.partition("|")
    if not number.isdigit():
        raise NotFound("This button is from another version of Turf. Ask again with /targets history.")
    reference = CardReference.decode(rest)
    async with turf.read(call) as repo:
        subject = reference.subject(repo.company)
        period = parse_label(reference.period, repo.settings.fiscal_start)
        page = await history(repo, subject, period, by=call.person, today=call.today, number=int(number))
        return history_message(page, repo, Look.of(repo.settings, call.locale), replace=True)


@effect(RELEASE)
async def follow_imports(call: Call, repo: Writing) -> Reply:
    """What was set in Turf no longer stands against an import."""
    key, _, rest = call.value.partition("|")
    number, _, rest = rest.partition("|")
    if not number.isdigit():
        raise NotFound("This button is from another version of Turf. Ask again with /targets history.")
    policies.require(policies.may_import(as_listed(repo, call.person), call.today))
    reference = CardReference.decode(rest)
    subject = reference.subject(repo.company)
    if await decisions.release(repo.connection, repo.workspace_id, What.TARGET, key):
        await repo.audit("targets.release", subject.kind.value, subject.id, after={"target": key})
    period = parse_label(reference.period, repo.settings.fiscal_start)
    page = await history(repo, subject, period, by=call.person, today=call.today, number=int(number))
    return history_message(page, repo, Look.of(repo.settings, call.locale), replace=True)


def history_message(page: HistoryPage, repo: Repositories, look: Look, *, replace: bool = False) -> Message:
    """A line for each change, and the pages there and back."""
    n, shown = look.n, name(page.subject.name)
    head = render("targets/setting/history.mrkdwn.j2", page=page, name=shown, period=page.period, n=n)
    lines = [
        section(_change(one, repo, look), accessory=_release(page, one), id=f"change{at}")
        for at, one in enumerate(page.changes)
    ]
    text = f"Targets of {shown}, {n.period(page.period)}: who changed what, and why."
    return Message(text, [section(head, id="head"), *lines, *_turning(page)], replace=replace)


def _change(change: Change, repo: Repositories, look: Look) -> str:
    kind, subject, label, _ = change.key
    found = subject_of(repo.company, kind, subject)
    who = repo.company.people.get(change.by) if change.by else None
    before, after = (_amount(one, look) for one in (change.before, change.after))
    return render(
        "targets/setting/change.mrkdwn.j2",
        what=name(found.name if found else ""),
        period=parse_label(label, repo.settings.fiscal_start),
        removed=change.after is None,
        before=before if before != after or change.after is None else "",
        after=after,
        draft=change.after is not None and not change.after.published,
        published=_was_draft(change),
        spread=_spread(change),
        who=name(who.name) if who else "",
        at=change.at,
        reason=change.reason,
        decision=change.decision,
        n=look.n,
        zone=look.zone,
    )


def _release(page: HistoryPage, change: Change) -> Control | None:
    """For operations: a button that lets imports change what was set here."""
    if change.decision is None or not page.releases:
        return None
    question = confirm(
        "Follow imports again?",
        "The next import sets this target as its file says. Until then it stays as it is.",
        yes="Follow imports",
    )
    value = f"{change.decision.key}|{page.number}|{page.reference.encoded}"
    return button("Follow imports again", f"{RELEASE}:{change.rev}", value=value, confirm=question)


def _was_draft(change: Change) -> bool:
    return bool(change.after and change.after.published and change.before and not change.before.published)


def _spread(change: Change) -> str:
    """How it is spread, where that is new."""
    now, then = change.after, change.before
    if now is None or (then.profile if then else None) == now.profile:
        return ""
    return f"spread by the profile {now.profile}" if now.profile else "spread evenly by business days"


def _amount(version: TargetVersion | None, look: Look) -> str:
    if version is None:
        return ""
    return words.amount(look.n, version.amount, version.currency, Metric(version.key[3]).value)


def _turning(page: HistoryPage) -> list[Block]:
    to = page.reference.encoded
    newer = [button("Newer", f"{PAGE}:newer", value=f"{page.number - 1}|{to}")] if page.number else []
    more = page.number + 1 < page.pages
    older = [button("Older", f"{PAGE}:older", value=f"{page.number + 1}|{to}")] if more else []
    return [actions(*newer, *older, id="turn")] if newer or older else []
