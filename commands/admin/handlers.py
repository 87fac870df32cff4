"""`/turf help` and `/turf status`."""

from commands.admin import service, views
from commands.kit import Call, Reply, Turf, command
from commands.kit.help import help_message
from commands.kit.registry import HelpWanted
from domain import policies


@command("/turf help", help="What you can ask me", usage="[command]", quick=True)
async def show_help(call: Call, turf: Turf) -> Reply:
    # What it is help on is known before this is called, if there is such a thing.
    unknown = " ".join(call.text.split()[:1])
    return help_message(turf.registry, HelpWanted(unknown=unknown), by=call.person, today=call.today)


@command("/turf status", help="How fresh the data is, the last imports, and what runs", may=policies.may_see_names)
async def show_status(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        card = await service.status(repo, by=call.person, today=call.today, now=call.now)
        return views.status_card(card, turf.about(), currency=repo.settings.currency, locale=call.locale)
