"""The form's card with its preview, and saving what it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from commands.kit.names import Kind, Subject
from commands.kit.outgoing import HOME_KIND
from commands.targets import service
from commands.targets.service import Sight, as_listed
from commands.targets.setting.form import Form, FormErrors, Reader
from commands.targets.setting.subjects import label
from domain import policies
from domain.company import Person, PersonId, SubjectKind, Target
from domain.errors import NotAllowed, NotFound
from domain.periods import Period, parse_label
from domain.target_setting import (
    Key,
    Preview,
    key_of,
    owners,
    parent_of,
    periods_to_offer,
    preview,
    subject_of,
    year_before,
)
from storage import decisions, target_notices, target_versions
from storage.notes import write_note
from storage.store import Repositories
from storage.target_versions import TargetVersion
from storage.writing import Writing

PUBLISHED_KIND, NOTICE_KIND = "targets/published", "targets/notice"
"""What is sent to who carries a target, and the same message shown anew."""
WHO_MOST = 90


@dataclass(frozen=True, slots=True)
class LastYear:
    """The same period a year earlier, in the workspace's minor units (a count for counts); `target` is the effective one, if there was any."""

    period: Period
    credited: int
    target: int | None


@dataclass(frozen=True, slots=True)
class SettingCard:
    """What the form shows beside its fields."""

    form: Form
    today: date
    currency: str
    subject_label: str
    name: str
    periods: Sequence[Period]
    currencies: Sequence[str]
    profiles: Sequence[str]
    period: Period | None
    present: TargetVersion | None
    set_by: str
    target: Target | None
    shown: Preview | None
    problem: str
    last_year: LastYear | None
    told: Sequence[str]
    """Names of those who will hear of it."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody else set it meanwhile: theirs, and what was about to be saved."""

    theirs: TargetVersion
    set_by: str
    before: TargetVersion | None
    mine: Target
    name: str
    period: Period


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved, and who is told."""

    target: Target
    name: str
    period: Period
    told: Sequence[str]
    nobody: bool
    """Published, and nobody carries it."""
    ended: bool


async def card(repo: Repositories, form: Form, *, by: Person, today: date, locale: str) -> SettingCard:
    """The form as `by` may fill it. Raises NotAllowed for who sets no targets."""
    by = as_listed(repo, by)
    policies.require(policies.may_set_targets(by, today))
    reader = Reader(repo.model, by, today, locale)
    key = _allowed_key(reader, form)
    present = await target_versions.present_version(repo.connection, repo.workspace_id, key) if key else None
    target, problem = _read(reader, form)
    period = parse_label(form.period, repo.settings.fiscal_start) if form.period else None
    past = bool(policies.may_set_past_target(by, today))
    offered = list(periods_to_offer(today, repo.settings.fiscal_start, past=past))
    return SettingCard(
        form=form,
        today=today,
        currency=repo.settings.currency,
        subject_label=label(repo.company, key[0], key[1]) if key else _label(reader, form),
        name=_name(repo, key),
        periods=offered if period is None or period in offered else [period, *offered],
        currencies=_currencies(repo),
        profiles=sorted(repo.company.seasonality)[:WHO_MOST],
        period=period,
        present=present,
        set_by=_who(repo, present),
        target=target,
        shown=preview(repo.model, target, _parent(repo, target, by, today)) if target else None,
        problem=problem,
        last_year=await _last_year(repo, key, today=today) if key else None,
        told=[name for name, _ in _owners(repo, key, by, today)] if key else (),
    )


def _allowed_key(reader: Reader, form: Form) -> Key | None:
    """What is chosen, if it is theirs to set."""
    try:
        reader.subject(form)
        return form.key()
    except (NotAllowed, NotFound):
        return None


def _label(reader: Reader, form: Form) -> str:
    try:
        return label(reader.model.company, *reader.subject(form))
    except (NotAllowed, NotFound):
        return ""


def _read(reader: Reader, form: Form) -> tuple[Target | None, str]:
    """The target, or what is wrong with it; nothing is said of what was not filled in yet."""
    try:
        return reader.target(form), ""
    except FormErrors as errors:
        filled = [said for field, said in errors.by_field.items() if getattr(form, field)]
        return None, " ".join(filled)


def _currencies(repo: Repositories) -> list[str]:
    """The workspace's currency first, then those with a rate."""
    return list(
        dict.fromkeys([repo.settings.currency, *sorted({one.currency for one in repo.company.rates})][:WHO_MOST])
    )


def _name(repo: Repositories, key: Key | None) -> str:
    found = subject_of(repo.company, key[0], key[1]) if key else None
    return found.name if found else ""


def _who(repo: Repositories, version: TargetVersion | None) -> str:
    """Who made a version: a name, or nothing for an import."""
    found = repo.company.people.get(version.by) if version and version.by else None
    return found.name if found else ""


def _parent(repo: Repositories, target: Target, by: Person, today: date) -> int | None:
    """What is above, if `by` may see its figures."""
    lines = repo.model.lines
    parent = parent_of(repo.model, target.kind, target.subject, today)
    if parent is None:
        return None
    if target.kind is SubjectKind.TERRITORY:
        return parent if policies.may_see_territory_figures(by, parent, lines, today) else None
    return parent if policies.may_see_team(by, parent, lines, today) else None


async def _last_year(repo: Repositories, key: Key, *, today: date) -> LastYear:
    """What the card of the same period a year ago says: of a person alone, of a team or territory with all below it."""
    kind, subject, label_, metric = key
    period = year_before(parse_label(label_, repo.settings.fiscal_start), repo.settings.fiscal_start)
    who = Subject(Kind(kind.value), subject, "")
    sight = Sight.OWN if kind is SubjectKind.PERSON else Sight.ALL
    made = await service.build(repo, subject=who, period=period, metric=metric, today=today, sight=sight)
    standing = made.score.standing
    return LastYear(period, standing.achieved, standing.target)


def _owners(repo: Repositories, key: Key, by: Person, today: date) -> list[tuple[str, PersonId]]:
    """Name and number of those who carry a target, without who sets it."""
    period = parse_label(key[2], repo.settings.fiscal_start)
    people = repo.company.people
    found = owners(repo.model, key[0], key[1], period, today)
    return [(people[one].name, one) for one in found if one != by.id and one in people]


def require_theirs(repo: Repositories, form: Form, *, by: Person, today: date) -> None:
    """Raises NotFound or NotAllowed unless the chosen subject is there and theirs to set."""
    Reader(repo.model, by, today, "").subject(form)


async def seen(repo: Repositories, form: Form) -> int:
    """The revision of the version that a form shows; 0 if there is none."""
    key = form.key()
    found = await target_versions.present_version(repo.connection, repo.workspace_id, key) if key else None
    return found.rev if found else 0


async def save(repo: Writing, form: Form, *, seen: int, by: Person, today: date, locale: str) -> Saved | Changed:
    """Save what a form holds, unless the target is another one than the form showed. Raises FormErrors, NotAllowed."""
    by = as_listed(repo, by)
    target = Reader(repo.model, by, today, locale).target(form)
    key = key_of(target)
    period = parse_label(target.period, repo.settings.fiscal_start)
    present = await target_versions.present_version(repo.connection, repo.workspace_id, key)
    name = _name(repo, key)
    if present is not None and present.rev != seen:
        before = await target_versions.version_at(repo.connection, repo.workspace_id, key, seen) if seen else None
        return Changed(present, _who(repo, present), before, target, name, period)
    _refuse_nothing_new(present, target)
    revision = await _write(repo, target, form.reason, by, present)
    told = await _tell(repo, key, revision, by, today, present) if target.published else []
    nobody = target.published and not owners(repo.model, key[0], key[1], period, today)
    return Saved(target, name, period, told, nobody, period.ended(today))


def _refuse_nothing_new(present: TargetVersion | None, target: Target) -> None:
    if present is None:
        return
    if present.content == (target.amount, target.currency, target.profile, target.published):
        raise FormErrors({"amount": "That is what is set already."})
    if present.published and not target.published:
        raise FormErrors(
            {
                "state": "This target is published already, and a draft would take it off everybody's card. Publish the change."
            }
        )


async def _write(repo: Writing, target: Target, reason: str, by: Person, present: TargetVersion | None) -> int:
    """The new version, its reason and the audit's row; the revision."""
    revision = await repo.revise(target_versions.SET)
    at = repo.connection, repo.workspace_id
    values = {
        "amount": target.amount,
        "currency": target.currency,
        "profile": target.profile,
        "state": "published" if target.published else "draft",
    }
    await target_versions.put(*at, revision, key_of(target), values)
    if target.published:
        decided = decisions.target_key(key_of(target))
        await decisions.decide(*at, decisions.What.TARGET, decided, by=by.id, at=repo.occasion.now)
    note = await write_note(*at, by.id, target_versions.SET, reason, repo.occasion.now) if reason else None
    about = {"period": target.period, "metric": target.metric.value}
    after = about | values | {"revision": revision, "note": note}
    await repo.audit(
        target_versions.SET, target.kind.value, target.subject, before=_audited(present, about), after=after
    )
    return revision


def _audited(present: TargetVersion | None, about: Mapping[str, str]) -> Mapping[str, object] | None:
    if present is None:
        return None
    amount, currency, profile, published = present.content
    state = "published" if published else "draft"
    return {
        **about,
        "amount": amount,
        "currency": currency,
        "profile": profile,
        "state": state,
        "revision": present.rev,
    }


async def _tell(
    repo: Writing, key: Key, revision: int, by: Person, today: date, present: TargetVersion | None
) -> list[str]:
    """A direct message for each who carries it; messages about the version before say that it no longer holds."""
    at = repo.connection, repo.workspace_id
    if present is not None:
        for old in await target_notices.notices_of(*at, key, present.rev):
            await repo.outbox.home(old.person, HOME_KIND)
            if old.message is not None:
                await repo.outbox.update(old.message, NOTICE_KIND, {"notice": old.id})
    told = _owners(repo, key, by, today)
    for _, person in told:
        notice = await target_notices.give_notice(*at, key, revision, person, by.id, repo.occasion.now)
        message = await repo.outbox.direct(person, PUBLISHED_KIND, {"notice": notice})
        await target_notices.sent_as(*at, notice, message)
        await repo.outbox.home(person, HOME_KIND)
    return [name for name, _ in told]
