"""Share... on the card of `/targets`: preview, post, and what is told when it could not be posted."""

from commands.kit import (
    Call,
    Dropped,
    Errors,
    Message,
    Rendered,
    Reply,
    Sending,
    Turf,
    action,
    outgoing,
    submission,
)
from commands.kit.audience import why_not
from commands.kit.blocks import section
from commands.kit.inputs import Filled
from commands.kit.outgoing import LOCALE
from commands.targets import share_views, sharing
from commands.targets.reference import CardReference
from commands.targets.share_controls import SHARE
from commands.targets.share_views import CHANNEL, POST, WHERE, ShareForm
from commands.targets.sharing import Share
from domain.errors import Busy, NotAllowed, NotFound
from storage import outbox
from storage.outbox import OPEN, State
from storage.store import Repositories
from storage.writing import Writing
from templates import render
from templates.numbers import Numbers

SHARED = "targets/shared"
TOLD = "targets/share_told"


@action(SHARE, opens="Share")
async def ask_where(call: Call, turf: Turf) -> Reply:
    """The preview for the channel in which the card was asked for, if that is one."""
    reference = CardReference.decode(call.value)
    return await _preview(call, turf, reference, call.channel_id if call.channel_id[:1] in ("C", "G") else "")


@action(WHERE)
async def show_preview(call: Call, turf: Turf) -> Reply:
    form = ShareForm.decode(call.view.metadata if call.view else "")
    return await _preview(call, turf, form.reference, Filled.of(call.view).one(CHANNEL))


async def _preview(call: Call, turf: Turf, reference: CardReference, channel: str) -> Reply:
    if not channel:
        return share_views.ask_where(reference)
    form = ShareForm(reference, channel)
    try:
        audience = await turf.audience(call, channel)
        async with turf.read(call) as repo:
            share, card = await sharing.choose(repo, reference, by=call.person, audience=audience, today=call.today)
            message = share_views.shared_message(card, by=call.person.name, locale=LOCALE, settings=repo.settings)
    except NotAllowed as error:
        return share_views.refused(form, error.message)
    return share_views.preview(ShareForm(reference, channel, share), card, message)


@submission(POST, effect=True)
async def post(call: Call, repo: Writing) -> Reply:
    """Write down what was previewed; who may see it is asked again when it is sent."""
    form = ShareForm.decode(call.view.metadata if call.view else "")
    if form.share is None or Filled.of(call.view).one(CHANNEL) != form.channel or form.share.by != call.person.id:
        return Errors({CHANNEL: "Choose a channel for which a preview is shown below."})
    message = await repo.outbox.post(form.channel, SHARED, form.share.arguments)
    await repo.outbox.direct(
        call.person.id, TOLD, {"message": message, "channel": form.channel, "share": form.share.arguments}
    )
    what = form.share.subject
    after = {"channel": form.channel, "period": what.period, "sight": form.share.sight.value}
    await repo.audit("targets.share", what.kind, what.id, after=after)
    return share_views.posted(form.channel)


@outgoing(SHARED)
async def shared(sending: Sending, repo: Repositories) -> Rendered:
    share = Share.of(sending.arguments)
    try:
        card = await sharing.require(repo, share, audience=sending.audience, today=sending.today)
    except (NotAllowed, NotFound) as error:
        return Dropped(error.message)
    by = repo.company.people[share.by].name
    return share_views.shared_message(card, by=by, locale=LOCALE, settings=repo.settings)


@outgoing(TOLD)
async def tell(sending: Sending, repo: Repositories) -> Rendered:
    """To who shared something that did not appear; nothing if it did.

    It waits behind the message that it is about. Raises Busy until that is settled.
    """
    state, why = await outbox.outcome(repo.connection, repo.workspace_id, sending.arguments["message"])
    if state in OPEN:
        raise Busy("The message that this is about is still on its way.")
    if state is State.SENT:
        return Dropped("it was posted as it was previewed")
    what = Share.of(sending.arguments["share"]).subject
    words = render(
        "targets/share_held.mrkdwn.j2",
        channel=sending.arguments["channel"],
        title=_title(what, repo),
        period=Numbers(repo.settings.currency, sending.locale).period(what.parsed_period(repo.settings.fiscal_start)),
        reason=why if state is State.DROPPED else why_not(why),
    )
    # A lock screen shows no reason.
    return Message("Something that you shared did not appear.", [section(words, id="held")])


def _title(what: CardReference, repo: Repositories) -> str:
    try:
        return what.subject(repo.company).name
    except NotFound:
        return "what it was about is gone"
