"""The Home tab is opened; someone writes to the app."""

from dataclasses import replace
from typing import cast

from commands.home import plain, service, views
from commands.kit import Call, Dropped, Message, Rendered, Reply, Sending, Turf, event
from commands.kit.errors import error_message
from commands.kit.help import help_message
from commands.kit.payload import DIRECT, HOME_OPENED
from commands.kit.registry import Handler, HelpWanted, Match, Registry
from domain.errors import NotAllowed, NotFound, TurfError
from storage.store import Repositories


@event(HOME_OPENED)
async def show_home(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        home = await service.home(repo, turf.registry, by=call.person, today=call.today, locale=call.locale)
        return views.home_tab(home, locale=call.locale, settings=repo.settings)


async def home_again(registry: Registry, sending: Sending, repo: Repositories) -> Rendered:
    """Published by a worker after a change, as if it had been opened then."""
    to = sending.recipient
    if to is None:
        return Dropped("a Home tab belongs to a person")
    try:
        home = await service.home(repo, registry, by=to, today=sending.today, locale=sending.locale)
    except NotAllowed as error:
        return Dropped(error.message)
    return views.home_tab(home, locale=sending.locale, settings=repo.settings)


@event(DIRECT)
async def answer(call: Call, turf: Turf) -> Reply:
    """What the command of the same words answers; what can be asked, if they are none."""
    meant = plain.meant(turf.registry, call.text)
    if isinstance(meant.found, HelpWanted):
        return help_message(turf.registry, meant.found, by=call.person, today=call.today)
    try:
        return await _run(call, turf, meant.found)
    except TurfError as error:
        less = plain.without_fillers(call.text)
        if isinstance(error, NotFound) and not meant.named and less != call.text.strip():
            # `how am I doing?` leaves nothing: it asks for one's own.
            return await answer(replace(call, text=less or plain.QUESTIONS), turf)
        if isinstance(error, NotFound) and not meant.named and not error.candidates:
            return views.greeting(call.person.name.partition(" ")[0])
        return error_message(error, call.reference, command=meant.found.command, text=meant.found.rest)


async def _run(call: Call, turf: Turf, match: Match) -> Message:
    command = match.command
    if command.effect or command.opens:
        return views.opens_a_window(command.path)
    asked = replace(call, command=command.path, text=match.rest)
    reply = await cast(Handler, command.handler)(asked, turf)
    return reply if isinstance(reply, Message) else views.opens_a_window(command.path)
