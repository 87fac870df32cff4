"""What the owner of a subscription is told when a digest could not be posted, and why."""

from commands.digests.content.readers import HELD
from commands.digests.content.sending import stored
from commands.kit import Dropped, Message, Rendered, Sending, outgoing
from commands.kit.audience import why_not
from commands.kit.blocks import section
from domain.errors import Busy, NotFound
from storage import outbox
from storage.digests import find_digest
from storage.outbox import OPEN, State
from storage.store import Repositories
from templates import name, render
from templates.numbers import day

WITHHELD = "digests/withheld"


@outgoing(WITHHELD)
async def withheld(sending: Sending, repo: Repositories) -> Rendered:
    """Nothing if it was posted, or left out like one that nothing has changed for: that somebody has would show in the difference.

    Written beside a digest, with its number and that of its message. It waits behind that message. Raises Busy until it is settled.
    """
    message, number = int(sending.arguments["message"]), int(sending.arguments["digest"])
    state, why = await outbox.outcome(repo.connection, repo.workspace_id, message)
    if state in OPEN:
        raise Busy("The digest that this is about is still on its way.")
    if state is State.SENT:
        return Dropped("it was posted")
    if state is State.DROPPED and why == HELD:
        return Dropped("it was left out, as empty ones are")
    try:
        row = await find_digest(repo.connection, repo.workspace_id, number)
        ask, _ = await stored(repo, number)
    except NotFound as error:
        return Dropped(error.message)
    words = render(
        "digests/withheld.mrkdwn.j2",
        channel=row.channel_id,
        title=name(ask.subject.name),
        day=day(row.slot, sending.locale),
        reason=why if state is State.DROPPED else why_not(why),
    )
    # A lock screen shows no reason.
    return Message("A digest that you set up did not appear.", [section(words, id="withheld")])
