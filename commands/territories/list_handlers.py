"""`/territory list`, and its pages."""

from commands.kit import Call, Message, Reply, Turf, action, command
from commands.territories import list_views as views
from commands.territories.controls import LIST_PAGE
from commands.territories.listing import territory_list
from domain import policies
from domain.errors import NotFound
from storage.store import Repositories


@command(
    "/territory list",
    help="All territories as a tree, with who holds each",
    usage="[words]",
    may=policies.may_see_names,
    examples=(
        ("/territory list", "all of them"),
        ("/territory list americas", "those with that name, and where they are"),
        ("/territory list vacant", "those that nobody holds"),
    ),
)
async def list_territories(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        return _page(repo, call, call.text)


@action(LIST_PAGE)
async def turn_page(call: Call, turf: Turf) -> Reply:
    number, _, words = call.value.partition("|")
    if not number.isdecimal():
        raise NotFound("This button is from another version of Turf. Ask again with /territory list.")
    async with turf.read(call) as repo:
        return _page(repo, call, words, int(number), replace=True)


def _page(repo: Repositories, call: Call, words: str, number: int = 0, *, replace: bool = False) -> Message:
    found = territory_list(repo, words, by=call.person, today=call.today, number=number)
    return views.list_message(found, currency=repo.settings.currency, locale=call.locale, replace=replace)
