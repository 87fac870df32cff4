"""`/turf import`, and the messages that follow it."""

from commands.imports import form, service, views
from commands.kit import (
    Call,
    Dropped,
    Errors,
    FileToSend,
    Rendered,
    Reply,
    Sending,
    Turf,
    command,
    outgoing,
    submission,
)
from domain import policies
from domain.errors import NotAllowed
from storage import import_orders
from storage.import_orders import Ordered
from storage.store import Repositories
from storage.writing import Writing
from templates import render


@command("/turf import", help="Import a CRM export: files that you upload (operations)", may=policies.may_import)
async def show_form(call: Call, turf: Turf) -> Reply:
    service.allow(await turf.present(call), by=call.person, today=call.today)
    return form.import_modal()


@submission(form.SEND, effect=True)
async def send(call: Call, repo: Writing) -> Reply:
    service.allow(repo, by=call.person, today=call.today)
    wish, files, wrong = form.filled(call.view)
    if wrong:
        return Errors(wrong)
    await service.ask_for(repo, wish, files, by=call.person, today=call.today)
    return views.asked_modal(len(files), dry_run=wish.dry_run)


async def _order(sending: Sending, repo: Repositories) -> Ordered:
    """Raises NotAllowed for who may no longer know of imports."""
    if sending.recipient is None:
        raise NotAllowed("imports are told to people only")
    service.allow(repo, by=sending.recipient, today=sending.today)
    return await import_orders.read(repo.connection, repo.workspace_id, sending.arguments["import"])


@outgoing(service.HEAD_KIND)
async def head(sending: Sending, repo: Repositories) -> Rendered:
    try:
        return views.head(await _order(sending, repo))
    except NotAllowed as error:
        return Dropped(error.message)


@outgoing(service.TOLD_KIND)
async def told(sending: Sending, repo: Repositories) -> Rendered:
    try:
        return views.told(await _order(sending, repo))
    except NotAllowed as error:
        return Dropped(error.message)


@outgoing(service.REJECTS_KIND)
async def rejects(sending: Sending, repo: Repositories) -> Rendered:
    try:
        order = await _order(sending, repo)
    except NotAllowed as error:
        return Dropped(error.message)
    if order.rejects is None:
        return Dropped("refused rows are kept for a day")
    comment = render("imports/rejects.mrkdwn.j2", count=order.refused)
    return FileToSend("rejects.csv", order.rejects.encode(), title="Refused rows", comment=comment)
