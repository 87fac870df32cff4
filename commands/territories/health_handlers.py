"""`/territory health`, its menu of kinds and its pages."""

from commands.kit import Call, Reply, Turf, action, command
from commands.territories import health_views as views
from commands.territories.controls import HEALTH_KIND, HEALTH_PAGE
from commands.territories.health import health_page, kind_named
from domain import policies
from domain.errors import NotFound
from domain.territories.health import FindingKind

OUTDATED = "This button is from another version of Turf. Ask again with /territory health."


@command(
    "/territory health",
    help="Accounts that nobody or several take, territories without a rep, and whatever else is wrong",
    usage="[kind]",
    may=policies.may_see_names,
    examples=(("/territory health", "everything, what hurts most first"), ("/territory health gap", "one kind of it")),
)
async def show_health(call: Call, turf: Turf) -> Reply:
    return await _page(call, turf, kind_named(call.text))


@action(HEALTH_KIND)
async def choose_kind(call: Call, turf: Turf) -> Reply:
    return await _page(call, turf, _kind(call.value), replace=True)


@action(HEALTH_PAGE)
async def turn_page(call: Call, turf: Turf) -> Reply:
    number, _, kind = call.value.partition("|")
    if not number.isdecimal():
        raise NotFound(OUTDATED)
    return await _page(call, turf, _kind(kind), int(number), replace=True)


def _kind(carried: str) -> FindingKind | None:
    if carried == views.ALL:
        return None
    try:
        return FindingKind(carried)
    except ValueError as error:
        raise NotFound(OUTDATED) from error


async def _page(call: Call, turf: Turf, kind: FindingKind | None, number: int = 0, *, replace: bool = False) -> Reply:
    async with turf.read(call) as repo:
        page = await health_page(repo, kind, by=call.person, today=call.today, number=number)
        return views.health_message(page, currency=repo.settings.currency, locale=call.locale, replace=replace)
