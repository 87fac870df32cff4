"""`/territory potential` and the controls under it."""

from commands.kit import Call, Message, Reply, Turf, action, command
from commands.territories.controls import AREAS
from commands.territories.potential import AreasQuery, areas_of
from commands.territories.potential_views import areas_message
from domain import policies
from domain.errors import UsageError
from domain.potential import Rank

WORDS = {
    "": AreasQuery(),
    "white space": AreasQuery(Rank.WHITE_SPACE),
    "unassigned": AreasQuery(unassigned=True),
    "unassigned white space": AreasQuery(Rank.WHITE_SPACE, unassigned=True),
}


@command(
    "/territory potential",
    help="Where the potential and the white space are: region by industry",
    usage="[white space] [unassigned]",
    may=policies.may_see_figures,
    examples=(
        ("/territory potential", "the areas with the most potential"),
        ("/territory potential white space", "those where most is still to be sold"),
        ("/territory potential unassigned", "of accounts that are in no territory"),
    ),
)
async def show_areas(call: Call, turf: Turf) -> Reply:
    words = " ".join(call.text.casefold().removeprefix("by ").split())
    query = WORDS.get(words) or WORDS.get(" ".join(words.split()[-1:] + words.split()[:-1]))
    if query is None:
        raise UsageError(f"I don't know how to rank areas by '{call.text.strip()[:60]}'.")
    return await _areas(call, turf, query)


@action(AREAS)
async def look_differently(call: Call, turf: Turf) -> Reply:
    return await _areas(call, turf, AreasQuery.decode(call.value), replace=True)


async def _areas(call: Call, turf: Turf, query: AreasQuery, *, replace: bool = False) -> Message:
    async with turf.read(call) as repo:
        found = await areas_of(repo, query, by=call.person, today=call.today)
        return areas_message(found, locale=call.locale, replace=replace)
