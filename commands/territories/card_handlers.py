"""`/territory`: the card of a territory, and the way to others."""

from commands.kit import Call, Reply, Turf, action, command
from commands.kit.reply import Message
from commands.territories import card as service
from commands.territories import card_views as views
from commands.territories.controls import OPEN
from commands.territories.named import by_id, named, own
from domain import policies
from domain.company import Territory
from storage.store import Repositories

EXAMPLES = (
    ("/territory", "mine"),
    ("/territory new england", "that one"),
    ("/territory europe", "with everything below it"),
)


@command(
    "/territory",
    help="Who holds a territory, where it stands, and what is in it",
    usage="[name]",
    may=policies.may_see_names,
    examples=EXAMPLES,
)
async def show_territory(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        if call.text.strip():
            return await _card(repo, call, named(repo, call.text, by=call.person, today=call.today))
        found = own(repo, by=call.person, today=call.today)
        if len(found) == 1:
            return await _card(repo, call, found[0])
        return views.choose(found, mine=True) if found else views.none_of_mine()


@action(OPEN)
async def open_territory(call: Call, turf: Turf) -> Reply:
    """The card of the one that was chosen, below where it was chosen."""
    async with turf.read(call) as repo:
        return await _card(repo, call, by_id(repo, call.value, by=call.person, today=call.today))


async def _card(repo: Repositories, call: Call, territory: Territory) -> Message:
    card = await service.card(repo, territory, by=call.person, today=call.today, locale=call.locale)
    return views.territory_card(card, locale=call.locale)
