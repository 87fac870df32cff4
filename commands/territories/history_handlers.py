"""`/territory history`, the button of the card, and its pages."""

from commands.kit import Call, Message, Reply, Turf, action, command
from commands.territories import history_views as views
from commands.territories.controls import HISTORY, HISTORY_PAGE
from commands.territories.history import history
from commands.territories.named import asked_about, by_id
from domain import policies
from domain.company import Territory
from domain.errors import NotFound
from storage.store import Repositories


@command(
    "/territory history",
    help="Who held a territory, and what changed in it when",
    usage="[name]",
    may=policies.may_see_names,
    examples=(("/territory history", "mine"), ("/territory history new england", "that one")),
)
async def show_history(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        return await _page(repo, call, asked_about(repo, call.text, by=call.person, today=call.today))


@action(HISTORY)
async def open_history(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        return await _page(repo, call, by_id(repo, call.value, by=call.person, today=call.today))


@action(HISTORY_PAGE)
async def turn_page(call: Call, turf: Turf) -> Reply:
    carried, _, number = call.value.partition("|")
    if not number.isdecimal():
        raise NotFound("This button is from another version of Turf. Ask again with /territory history.")
    async with turf.read(call) as repo:
        territory = by_id(repo, carried, by=call.person, today=call.today)
        return await _page(repo, call, territory, int(number), replace=True)


async def _page(
    repo: Repositories, call: Call, territory: Territory, number: int = 0, *, replace: bool = False
) -> Message:
    found = await history(repo, territory, by=call.person, today=call.today, number=number)
    return views.history_message(found, currency=repo.settings.currency, locale=call.locale, replace=replace)
