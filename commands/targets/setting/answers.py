"""What people answer to a target: that they have read it, or a concern."""

from commands.kit import Call, Errors, Modal, Nothing, Reply, Turf, action, effect, submission
from commands.kit.blocks import section
from commands.kit.inputs import Filled, field, text
from commands.kit.outgoing import HOME_KIND
from commands.targets.setting.notices import CONCERN, CONCERN_KIND, READ
from commands.targets.setting.service import NOTICE_KIND
from domain import policies
from domain.company import PersonId
from domain.errors import NotAllowed, NotFound
from storage import target_notices
from storage.notes import write_note
from storage.store import Repositories
from storage.target_notices import Notice
from storage.writing import Writing
from templates import Mrkdwn

TITLE = "Raise a concern"
SENT = "targets.notice.send"
MOST = 1000
_SAID = "Your manager has it by direct message, and it stays with the target's history of answers."


@effect(READ)
async def has_read(call: Call, repo: Writing) -> Reply:
    """Once: another click finds it read, and changes nothing."""
    notice = await _theirs(repo, _number(call.value), call.person.id)
    if await target_notices.mark_read(repo.connection, repo.workspace_id, notice.id, repo.occasion.now):
        await _record(repo, notice, "targets.read")
    return Nothing()


@action(CONCERN, opens=TITLE)
async def ask_for_concern(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        notice = await _theirs(repo, _number(call.value), call.person.id)
    if notice.concern_at is not None:
        raise NotAllowed("You have raised a concern about this target already. Talk to your manager about it.")
    box = text(multiline=True, most=MOST, placeholder="What should your manager know about it?")
    return Modal(
        TITLE,
        [field("concern", "Your concern", box)],
        submit="Send",
        close="Cancel",
        callback=SENT,
        metadata=call.value,
    )


@submission(SENT, effect=True)
async def raise_concern(call: Call, repo: Writing) -> Reply:
    """Kept, and sent to the manager of who carries the target today; without one, to who set it."""
    said = Filled.of(call.view).one("concern")
    if not said:
        return Errors({"concern": "Write what your concern is."})
    notice = await _theirs(repo, _number(call.view.metadata if call.view else ""), call.person.id)
    at, now = (repo.connection, repo.workspace_id), repo.occasion.now
    if notice.concern_at is not None:
        return Errors(
            {"concern": "You have raised a concern about this target already. Talk to your manager about it."}
        )
    note = await write_note(*at, call.person.id, "targets.concern", said, now)
    await target_notices.raise_concern(*at, notice.id, note, now)
    await _record(repo, notice, "targets.concern", note=note)
    await repo.outbox.direct(_decides(repo, notice, call), CONCERN_KIND, {"notice": notice.id})
    return Modal(TITLE, [section(Mrkdwn(f"*Sent.* {_SAID}"), id="sent")])


def _decides(repo: Writing, notice: Notice, call: Call) -> PersonId:
    """The manager, if the target is theirs to set; else who set it."""
    manager = repo.model.lines.manager_of(notice.person, call.today)
    person = repo.company.people.get(manager) if manager is not None else None
    kind, subject, _, _ = notice.key
    if person and policies.may_set_target(person, kind, subject, repo.model.lines, call.today):
        return person.id
    return notice.by


async def _record(repo: Writing, notice: Notice, what: str, *, note: int | None = None) -> None:
    """The audit's row; the message and the Home tab shown anew."""
    kind, subject, period, metric = notice.key
    after = {"notice": notice.id, "period": period, "metric": metric.value, "revision": notice.rev, "note": note}
    await repo.audit(what, kind.value, subject, after=after)
    await repo.outbox.home(notice.person, HOME_KIND)
    if notice.message is not None:
        await repo.outbox.update(notice.message, NOTICE_KIND, {"notice": notice.id})


def _number(value: str) -> int:
    """Raises NotFound for a value that no button of ours carries."""
    if not value.isdigit():
        raise NotFound("This button is from another version of Turf. See /targets history.")
    return int(value)


async def _theirs(repo: Repositories, number: int, person: PersonId) -> Notice:
    """The notice, for whom it was meant. Raises NotFound for anyone else, as if it were not there."""
    notice = await target_notices.read_notice(repo.connection, repo.workspace_id, number)
    if notice.person != person:
        raise NotFound("This message was meant for somebody else.")
    return notice
