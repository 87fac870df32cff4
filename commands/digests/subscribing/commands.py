"""`/digest preview`, `pause`, `resume` and `send now`, and the same as buttons."""

from datetime import date

from commands.digests.content.sending import number_of
from commands.digests.subscribing import answers, service
from commands.digests.subscribing.controls import PAUSE, PREVIEW, RESUME, SEND
from commands.digests.subscribing.handlers import channel_of
from commands.digests.subscribing.preview import audience_of, preview
from commands.digests.subscribing.times import parse_day
from commands.digests.subscribing.views import preview_message
from commands.digests.telling_owners import title_of
from commands.kit import Call, Reply, Turf, action, command, effect
from domain import policies
from domain.errors import NotAllowed, NotFound, UsageError
from storage import subscriptions
from storage.store import Repositories
from storage.subscriptions import StoredSubscription
from storage.writing import Writing

NONE_HERE = "This channel has no digest yet. Type /digest to subscribe it."
NONE_YOURS = "You get no digest by direct message yet. Type /digest here to subscribe."


async def here(repo: Repositories, call: Call) -> StoredSubscription:
    """The digest of the place in which something was typed. Raises NotFound with what to do, NotAllowed."""
    policies.require(policies.may_see_figures(call.person, call.today))
    channel = channel_of(call)
    known = await service.current(repo, channel, call.person)
    if known is None:
        raise NotFound(NONE_HERE if channel else NONE_YOURS)
    return known


# Preview


@command(
    "/digest preview", help="What the digest of this channel, or yours, would say now", may=policies.may_see_figures
)
async def show_preview(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        known = await here(repo, call)
    return await _preview(call, turf, known)


@action(PREVIEW)
async def preview_clicked(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        known = await service.there_now(repo, number_of(call.value))
    return await _preview(call, turf, known)


async def _preview(call: Call, turf: Turf, known: StoredSubscription) -> Reply:
    """Made for whoever reads the digest; what a channel may see is shown to who may see the subject, or is in charge of it."""
    channel = known.wish.channel_id or ""
    if not channel and known.wish.person_id != call.person.id:
        raise NotAllowed("This digest is somebody else's: only they see what it would say.")
    audience = await audience_of(call, turf, channel)
    async with turf.read(call) as repo:
        if not service.may_change(repo, known, by=call.person, today=call.today):
            service.require_scope(repo, known.wish, by=call.person, today=call.today)
        shown = await preview(
            repo,
            known.wish,
            audience,
            turf.registry.sections(),
            subscription=known.id,
            today=call.today,
            locale=call.locale,
        )
    return preview_message(shown, channel)


# Pause and resume


@command(
    "/digest pause",
    help="Send nothing for a while; what falls into that time is not made up for",
    usage="[until DATE]",
    effect=True,
    may=policies.may_see_figures,
    examples=(("/digest pause", "until somebody resumes it"), ("/digest pause until 4 Jan", "nothing before that day")),
)
async def pause(call: Call, repo: Writing) -> Reply:
    until = _until(call.text, call.today)
    return await _paused(call, repo, await here(repo, call), until)


@effect(PAUSE)
async def pause_clicked(call: Call, repo: Writing) -> Reply:
    return await _paused(call, repo, await service.there_now(repo, number_of(call.value)), None)


def _until(typed: str, today: date) -> date | None:
    """Raises UsageError for what is no day to come."""
    words = typed.split()
    if words and words[0].casefold() == "until":
        words = words[1:]
        if not words:
            raise UsageError("Until which day? For example: /digest pause until 4 Jan.")
    if not words:
        return None
    until = parse_day(" ".join(words), today)
    if until <= today:
        when = "is today" if until == today else "has passed"
        raise UsageError(f"That day {when}. A digest is paused until a day that is still to come.")
    return until


async def _paused(call: Call, repo: Writing, known: StoredSubscription, until: date | None) -> Reply:
    paused = await service.pause(repo, known, until, by=call.person, today=call.today)
    return answers.paused(paused, title_of(repo, paused), call.locale)


@command(
    "/digest resume",
    help="Go on after a pause, or once a channel can be reached again",
    may=policies.may_see_figures,
)
async def resume(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        known = await here(repo, call)
    return await _resumed(call, turf, known.id)


@action(RESUME)
async def resume_clicked(call: Call, turf: Turf) -> Reply:
    return await _resumed(call, turf, number_of(call.value))


async def _resumed(call: Call, turf: Turf, number: int) -> Reply:
    """Slack is asked whether the channel can be reached before anything is written: no transaction waits for it.

    Resuming twice is resuming once, so a second delivery needs no record to be told by.
    """
    async with turf.read(call) as repo:
        known = await service.there_now(repo, number)
        policies.require(service.may_change(repo, known, by=call.person, today=call.today))
    if known.wish.channel_id:
        await turf.audience(call, known.wish.channel_id)
    async with turf.write(call) as writing:
        known = await service.there_now(writing, known.id)
        changed = await service.resume(writing, known, by=call.person, now=call.now, today=call.today)
        known = await subscriptions.find_subscription(writing.connection, writing.workspace_id, known.id)
        title = title_of(writing, known)
        return answers.resumed(known, title, call.locale, changed=changed, today=call.today)


# Now


@command(
    "/digest send now",
    help="Send the digest at once; the regular ones come all the same",
    effect=True,
    may=policies.may_see_figures,
)
async def send(call: Call, repo: Writing) -> Reply:
    return await _sent(call, repo, await here(repo, call))


@effect(SEND)
async def send_clicked(call: Call, repo: Writing) -> Reply:
    return await _sent(call, repo, await service.there_now(repo, number_of(call.value)))


async def _sent(call: Call, repo: Writing, known: StoredSubscription) -> Reply:
    sent = await service.send_now(repo, known, by=call.person, now=call.now, today=call.today)
    return answers.sent(sent, title_of(repo, known), call.locale)
