"""Subscriptions: who may have which, and every change to one, checked and recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from commands.digests.content.readers import HELD
from commands.digests.content.sending import subject_of
from commands.digests.planning import SLOT, WAS_ENDED, Order, open_days
from commands.digests.telling_owners import is_here, tell_ended
from commands.kit.audience import why_not
from commands.kit.names import Kind, Subject
from commands.targets import service
from domain import policies
from domain.company import Person, SubjectKind
from domain.errors import Busy, NotAllowed, NotFound
from domain.policies import Decision, DigestRights
from domain.schedules import Slot, changed_slot, first_slot, next_slot, resumed_slot
from storage import digests, outbox, subscriptions
from storage.store import Known, Repositories
from storage.subscriptions import State, StoredSubscription, Wish
from storage.writing import Writing

CHANGED = "Somebody changed this digest meanwhile. Close this and open it again."


@dataclass(frozen=True, slots=True)
class Saved:
    """A subscription as it is now; `is_new` if there was none."""

    known: StoredSubscription
    is_new: bool = False


def may_change(repo: Known, known: StoredSubscription, *, by: Person, today: date) -> Decision:
    """Whether `by` may change, pause, resume or send it."""
    wish, kind = known.wish, known.wish.scope_kind
    rights = DigestRights(
        owner=wish.owner_id,
        reader=wish.person_id,
        kind=None if kind == Kind.COMPANY else SubjectKind(kind),
        subject=wish.scope_id or 0,
    )
    return policies.may_change_digest(service.as_listed(repo, by), rights, repo.model.lines, today)


def require_scope(repo: Known, wish: Wish, *, by: Person, today: date) -> Subject:
    """What a digest is to be about. Raises NotAllowed for what `by` may not see any of, NotFound if it is gone."""
    by = service.as_listed(repo, by)
    subject = subject_of(repo.company, wish.scope_kind, wish.scope_id)
    service.allow(repo, subject, by=by, today=today)
    if subject.kind is Kind.PERSON and wish.person_id is None:
        raise NotAllowed("One person's figures are told to them by direct message only. Choose a team or a territory.")
    if subject.kind is Kind.PERSON and subject.id != wish.person_id:
        raise NotAllowed("A digest by direct message is about yourself, your team or a territory.")
    return subject


async def current(repo: Repositories, channel: str, by: Person) -> StoredSubscription | None:
    """The digest of a channel, or what `by` gets by direct message."""
    here = repo.connection, repo.workspace_id
    if channel:
        return await subscriptions.of_channel(*here, channel)
    return await subscriptions.of_person(*here, by.id)


async def there_now(repo: Repositories, number: int) -> StoredSubscription:
    """The digest that a control is about, or the one that took its place. Raises NotFound."""
    known = await subscriptions.find_subscription(repo.connection, repo.workspace_id, number)
    if known.state is not State.ENDED:
        return known
    found = await taken(repo, known)
    if found is None:
        raise NotFound("This digest is no longer there. Type /digest to subscribe again.")
    return found


async def goes_on_as(repo: Repositories, known: StoredSubscription) -> StoredSubscription:
    """The digest that `known` became when it was changed to be about something else; itself if it was not.

    One that a person ended goes on as nothing: what is subscribed in its place later is not what was ordered of it.
    """
    while known.state is State.ENDED and known.why is None:
        later = await subscriptions.follower_of(repo.connection, repo.workspace_id, known)
        if later is None:
            break
        known = later
    return known


async def taken(repo: Repositories, known: StoredSubscription) -> StoredSubscription | None:
    """What there is now where `known` was sent."""
    here, wish = (repo.connection, repo.workspace_id), known.wish
    if wish.channel_id:
        return await subscriptions.of_channel(*here, wish.channel_id)
    return await subscriptions.of_person(*here, wish.person_id or 0)


async def save(
    repo: Writing, wish: Wish, *, subscription: int, version: int, by: Person, today: date, now: datetime
) -> Saved:
    """Subscribe, or change what there is. Raises NotAllowed, NotFound, and Busy if somebody was quicker."""
    require_scope(repo, wish, by=by, today=today)
    known = await current(repo, wish.channel_id or "", by)
    if subscription:
        known = await subscriptions.find_subscription(repo.connection, repo.workspace_id, subscription)
    elif known is not None:
        raise Busy("Somebody subscribed this channel meanwhile. Close this and open it again.")
    if known is None:
        return Saved(await _created(repo, wish, now), is_new=True)
    policies.require(may_change(repo, known, by=by, today=today))
    if known.version != version or known.state is State.ENDED:
        raise Busy(CHANGED)
    return Saved(await _changed(repo, known, _owned(repo, known, wish, by, today), now))


def _owned(repo: Known, known: StoredSubscription, wish: Wish, by: Person, today: date) -> Wish:
    """Whoever changes a digest whose owner has left owns it; it stays with whom and where it was, and paused if it is."""
    stays = is_here(repo.company.people.get(known.wish.owner_id), today)
    schedule = replace(wish.schedule, paused_until=known.schedule.paused_until)
    return replace(
        wish,
        owner_id=known.wish.owner_id if stays else by.id,
        channel_id=known.wish.channel_id,
        person_id=known.wish.person_id,
        schedule=schedule,
    )


async def _created(repo: Writing, wish: Wish, now: datetime) -> StoredSubscription:
    following = first_slot(wish.schedule, now, open_days(repo))
    last = _before(following, wish, now)
    number = await subscriptions.create_subscription(
        repo.connection, repo.workspace_id, wish, last_slot=last, following=following, now=now
    )
    await repo.audit("digest.subscribe", "subscription", number, after=_recorded(wish))
    return await subscriptions.find_subscription(repo.connection, repo.workspace_id, number)


def _before(following: Slot | None, wish: Wish, now: datetime) -> date:
    """The day that counts as dealt with: what has passed was never owed."""
    today = now.astimezone(ZoneInfo(wish.schedule.zone)).date()
    return min(today, date.fromordinal(following.day.toordinal() - 1)) if following else today


async def _changed(repo: Writing, known: StoredSubscription, wish: Wish, now: datetime) -> StoredSubscription:
    days = open_days(repo)
    if known.state is State.ACTIVE:
        following = changed_slot(known.schedule, wish.schedule, known.last_slot, now, days)
    else:
        following = resumed_slot(wish.schedule, known.last_slot, now, days)
    before, after = _recorded(known.wish), _recorded(wish)
    differs = {name for name in after if before[name] != after[name]}
    if not differs and known.state is not State.RESTING:
        return known
    if {"scope_kind", "scope_id"} & differs:
        known = await _followed_by_another(repo, known, wish, now)
    state = known.state if known.state is State.PAUSED else State.ACTIVE
    await _put(repo, known, wish, following, state)
    cut = {name: before[name] for name in differs}, {name: after[name] for name in differs}
    await repo.audit("digest.change", "subscription", known.id, before=cut[0], after=cut[1])
    return await subscriptions.find_subscription(repo.connection, repo.workspace_id, known.id)


async def _followed_by_another(
    repo: Writing, known: StoredSubscription, wish: Wish, now: datetime
) -> StoredSubscription:
    """Digests of one subscription are about the same: about something else is another one, which goes on where it is."""
    await _put(repo, known, known.wish, None, State.ENDED)
    number = await subscriptions.create_subscription(
        repo.connection, repo.workspace_id, wish, last_slot=known.last_slot, following=None, now=now
    )
    made = await subscriptions.find_subscription(repo.connection, repo.workspace_id, number)
    return replace(made, state=known.state)


async def _put(
    repo: Writing, known: StoredSubscription, wish: Wish, following: Slot | None, state: State, why: str | None = None
) -> None:
    """Raises Busy if somebody was quicker."""
    here = repo.connection, repo.workspace_id
    if not await subscriptions.change_subscription(*here, known, wish, following=following, state=state, why=why):
        raise Busy(CHANGED)


async def pause(
    repo: Writing, known: StoredSubscription, until: date | None, *, by: Person, today: date
) -> StoredSubscription:
    """Send nothing before `until`, or until it is resumed. Raises NotAllowed."""
    policies.require(may_change(repo, known, by=by, today=today))
    wish = replace(known.wish, schedule=replace(known.schedule, paused_until=until))
    state = known.state if known.state is State.RESTING else State.ACTIVE if until else State.PAUSED
    following = next_slot(wish.schedule, known.last_slot, open_days(repo)) if until else None
    await _put(repo, known, wish, following, state, known.why)
    await repo.audit("digest.pause", "subscription", known.id, after={"until": until})
    return await subscriptions.find_subscription(repo.connection, repo.workspace_id, known.id)


async def stop(repo: Writing, known: StoredSubscription, *, by: Person, today: date) -> None:
    """Nothing more comes of it; its digests stay. Raises NotAllowed."""
    policies.require(may_change(repo, known, by=by, today=today))
    await end(repo, known, by=by)


async def end(repo: Writing, known: StoredSubscription, *, by: Person | None = None) -> None:
    """The same for who may do anything. How it was is kept as the reason, so that it can be so again."""
    await _put(repo, known, known.wish, None, State.ENDED, known.state.value)
    await repo.audit("digest.stop", "subscription", known.id, before={"state": known.state, "why": known.why})
    await tell_ended(repo, known, by=by)


async def restart(repo: Writing, known: StoredSubscription, *, by: Person, now: datetime, today: date) -> None:
    """Undo `stop`; nothing if it is there already. Raises NotAllowed, also if another digest took its place.

    A digest of this day that was not made because of the end is made now.
    """
    policies.require(may_change(repo, known, by=by, today=today))
    if known.state is not State.ENDED:
        return
    require_scope(repo, known.wish, by=by, today=today)
    if known.why is None or await taken(repo, known) is not None:
        raise NotAllowed("Another digest took its place meanwhile. /digest list shows it.")
    state = State.PAUSED if known.why == State.PAUSED else State.ACTIVE
    following = resumed_slot(known.schedule, known.last_slot, now, open_days(repo))
    await _put(repo, known, known.wish, following, state)
    day = local_day(known, now)
    # What came due while it was paused or rested was not owed.
    owed = known.why == State.ACTIVE and await repo.jobs.after_all(SLOT, f"{known.id}:{day}", WAS_ENDED)
    await repo.audit("digest.restart", "subscription", known.id, after={"slot": day} if owed else None)


def is_paused(known: StoredSubscription, today: date) -> bool:
    until = known.schedule.paused_until
    return known.state in (State.PAUSED, State.RESTING) or (until is not None and until > today)


async def resume(repo: Writing, known: StoredSubscription, *, by: Person, now: datetime, today: date) -> bool:
    """Go on; False if it goes on already. What fell into the pause is not made up for. Raises NotAllowed."""
    policies.require(may_change(repo, known, by=by, today=today))
    if not is_paused(known, today):
        return False
    wish = replace(known.wish, schedule=replace(known.schedule, paused_until=None))
    following = resumed_slot(wish.schedule, known.last_slot, now, open_days(repo))
    await _put(repo, known, wish, following, State.ACTIVE)
    await repo.audit("digest.resume", "subscription", known.id, before={"state": known.state, "why": known.why})
    return True


@dataclass(frozen=True, slots=True)
class SentNow:
    """What came of a wish for a digest now: `is_new` unless the one of that local date is there or on its way already.

    `early`: it is the regular one of that date, ahead of its time; otherwise it is an extra one, and the next regular one
    comes all the same. `became` is what the one that is there came to, with a sentence `why` if it did not appear.
    `left_out`: it did not appear, and empty ones are not wanted; whether nothing has changed or too little is not said.
    """

    known: StoredSubscription
    is_new: bool
    early: bool
    became: outbox.State | None = None
    why: str = ""
    left_out: bool = False


async def send_now(repo: Writing, known: StoredSubscription, *, by: Person, now: datetime, today: date) -> SentNow:
    """Have the digest of this local date made now: there is one for each. Raises NotAllowed."""
    policies.require(may_change(repo, known, by=by, today=today))
    return await order_now(repo, known, now=now)


async def order_now(repo: Writing, known: StoredSubscription, *, now: datetime) -> SentNow:
    """The same for who may do anything. Raises NotAllowed for a digest that could not be posted."""
    if known.state is State.RESTING:
        raise NotAllowed("This digest rests, because it could not be posted. Resume it first with /digest resume.")
    local = local_day(known, now)
    order = Order(known.id, local, now.astimezone(UTC), extra=True)
    is_new = await repo.jobs.add(SLOT, order.key, order.arguments, now)
    # The one of this date may have been left out, or given up: who asks for it now gets it.
    again = not is_new and await repo.jobs.again(SLOT, order.key, order.arguments)
    if is_new or again:
        await repo.audit("digest.send", "subscription", known.id, after={"slot": local})
    early = known.next is not None and known.next.day == local
    became, why = await what_became(repo, known, local)
    left_out = known.wish.skip_when_empty and (again or why == HELD)
    return SentNow(known, is_new or again, early, became, why, left_out)


async def there_already(repo: Repositories, known: StoredSubscription, now: datetime) -> bool:
    """Whether the digest of this local date is made."""
    return (await what_became(repo, known, local_day(known, now)))[0] is not None


async def what_became(repo: Repositories, known: StoredSubscription, day: date) -> tuple[outbox.State | None, str]:
    """How far the digest of a local date has come, None if it is not made, and why it did not appear if it did not."""
    message = await digests.message_of(repo.connection, repo.workspace_id, known.id, day)
    if message is None:
        return None, ""
    state, why = await outbox.outcome(repo.connection, repo.workspace_id, message)
    return state, why if state is outbox.State.DROPPED else why_not(why) if state is outbox.State.DEAD else ""


def local_day(known: StoredSubscription, now: datetime) -> date:
    """The date where a digest is sent: there is one digest for each."""
    return now.astimezone(ZoneInfo(known.schedule.zone)).date()


def _recorded(wish: Wish) -> Mapping[str, Any]:
    """A wish for the audit: ids and values, no names."""
    schedule = wish.schedule
    return {
        "channel": wish.channel_id,
        "person": wish.person_id,
        "owner": wish.owner_id,
        "scope_kind": wish.scope_kind,
        "scope_id": wish.scope_id,
        "weekdays": sorted(schedule.weekdays),
        "at": f"{schedule.at:%H:%M}",
        "zone": schedule.zone,
        "holidays": schedule.holiday_rule.value,
        "starts_on": schedule.starts_on,
        "ends_on": schedule.ends_on,
        "hidden": sorted(wish.hidden),
        "skip_when_empty": wish.skip_when_empty,
    }
