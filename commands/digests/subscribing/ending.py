"""`/digest stop`: it asks, ends the digest, and offers the way back."""

from dataclasses import replace

from commands.digests.content.sending import number_of
from commands.digests.subscribing import answers, service, views
from commands.digests.subscribing.commands import here
from commands.digests.subscribing.controls import ASK_STOP, RESTART, STOP
from commands.digests.telling_owners import owner_besides, title_of
from commands.kit import Call, Message, Modal, Reply, Turf, action, effect
from commands.kit.registry import Command, Registry
from domain import policies
from storage.store import Repositories
from storage.subscriptions import State, StoredSubscription, find_subscription
from storage.writing import Writing
from templates import name


async def ask(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        return _asked(call, repo, await here(repo, call))


@action(ASK_STOP)
async def ask_clicked(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        return _asked(call, repo, await service.there_now(repo, number_of(call.value)))


def _asked(call: Call, repo: Repositories, known: StoredSubscription) -> Message:
    """Raises NotAllowed for who may not end it."""
    policies.require(service.may_change(repo, known, by=call.person, today=call.today))
    owner = owner_besides(repo, known, call.person, call.today)
    return answers.asked_to_stop(known, title_of(repo, known), owner=name(owner.name) if owner else "")


@effect(STOP)
async def stop(call: Call, repo: Writing) -> Reply:
    """Only what was asked about: if another digest took its place it asks anew; ended already, it says so again."""
    known = await find_subscription(repo.connection, repo.workspace_id, number_of(call.value))
    if known.state is State.ENDED and (known.why is None or await service.taken(repo, known) is not None):
        another = await service.there_now(repo, known.id)
        return _shown(call, replace(_asked(call, repo, another), replace=True))
    if known.state is State.ENDED:
        policies.require(service.may_change(repo, known, by=call.person, today=call.today))
    else:
        await service.stop(repo, known, by=call.person, today=call.today)
    return _shown(call, answers.stopped(known, title_of(repo, known)))


@action(RESTART)
async def restart(call: Call, turf: Turf) -> Reply:
    """As a digest is resumed: Slack is asked first, and doing it twice is doing it once."""
    async with turf.read(call) as repo:
        known = await find_subscription(repo.connection, repo.workspace_id, number_of(call.value))
        policies.require(service.may_change(repo, known, by=call.person, today=call.today))
    if known.wish.channel_id:
        await turf.audience(call, known.wish.channel_id)
    async with turf.write(call) as writing:
        place = writing.connection, writing.workspace_id
        known = await find_subscription(*place, known.id)
        await service.restart(writing, known, by=call.person, now=call.now, today=call.today)
        known = await find_subscription(*place, known.id)
        return _shown(call, answers.restarted(known, title_of(writing, known), call.locale))


def _shown(call: Call, message: Message) -> Reply:
    """In the window, if it was ended there."""
    return Modal(views.TITLE, message.blocks) if call.view else message


def register(registry: Registry) -> None:
    about = "End the digest of this channel, or yours; it asks first, and can be undone"
    aliases = "end", "unsubscribe", "off"
    registry.add(Command("/digest stop", ask, about, may=policies.may_see_figures, aliases=aliases))
