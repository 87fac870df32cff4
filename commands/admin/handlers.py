"""`/turf help`."""

from commands.kit import Call, Reply, Turf, command
from commands.kit.help import help_message
from commands.kit.registry import HelpWanted


@command("/turf help", help="What you can ask me", usage="[command]", quick=True)
async def show_help(call: Call, turf: Turf) -> Reply:
    topic = call.text.strip().lower().lstrip("/")
    return help_message(turf.registry, HelpWanted(topic=f"/{topic}" if topic else ""))
