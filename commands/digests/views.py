"""A digest as two messages: the head in the channel, everything else in its thread."""

from commands.digests.content.model import Digest
from commands.kit import Block, Message
from commands.kit.blocks import actions, button, context, section
from templates import Mrkdwn

MY_NUMBERS = "digests.mine"
WHY = "digests.why"


def head(digest: Digest) -> Message:
    """At most nine lines; the notification is the headline alone."""
    words = Mrkdwn("\n".join([digest.headline, *(line.words for line in digest.lines)]))
    blocks = [section(words, id="head"), *_controls(digest), context(digest.about, id="about")]
    return Message(Mrkdwn(digest.headline.replace("*", "")), blocks)


def thread(digest: Digest) -> Message | None:
    """What did not fit into the head; None if that was all."""
    if not digest.thread:
        return None
    return Message(Mrkdwn(digest.headline.replace("*", "")), digest.thread, fallback=digest.older)


def _controls(digest: Digest) -> list[Block]:
    """None in a preview, which nobody can ask about."""
    if digest.carried is None:
        return []
    mine, why = button("My numbers", MY_NUMBERS, value=digest.carried), button("Why?", WHY, value=digest.carried)
    return [actions(mine, why, id="controls")]
