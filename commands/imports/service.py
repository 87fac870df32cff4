"""Asking for an import, and telling what came of it."""

from collections.abc import Sequence
from datetime import date, datetime

from commands.targets.service import as_listed
from domain import policies
from domain.company import Person
from domain.errors import UsageError
from storage import import_orders
from storage.import_orders import Ordered, Outcome, Source, WantedFile, Wish
from storage.store import Known, Repositories
from storage.writing import Writing

JOB = "imports/run"
HEAD_KIND, TOLD_KIND, REJECTS_KIND = "imports/head", "imports/told", "imports/rejects"
WAITING = 5
"""So many imports of one person may wait."""


def allow(repo: Known, *, by: Person, today: date) -> None:
    """Raises NotAllowed for who may not import."""
    policies.require(policies.may_import(as_listed(repo, by), today))


async def ask_for(repo: Writing, wish: Wish, files: Sequence[WantedFile], *, by: Person, today: date) -> int:
    """Have a worker import the files. Raises NotAllowed; UsageError for who has asked for too many already."""
    allow(repo, by=by, today=today)
    at = repo.connection, repo.workspace_id
    waiting = [one for one in await import_orders.unsettled(*at) if one.person_id == by.id]
    if len(waiting) >= WAITING:
        raise UsageError(f"{len(waiting)} imports of yours are waiting. Let them end first.")
    number = await import_orders.add(*at, Source.SLACK, files, wish, now=repo.occasion.now, by=by.id)
    head = await repo.outbox.direct(by.id, HEAD_KIND, {"import": number})
    await import_orders.headed_by(*at, number, head)
    await add_job(repo, number, repo.occasion.now)
    await repo.audit("import.ask", "import_order", number, after={"files": len(files), "full": wish.full})
    return number


async def add_job(repo: Writing, number: int, now: datetime) -> None:
    await repo.jobs.add(JOB, str(number), {"import": number}, now)


async def tell(repo: Writing, order: Ordered) -> None:
    """Tell whoever asked, or operations of what the folder brought unless all is well; once."""
    now, rejects = repo.occasion.now, None
    if order.source is Source.SLACK and order.person_id is not None:
        rejects = await _tell_one(repo, order, order.person_id, order.message)
    elif not is_quiet(order):
        for person in importers(repo, now.date()):
            rejects = await _tell_one(repo, order, person.id, None) or rejects
    await import_orders.note_told(repo.connection, repo.workspace_id, order.id, now, rejects)


def is_quiet(order: Ordered) -> bool:
    """A good import of the folder, which nobody needs to hear of."""
    return order.outcome is Outcome.IMPORTED and not order.refused and not order.left_out


def importers(repo: Repositories, today: date) -> list[Person]:
    """Who hears of imports that nobody asked for."""
    return [one for one in repo.company.people.values() if policies.may_import(one, today)]


async def _tell_one(repo: Writing, order: Ordered, person: int, head: int | None) -> int | None:
    """The number of the message with the refused rows, if there are any."""
    what = {"import": order.id}
    if head is None:
        head = await repo.outbox.direct(person, HEAD_KIND, what)
    else:
        await repo.outbox.update(head, HEAD_KIND, what)
    if order.told is not None:
        await repo.outbox.direct(person, TOLD_KIND, what, thread_of=head)
    if order.rejects is None:
        return None
    return await repo.outbox.file(person, REJECTS_KIND, what, thread_of=head)
