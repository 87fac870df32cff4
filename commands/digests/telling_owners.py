"""What those who look after a digest are told by direct message: it rests, it could not be posted, somebody ended it, its
owner has left.
"""

from collections.abc import Sequence
from datetime import date, datetime

from commands.digests.content.sending import subject_of
from commands.digests.content.withheld import WITHHELD
from commands.digests.subscribing.controls import restart_button, resume_button, stop_button
from commands.kit import Done, Dropped, Due, JobOutcome, Message, Rendered, Sending, job, outgoing
from commands.kit.audience import why_not
from commands.kit.blocks import actions, section
from commands.kit.turf import local_date
from domain.company import Person, Role
from domain.errors import NotFound
from storage import subscriptions
from storage.digests import has_digest
from storage.store import Known, Repositories
from storage.subscriptions import State, StoredSubscription
from storage.writing import Writing
from templates import name, render
from templates.numbers import day

RESTS = "digests/rests"
UNMADE = "digests/unmade"
ORPHANED = "digests/orphaned"
ENDED = "digests/ended"
CHANNEL_LOST = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})
"""Slack's words for a channel that nothing can be posted to any more."""
GONE, READER_LEFT, UNPLANNED, DELETED = "gone", "left", "unplanned", "deleted"
_WORDS = {
    GONE: "What it is about is no longer in Turf's data. Change it to something else.",
    READER_LEFT: "The person who got it has left.",
    DELETED: "That channel was deleted. Type /digest in another one to subscribe it, and end this digest.",
    UNPLANNED: "Its time zone or its days no longer make sense here. Choose them again.",
}


def is_here(person: Person | None, today: date) -> bool:
    """Whether somebody is still in the company."""
    return person is not None and (person.left_on is None or person.left_on >= today)


def looks_after(repo: Known, known: StoredSubscription, today: date) -> Sequence[Person]:
    """Who is told of a digest: its owner, or sales operations once the owner has left."""
    owner = repo.company.people.get(known.wish.owner_id)
    if owner is not None and is_here(owner, today):
        return [owner]
    everyone = repo.company.people.values()
    return [one for one in everyone if one.role is Role.OPS and is_here(one, today)]


def why_it_rests(why: str | None) -> str:
    """The sentence for what is kept of it: Slack's word, or one of ours."""
    return _WORDS.get(why or "") or why_not(why or "")


async def rest(repo: Writing, known: StoredSubscription, why: str) -> None:
    """Nothing more is sent until somebody resumes it; who looks after it is told, unless it was theirs and they have left."""
    today = local_date(repo.occasion.now, repo.settings.timezone)
    if not await subscriptions.change_subscription(
        repo.connection, repo.workspace_id, known, known.wish, following=None, state=State.RESTING, why=why
    ):
        return
    await repo.audit("digest.rest", "subscription", known.id, after={"why": why})
    for one in looks_after(repo, known, today) if why != READER_LEFT else ():
        await repo.outbox.direct(one.id, RESTS, {"subscription": known.id})


async def tell_withheld(repo: Writing, known: StoredSubscription, digest: int, message: int, *, today: date) -> None:
    """That one digest did not appear, and why."""
    for one in looks_after(repo, known, today):
        await repo.outbox.direct(one.id, WITHHELD, {"digest": digest, "message": message})


async def tell_unmade(repo: Writing, known: StoredSubscription, slot: date, *, today: date) -> None:
    """That one digest could not be made, for all that was tried."""
    for one in looks_after(repo, known, today):
        await repo.outbox.direct(one.id, UNMADE, {"subscription": known.id, "slot": slot.isoformat()})


async def tell_ended(repo: Writing, known: StoredSubscription, *, by: Person | None) -> None:
    """Its owner, unless they did it themselves; without `by` it was done on the command line."""
    owner = owner_besides(repo, known, by, local_date(repo.occasion.now, repo.settings.timezone))
    if owner is not None:
        what = {"subscription": known.id, "version": known.version + 1, "by": by.id if by else None}
        await repo.outbox.direct(owner.id, ENDED, what)


def owner_besides(repo: Known, known: StoredSubscription, by: Person | None, today: date) -> Person | None:
    """Whose digest it is, if that is somebody else who is still here."""
    owner = repo.company.people.get(known.wish.owner_id)
    return None if not is_here(owner, today) or (by is not None and by.id == known.wish.owner_id) else owner


async def tell_orphaned(repo: Writing, known: StoredSubscription, *, today: date, now: datetime) -> None:
    """Once for each owner who has left: the digest goes on, and operations can give it to somebody else or pause it."""
    if known.wish.channel_id is None or is_here(repo.company.people.get(known.wish.owner_id), today):
        return
    await repo.jobs.add(ORPHANED, f"{known.id}:{known.wish.owner_id}", {"subscription": known.id}, now)


@job(ORPHANED)
async def orphaned(due: Due, repo: Writing) -> JobOutcome:
    known = await subscriptions.find_subscription(
        repo.connection, repo.workspace_id, int(due.arguments["subscription"])
    )
    for one in looks_after(repo, known, due.today):
        await repo.outbox.direct(one.id, ORPHANED, {"subscription": known.id})
    return Done()


@outgoing(RESTS)
async def say_that_it_rests(sending: Sending, repo: Repositories) -> Rendered:
    """Nothing if it was resumed meanwhile."""
    known = await _known(sending, repo)
    if known is None or known.state is not State.RESTING:
        return Dropped("it does not rest any more")
    words = render(
        "digests/subscribing/rests.mrkdwn.j2", title=title_of(repo, known), known=known, why=why_it_rests(known.why)
    )
    way_on = stop_button(known.id, asks=True) if known.why == DELETED else resume_button(known.id)
    blocks = [section(words, id="rests"), actions(way_on, id="controls")]
    # A lock screen shows no reason.
    return Message("A digest that you look after rests.", blocks)


@outgoing(ENDED)
async def say_that_it_was_ended(sending: Sending, repo: Repositories) -> Rendered:
    """Nothing if it was brought back meanwhile. The way back asks whether its owner may still have it."""
    known = await _known(sending, repo)
    if known is None or known.version != sending.arguments["version"]:
        return Dropped("it was brought back")
    by = repo.company.people.get(sending.arguments["by"] or 0)
    words = render(
        "digests/subscribing/ended.mrkdwn.j2",
        title=title_of(repo, known),
        known=known,
        by=name(by.name) if by else None,
    )
    blocks = [section(words, id="ended"), actions(restart_button(known.id, "Bring it back"), id="controls")]
    return Message("A digest that you set up was ended.", blocks)


@outgoing(UNMADE)
async def say_that_it_was_not_made(sending: Sending, repo: Repositories) -> Rendered:
    """Nothing if somebody had it made since."""
    known, slot = await _known(sending, repo), date.fromisoformat(sending.arguments["slot"])
    if known is None or await has_digest(repo.connection, repo.workspace_id, known.id, slot):
        return Dropped("it was made after all")
    words = render(
        "digests/subscribing/unmade.mrkdwn.j2",
        title=title_of(repo, known),
        known=known,
        day=day(slot, sending.locale),
        is_ops=sending.recipient is not None and sending.recipient.role is Role.OPS,
    )
    return Message("A digest that you look after could not be made.", [section(words, id="unmade")])


@outgoing(ORPHANED)
async def say_that_nobody_owns_it(sending: Sending, repo: Repositories) -> Rendered:
    known = await _known(sending, repo)
    if known is None or is_here(repo.company.people.get(known.wish.owner_id), sending.today):
        return Dropped("somebody looks after it")
    owner = repo.company.people.get(known.wish.owner_id)
    words = render(
        "digests/subscribing/orphaned.mrkdwn.j2",
        title=title_of(repo, known),
        known=known,
        owner=name(owner.name) if owner else None,
    )
    return Message("A digest has no owner any more.", [section(words, id="orphaned")])


def title_of(repo: Known, known: StoredSubscription) -> str:
    """What a digest is about, for a sentence."""
    try:
        return name(subject_of(repo.company, known.wish.scope_kind, known.wish.scope_id).name)
    except NotFound:
        return "something that is gone"


async def _known(sending: Sending, repo: Repositories) -> StoredSubscription | None:
    try:
        return await subscriptions.find_subscription(
            repo.connection, repo.workspace_id, int(sending.arguments["subscription"])
        )
    except NotFound:
        return None
