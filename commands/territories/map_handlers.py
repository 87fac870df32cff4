"""`/territory map` and the button of the card: a worker draws, and the picture comes in one's own messages."""

import asyncio

from commands.kit import Call, Dropped, FileToSend, Rendered, Reply, Sending, command, effect, outgoing
from commands.kit.reply import Message
from commands.territories.controls import MAP
from commands.territories.map_drawing import drawn
from commands.territories.map_picture import picture_of
from commands.territories.named import asked_about, branch, by_id, require_figures
from domain import policies
from domain.company import Territory
from domain.errors import NotAllowed, NotFound
from domain.maps.placing import coordinates, placed
from storage.account_facts import account_facts
from storage.store import Repositories
from storage.writing import Writing
from templates import name, render

PICTURE = "territory/map"


@command(
    "/territory map",
    help="A map of a territory's accounts, in your messages",
    usage="[name]",
    effect=True,
    may=policies.may_see_figures,
    examples=(("/territory map", "mine"), ("/territory map europe", "that one, with everything below it")),
)
async def map_named(call: Call, repo: Writing) -> Reply:
    return await _order(call, repo, asked_about(repo, call.text, by=call.person, today=call.today))


@effect(MAP)
async def map_shown(call: Call, repo: Writing) -> Reply:
    return await _order(call, repo, by_id(repo, call.value, by=call.person, today=call.today))


async def _order(call: Call, repo: Writing, territory: Territory) -> Message:
    require_figures(repo, territory, by=call.person, today=call.today)
    facts = await account_facts(repo, branch(repo, territory), call.today)
    shown = name(territory.name)
    # The geometry is looked at only where no account has coordinates.
    if not any(map(coordinates, facts)) and not await asyncio.to_thread(placed, facts):
        return Message(render("territories/map_none.mrkdwn.j2", name=shown, count=len(facts)))
    await repo.outbox.file(call.person.id, PICTURE, {"territory": territory.id})
    return Message(render("territories/map_soon.mrkdwn.j2", name=shown))


@outgoing(PICTURE)
async def picture(sending: Sending, repo: Repositories) -> Rendered:
    """Drawn once for each territory, state of the data, day and language: those who may see it see the same."""
    if sending.recipient is None:
        return Dropped("a map goes to a person only")
    try:
        territory = by_id(repo, str(sending.arguments["territory"]), by=sending.recipient, today=sending.today)
        require_figures(repo, territory, by=sending.recipient, today=sending.today)
    except (NotAllowed, NotFound) as error:
        return Dropped(error.message)
    key = "map", territory.id, sending.today, sending.locale
    png = await repo.remembered(key, lambda: _drawn(repo, territory, sending))
    if png is None:
        return Dropped("the place of no account is known any more")
    shown = name(territory.name)
    return FileToSend(
        name=f"map-{sending.today.isoformat()}.png",
        content=png,
        title=f"Map of {shown}.png",
        comment=render("territories/map_comment.mrkdwn.j2", name=shown),
    )


async def _drawn(repo: Repositories, territory: Territory, sending: Sending) -> bytes | None:
    found = await picture_of(repo, territory, today=sending.today, locale=sending.locale)
    return await drawn(found) if found else None
