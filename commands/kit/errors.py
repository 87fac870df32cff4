"""From an exception to what the person reads: what is wrong, what to do, a reference."""

from slackblocks import Block

from commands.kit.blocks import actions, context, section
from commands.kit.registry import Command
from commands.kit.reply import Message
from commands.kit.rerun import rerun_buttons
from domain.errors import Ambiguous, NotFound, TurfError, UsageError
from templates import Mrkdwn, as_text, name, render


def error_message(error: Exception, reference: str, *, command: Command | None = None, text: str = "") -> Message:
    """The ephemeral message for `error`; `command` and `text` are what was typed, if it was a command."""
    blocks = [section(_words(error, reference)), *_remedy(error, command, text)]
    # What was only mistyped nobody looks up in a log.
    if isinstance(error, TurfError) and not isinstance(error, UsageError | NotFound | Ambiguous):
        blocks.append(context(render("kit/reference.mrkdwn.j2", reference=reference)))
    return Message(as_text(_words(error, reference)), blocks)


def field_error(error: Exception, reference: str) -> str:
    """The words of `error_message` as one line under an input: plain text."""
    return str(_words(error, reference))


def _words(error: Exception, reference: str) -> str:
    """Plain text for an expected error, which may quote what someone typed; our own words else."""
    return error.message if isinstance(error, TurfError) else render("kit/unexpected.mrkdwn.j2", reference=reference)


def _remedy(error: Exception, command: Command | None, text: str) -> list[Block]:
    if isinstance(error, UsageError) and command:
        return [section(render("kit/usage.mrkdwn.j2", command=command))]
    if isinstance(error, NotFound | Ambiguous) and error.candidates:
        return [_candidates(error, command, text)]
    return []


def _candidates(error: NotFound | Ambiguous, command: Command | None, text: str) -> Block:
    if command is None:
        return section(Mrkdwn("\n".join(f"• {as_text(name(candidate))}" for candidate in error.candidates[:5])))
    return actions(*rerun_buttons(command.path, text, error.asked, error.candidates))
