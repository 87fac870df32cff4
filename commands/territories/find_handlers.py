"""`/territory find`."""

from commands.kit import Call, Reply, Turf, command
from commands.territories import find_views as views
from commands.territories.find import find
from domain import policies


@command(
    "/territory find",
    help="Which territory an account is in, who holds it, and why",
    usage="ACCOUNT",
    may=policies.may_see_names,
    examples=(("/territory find globex", "an account of that name"),),
)
async def find_account(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        found = await find(repo, call.text, by=call.person, today=call.today)
        return views.found_message(found, currency=repo.settings.currency, locale=call.locale)
