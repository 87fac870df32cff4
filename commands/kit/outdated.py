"""What is said about a control that no feature answers any more: old messages keep their buttons."""

from commands.kit.payload import Kind, Request
from commands.kit.registry import Registry
from commands.kit.reply import Message
from templates import render


def outdated(registry: Registry, request: Request) -> Message:
    """What to type instead: the command of the feature that made it, if there still is one."""
    command = "/" + request.name.partition(":")[0].partition(".")[0]
    known = command if command in registry.names() else "/turf help"
    return Message(render("kit/outdated.mrkdwn.j2", command=known, submitted=request.kind is Kind.SUBMISSION))
