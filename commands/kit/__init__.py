"""What features share: registration, the call, replies, blocks, identity and the dispatcher that ties them together."""

from commands.kit.blocks import Block
from commands.kit.call import Action, Call, View
from commands.kit.registry import Registry, action, command, options, submission
from commands.kit.reply import Errors, Message, Modal, Nothing, Options, Reply
from commands.kit.turf import Turf

__all__ = [
    "Action",
    "Block",
    "Call",
    "Errors",
    "Message",
    "Modal",
    "Nothing",
    "Options",
    "Registry",
    "Reply",
    "Turf",
    "View",
    "action",
    "command",
    "options",
    "submission",
]
