"""The direct messages about a target: to who carries it, and, of a concern, to their manager."""

from dataclasses import dataclass
from fractions import Fraction

from commands.kit import Dropped, Message, Sending, outgoing
from commands.kit.blocks import Block, actions, button, context, section
from commands.kit.outgoing import Rendered
from commands.targets.setting import words
from commands.targets.setting.service import NOTICE_KIND, PUBLISHED_KIND
from commands.targets.setting.views import Look
from domain import policies
from domain.company import SubjectKind
from domain.periods import parse_label
from domain.target_setting import owners, subject_of
from domain.targets import MonthPiece
from storage import target_notices, target_versions
from storage.notes import read_note
from storage.store import Repositories
from storage.target_notices import Notice
from storage.target_versions import TargetVersion
from templates import Mrkdwn, name, render

CONCERN_KIND = "targets/concern"
READ, CONCERN = "targets.notice.read", "targets.notice.concern"


@dataclass(frozen=True, slots=True)
class Told:
    """All that a message about a target says. `pieces` are its months as they were when it was published."""

    notice: Notice
    version: TargetVersion
    before: TargetVersion | None
    pieces: tuple[MonthPiece, ...]
    name: str
    by: str
    reason: str
    concern: str
    outdated: bool


async def told_of(repo: Repositories, number: int) -> Told:
    """Raises NotFound for a notice that is not there."""
    at = repo.connection, repo.workspace_id
    notice = await target_notices.read_notice(*at, number)
    version = await target_versions.version_at(*at, notice.key, notice.rev)
    assert version is not None, "versions are never deleted"
    kind, subject, label, metric = notice.key
    then = (await repo.earlier(notice.rev)).model
    said = await target_versions.reasons(*at, [(kind, subject)])
    return Told(
        notice=notice,
        version=version,
        before=await target_versions.published_before(*at, notice.key, notice.rev),
        pieces=then.targets.pieces(kind, subject, parse_label(label, repo.settings.fiscal_start), metric),
        name=_name_of(repo, kind, subject),
        by=_person(repo, notice.by),
        reason=said.get(notice.rev, ""),
        concern=await read_note(*at, notice.concern_note),
        outdated=version.ended is not None and version.ended <= repo.revision,
    )


def _name_of(repo: Repositories, kind: SubjectKind, subject: int) -> str:
    found = subject_of(repo.company, kind, subject)
    return name(found.name if found else "")


def _person(repo: Repositories, person: int) -> str:
    found = repo.company.people.get(person)
    return name(found.name if found else "")


@outgoing(PUBLISHED_KIND)
async def published(sending: Sending, repo: Repositories) -> Rendered:
    """Said once, if it still holds and the recipient still carries it."""
    told = await told_of(repo, sending.arguments["notice"])
    if told.outdated:
        return Dropped("the target was changed again before this was sent")
    kind, subject, label, _ = told.notice.key
    period = parse_label(label, repo.settings.fiscal_start)
    if told.notice.person not in owners(repo.model, kind, subject, period, sending.today):
        return Dropped("somebody else carries this target now")
    return notice_message(told, Look.of(repo.settings, sending.locale))


@outgoing(NOTICE_KIND)
async def shown_anew(sending: Sending, repo: Repositories) -> Rendered:
    """The same message after an answer, or once the target was changed."""
    return notice_message(await told_of(repo, sending.arguments["notice"]), Look.of(repo.settings, sending.locale))


def notice_message(told: Told, look: Look) -> Message:
    """What someone reads of a target that they carry. The notification has no figure and no reason."""
    title = _title(told, look)
    text = f"{told.by} published {'your target' if _is_own(told) else f'the target of {told.name}'} for {_period(told, look)}."
    blocks = [section(_said(told, look, title), id="target"), *_answers(told, look)]
    return Message(text, blocks)


def _is_own(told: Told) -> bool:
    return told.notice.key[0] is SubjectKind.PERSON


def _title(told: Told, look: Look) -> str:
    whose = "Your target" if _is_own(told) else f"Target of {told.name}"
    return f"{whose} for {_period(told, look)}"


def _period(told: Told, look: Look) -> str:
    # The label alone says which months; where the fiscal year starts matters to none of its words.
    return look.n.period(parse_label(told.notice.key[2], 1))


def _said(told: Told, look: Look, title: str) -> Mrkdwn:
    version, metric = told.version, told.notice.key[3].value
    return render(
        "targets/setting/notice.mrkdwn.j2",
        title=title,
        own=_is_own(told),
        told=told,
        by=told.by,
        amount=words.amount(look.n, version.amount, version.currency, metric),
        before=_before(told, look),
        reason=told.reason,
        months=words.month_lines(look.n, told.pieces, told.notice.key[2]),
        n=look.n,
        zone=look.zone,
    )


@dataclass(frozen=True, slots=True)
class _Before:
    amount: str
    same: bool
    percent: str
    more: bool


def _before(told: Told, look: Look) -> _Before | None:
    """The published version before, compared if it is in the same currency."""
    before, now = told.before, told.version
    if before is None:
        return None
    shown = words.amount(look.n, before.amount, before.currency, told.notice.key[3].value)
    if before.currency != now.currency or before.amount <= 0:
        return _Before(shown, same=False, percent="", more=False)
    ratio = Fraction(now.amount, before.amount) - 1
    return _Before(shown, same=not ratio, percent=look.n.percent(abs(ratio)), more=ratio > 0)


def _answers(told: Told, look: Look) -> list[Block]:
    """The buttons, as long as there is something to answer, and what was answered."""
    notice, value = told.notice, str(told.notice.id)
    buttons = []
    if not told.outdated and notice.read_at is None:
        buttons.append(button("I've read this", READ, value=value, style="primary"))
    if not told.outdated and notice.concern_at is None:
        buttons.append(button("Raise a concern", CONCERN, value=value))
    said = render(
        "targets/setting/answered.mrkdwn.j2",
        notice=notice,
        outdated=told.outdated,
        concern=told.concern,
        n=look.n,
        zone=look.zone,
    )
    shown = [actions(*buttons, id="answer")] if buttons else []
    return [*shown, context(said, id="answered")] if said else shown


@outgoing(CONCERN_KIND)
async def concern(sending: Sending, repo: Repositories) -> Rendered:
    """For who decides about the target, if it still is theirs to see. The notification has no word of the concern."""
    told = await told_of(repo, sending.arguments["notice"])
    kind, subject, label, metric = told.notice.key
    to = sending.recipient
    lines = repo.model.lines
    if to is None or not policies.may_set_target(to, kind, subject, lines, sending.today):
        return Dropped("the recipient may not set this target any more")
    look, who = Look.of(repo.settings, sending.locale), _person(repo, told.notice.person)
    said = render(
        "targets/setting/concern.mrkdwn.j2",
        who=who,
        own=_is_own(told),
        name=told.name,
        by=told.by,
        period=parse_label(label, repo.settings.fiscal_start),
        amount=words.amount(look.n, told.version.amount, told.version.currency, metric.value),
        concern=told.concern,
        n=look.n,
    )
    again = button("Change the target", "targets.set.open", value=f"{kind}:{subject}|{label}|{metric}")
    return Message(f"{who} raised a concern about a target.", [section(said, id="concern"), actions(again, id="do")])
