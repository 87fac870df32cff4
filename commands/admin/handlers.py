"""`/turf help` and `/turf status`."""

from commands.admin import service, views
from commands.kit import Call, Reply, Turf, command
from commands.kit.help import help_message
from commands.kit.registry import HelpWanted


@command("/turf help", help="What you can ask me", usage="[command]", quick=True)
async def show_help(call: Call, turf: Turf) -> Reply:
    topic = call.text.strip().lower().lstrip("/")
    return help_message(turf.registry, HelpWanted(topic=f"/{topic}" if topic else ""))


@command("/turf status", help="How fresh the data is, the last imports, and what runs")
async def show_status(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        card = await service.status(repo, by=call.person, today=call.today)
        return views.status_card(card, turf.about(), currency=repo.settings.currency, locale=call.locale)
