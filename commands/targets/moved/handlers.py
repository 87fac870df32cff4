"""The two choices in a card's menu, the look that a worker takes, and the message."""

from datetime import datetime

from commands.kit import Call, Dropped, Message, Rendered, Reply, Sending, effect, outgoing, watch
from commands.targets.moved import service, views
from commands.targets.moved.service import MOVED_KIND
from commands.targets.share_controls import BEGIN_TELLING, STOP_TELLING
from domain.errors import NotAllowed
from domain.periods import parse_label
from storage import telling
from storage.store import Repositories, Store
from storage.writing import Writing
from templates import render


@effect(BEGIN_TELLING)
async def begin(call: Call, repo: Writing) -> Reply:
    begun = await service.begin(repo, by=call.person, today=call.today)
    return Message(render("targets/moved/on.mrkdwn.j2", begun=begun))


@effect(STOP_TELLING)
async def stop(call: Call, repo: Writing) -> Reply:
    stopped = await service.stop(repo, by=call.person)
    return Message(render("targets/moved/off.mrkdwn.j2", stopped=stopped))


@watch(MOVED_KIND)
async def look(store: Store, now: datetime) -> int:
    return await service.look(store, now)


@outgoing(MOVED_KIND)
async def moved(sending: Sending, repo: Repositories) -> Rendered:
    """For who still wants it and may still see their own figures."""
    to, what = sending.recipient, sending.arguments
    if to is None:
        return Dropped("what moved a number is told to that person only")
    if not await telling.is_told(repo.connection, repo.workspace_id, to.id):
        return Dropped("they do not want to be told any more")
    try:
        service.require_own(repo, to, sending.today)
    except NotAllowed as error:
        return Dropped(error.message)
    then = repo if what["after"] >= repo.revision else await repo.earlier(what["after"])
    period = parse_label(what["period"], then.settings.fiscal_start)
    told = await service.told_of(then, to.id, period, what["before"])
    return views.moved_message(
        told, to.id, revision=then.revision, today=sending.today, locale=sending.locale, settings=then.settings
    )
