"""Makes the digest of a slot and writes its messages, all in one transaction; and follows what became of them."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from commands.digests import telling_owners
from commands.digests.asking import ask_of
from commands.digests.content import make
from commands.digests.content.model import Ask, Made
from commands.digests.content.sending import HEAD, THREAD
from commands.digests.planning import SLOT, WAS_ENDED, Order
from commands.digests.subscribing.service import goes_on_as
from commands.digests.telling_owners import CHANNEL_LOST, GONE, READER_LEFT
from commands.digests.waiting import PATIENCE, waits_until
from commands.kit import Done, Due, JobOutcome, Later, Skipped
from commands.kit.jobs import JobKind
from commands.kit.registry import Registry
from domain.errors import NotFound
from domain.schedules import LATE
from storage import digests, outbox, subscriptions
from storage.digests import NewDigest, Shown
from storage.outbox import OPEN
from storage.store import Store
from storage.subscriptions import State, StoredSubscription
from storage.writing import Writing

FATE = "digests/fate"
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Slots:
    """Makes digests with the sections that are registered."""

    registry: Registry

    async def prepare(self, due: Due, store: Store) -> None:
        """Makes it once before anybody has to wait for it: of a large company that takes a while."""
        order = Order.of(due.arguments)
        async with store.read(due.workspace_id) as repo:
            with suppress(NotFound):
                known = await subscriptions.find_subscription(repo.connection, repo.workspace_id, order.subscription)
                if _unwanted(known, order) is None and (
                    order.extra or await waits_until(repo, order.due, due.now) is None
                ):
                    ask, _ = await ask_of(repo, known.wish, subscription=known.id, today=due.today, slot=order.slot)
                    await make(repo, ask, self.registry.sections())

    async def run(self, due: Due, repo: Writing) -> JobOutcome:
        """One digest for one subscription and local date."""
        order = Order.of(due.arguments)
        try:
            known = await subscriptions.find_subscription(repo.connection, repo.workspace_id, order.subscription)
        except NotFound as error:
            return Skipped(error.message)
        later = await goes_on_as(repo, known)
        if later.id != known.id:
            return await _handed_over(due, repo, later, order)
        if why := _unwanted(known, order):
            return Skipped(why)
        until = None if order.extra else await waits_until(repo, order.due, due.now)
        if until is not None:
            return Later(until, "it waits for the import of the day")
        return await self._made(due, repo, known, order)

    async def given_up(self, due: Due, repo: Writing) -> None:
        """Whoever looks after it hears that it will not come."""
        order = Order.of(due.arguments)
        with suppress(NotFound):
            known = await subscriptions.find_subscription(repo.connection, repo.workspace_id, order.subscription)
            known = await goes_on_as(repo, known)
            if _unwanted(known, order) is None:
                await telling_owners.tell_unmade(repo, known, order.slot, today=due.today)

    async def _made(self, due: Due, repo: Writing, known: StoredSubscription, order: Order) -> JobOutcome:
        late = order.late or (not order.extra and due.now - order.due > PATIENCE + LATE)
        where = {"subscription": known.id, "today": due.today, "slot": order.slot}
        if _has_left(repo, known, due):
            return await self._rest(repo, known, READER_LEFT)
        try:
            ask, before = await ask_of(repo, known.wish, late=late, **where)  # type: ignore[arg-type]
        except NotFound:
            return await self._rest(repo, known, GONE)
        made = await make(repo, ask, self.registry.sections())
        if made.is_empty and known.wish.skip_when_empty and not order.extra:
            return Skipped("nothing has changed since the last one")
        await _write(due, repo, known, ask, made, before)
        await telling_owners.tell_orphaned(repo, known, today=due.today, now=due.now)
        return Done()

    async def _rest(self, repo: Writing, known: StoredSubscription, why: str) -> JobOutcome:
        await telling_owners.rest(repo, known, why)
        return Skipped(f"it rests: {why}")


def register(registry: Registry) -> None:
    slots = Slots(registry)
    registry.add(JobKind(SLOT, run=slots.run, prepare=slots.prepare, given_up=slots.given_up))
    registry.add(JobKind(FATE, run=follow))


def _unwanted(known: StoredSubscription, order: Order) -> str | None:
    """Why a digest that was ordered is not to be made any more."""
    if known.state is State.ENDED:
        return WAS_ENDED
    if order.extra:
        return None
    paused = known.schedule.paused_until
    if known.state is State.PAUSED or (paused is not None and order.slot < paused):
        return "it is paused"
    if known.state is State.RESTING:
        return "it rests until it is resumed"
    return "the next one is due already" if order.slot < known.last_slot else None


async def _handed_over(due: Due, repo: Writing, later: StoredSubscription, order: Order) -> JobOutcome:
    """What was ordered before the digest became one about something else is made by that one."""
    order = replace(order, subscription=later.id)
    await repo.jobs.add(SLOT, order.key, order.arguments, due.now)
    return Skipped("another digest took its place")


def _has_left(repo: Writing, known: StoredSubscription, due: Due) -> bool:
    """Whether a direct message has nobody to go to any more."""
    if known.wish.person_id is None:
        return False
    reader = repo.company.people.get(known.wish.person_id)
    return reader is None or (reader.left_on is not None and reader.left_on < due.today)


async def _write(
    due: Due, repo: Writing, known: StoredSubscription, ask: Ask, made: Made, before: Shown | None
) -> None:
    """The row with the figures, both messages, and the look at what becomes of them."""
    here = repo.connection, repo.workspace_id
    new = NewDigest(
        subscription_id=known.id,
        scope_kind=ask.subject.kind,
        scope_id=ask.subject.id,
        slot=ask.slot,
        kind=ask.kind.value,
        made_at=due.now,
        late=ask.late,
        today=ask.today,
        revision=made.revision,
        compared_with=before.id if before else None,
        figures=made.figures,
    )
    number = await digests.add_digest(*here, new)
    head = await _send(repo, known, HEAD, number)
    await _send(repo, known, THREAD, number, thread_of=head)
    await digests.sent_as(*here, number, head)
    await repo.jobs.add(FATE, str(number), {"digest": number}, due.now + MINUTE)


async def _send(
    repo: Writing, known: StoredSubscription, kind: str, number: int, *, thread_of: int | None = None
) -> int:
    wish, what = known.wish, {"digest": number}
    if wish.channel_id is not None:
        return await repo.outbox.post(wish.channel_id, kind, what, thread_of=thread_of)
    assert wish.person_id is not None
    return await repo.outbox.direct(wish.person_id, kind, what, thread_of=thread_of)


async def follow(due: Due, repo: Writing) -> JobOutcome:
    """What became of a digest: one that could not be sent is told to its owner, and a lost channel's digest rests."""
    row = await digests.find_digest(repo.connection, repo.workspace_id, int(due.arguments["digest"]))
    if row.message is None:
        return Skipped("it has no message")
    state, why = await outbox.outcome(repo.connection, repo.workspace_id, row.message)
    if state in OPEN:
        # The longer it takes, the less often.
        return Later(due.now + max(MINUTE, (due.now - row.made_at) / 2), "it is still on its way")
    if state is outbox.State.SENT:
        return Done()
    known = await subscriptions.find_subscription(repo.connection, repo.workspace_id, row.subscription_id)
    if state is outbox.State.DEAD and why in CHANNEL_LOST and known.wish.channel_id is not None:
        if known.state is State.ACTIVE:
            await telling_owners.rest(repo, known, why)
        return Done()
    await telling_owners.tell_withheld(repo, known, row.id, row.message, today=due.today)
    return Done()
