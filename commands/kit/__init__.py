"""What features share: registration, the call, replies, blocks, identity and the dispatcher that ties them together."""

from commands.kit.blocks import Block
from commands.kit.call import Action, Call, Happening, Said, View
from commands.kit.jobs import Done, Due, JobOutcome, Later, Skipped
from commands.kit.outgoing import Audience, Dropped, FileToSend, Member, Rendered, Sending
from commands.kit.registry import (
    Registry,
    action,
    command,
    effect,
    event,
    happening,
    job,
    long_job,
    options,
    outgoing,
    section,
    shortcut,
    submission,
    watch,
)
from commands.kit.reply import Errors, Home, Message, Modal, Nothing, Options, Reply
from commands.kit.sections import DigestKind, Lines, SectionContext
from commands.kit.turf import Turf

__all__ = [
    "Action",
    "Audience",
    "Block",
    "Call",
    "DigestKind",
    "Done",
    "Dropped",
    "Due",
    "Errors",
    "FileToSend",
    "Happening",
    "Home",
    "JobOutcome",
    "Later",
    "Lines",
    "Member",
    "Message",
    "Modal",
    "Nothing",
    "Options",
    "Registry",
    "Rendered",
    "Reply",
    "Said",
    "SectionContext",
    "Sending",
    "Skipped",
    "Turf",
    "View",
    "action",
    "command",
    "effect",
    "event",
    "happening",
    "job",
    "long_job",
    "options",
    "outgoing",
    "section",
    "shortcut",
    "submission",
    "watch",
]
