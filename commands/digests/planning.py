"""Looks which digests are due, and has each made once: a job for the newest slot, a line in the audit for older ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import structlog

from commands.digests import telling_owners
from commands.kit import watch
from domain.schedules import OpenDays, due, next_slot
from storage import subscriptions
from storage.audit import Occasion
from storage.faults import reach
from storage.jobs import NewJob
from storage.store import Known, Store
from storage.subscriptions import Dealt, StoredSubscription
from storage.writing import Writing, write

log = structlog.get_logger("turf.digests")

SLOT = "digests/slot"
WAS_ENDED = "it was ended"
"""Why an order is skipped that is made after all once the end is undone."""
AT_ONCE = 500
"""Subscriptions in one transaction: others who write wait for less than a second."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a job of `SLOT` is to make. `due` is when it should have come; `extra`: a person wants it now."""

    subscription: int
    slot: date
    due: datetime
    late: bool = False
    extra: bool = False

    @property
    def key(self) -> str:
        """The same however it was ordered: one digest for each subscription and local date."""
        return f"{self.subscription}:{self.slot}"

    @property
    def arguments(self) -> dict[str, Any]:
        plain = {"subscription": self.subscription, "late": self.late, "extra": self.extra}
        return {**plain, "slot": self.slot.isoformat(), "due": self.due.isoformat()}

    @classmethod
    def of(cls, arguments: Any) -> "Order":
        return cls(
            subscription=int(arguments["subscription"]),
            slot=date.fromisoformat(arguments["slot"]),
            due=datetime.fromisoformat(arguments["due"]),
            late=bool(arguments["late"]),
            extra=bool(arguments["extra"]),
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from a look at one subscription: maybe an order, what was skipped, and how far it is dealt with."""

    order: Order | None
    skipped: tuple[date, ...]
    dealt: Dealt


def open_days(repo: Known) -> OpenDays:
    """The days on which the company works."""
    return OpenDays(frozenset(repo.settings.business_days), repo.company.holidays)


def plan(known: StoredSubscription, now: datetime, days: OpenDays) -> Plan:
    """What is to be done for a subscription at `now`."""
    found = due(known.schedule, known.last_slot, now, days)
    if found is None:
        # Holidays have changed since: nothing is due yet after all.
        following = next_slot(known.schedule, known.last_slot, days)
        return Plan(None, (), Dealt(known.id, known.last_slot, following))
    order = Order(known.id, found.slot.day, found.slot.due, late=found.late)
    return Plan(order, found.skipped, Dealt(known.id, found.slot.day, found.next))


@watch("digests/plan")
async def look(store: Store, now: datetime) -> int:
    """Order what is due in all workspaces; how many digests that are. Raises Busy: the next look does it."""
    async with store.database.read() as connection:
        waiting = await subscriptions.workspaces_due(connection, now)
    count = 0
    for workspace in waiting:
        found = AT_ONCE
        while found == AT_ONCE:
            found, ordered = await _some(store, workspace, now)
            count += ordered
    return count


async def _some(store: Store, workspace: int, now: datetime) -> tuple[int, int]:
    """Deal with the first of those that are due: how many there were, and how many of them were ordered."""
    async with write(store, workspace, Occasion(None, "worker", now)) as repo:
        # Read inside of the workspace's queue: another worker has dealt with them, or will find nothing.
        due_now = await subscriptions.due_subscriptions(repo.connection, workspace, now, AT_ONCE)
        plans = await _planned(repo, due_now, now)
        orders = [one.order for one in plans if one.order]
        ordered = await repo.jobs.add_all(SLOT, [NewJob(one.key, one.arguments, one.due) for one in orders])
        await subscriptions.keep_dealt(repo.connection, workspace, [one.dealt for one in plans])
        await _record_skipped(repo, plans)
        reach("planning")
    reach("planned")
    return len(due_now), ordered


async def _planned(repo: Writing, due_now: Sequence[StoredSubscription], now: datetime) -> list[Plan]:
    """One that can't be planned rests, and holds up no other."""
    plans = []
    for one in due_now:
        try:
            plans.append(plan(one, now, open_days(repo)))
        except (KeyError, ValueError, OverflowError) as error:
            # KeyError: the zone is no longer in the system's list.
            log.error("a digest could not be planned", subscription=one.id, exc_info=error)
            await telling_owners.rest(repo, one, telling_owners.UNPLANNED)
    return plans


async def _record_skipped(repo: Writing, plans: Sequence[Plan]) -> None:
    for one in plans:
        if one.skipped:
            missed = {"slots": len(one.skipped), "from": f"{one.skipped[0]}", "to": f"{one.skipped[-1]}"}
            await repo.audit("digest.skip", "subscription", one.dealt.id, after=missed)
            log.warning("digests were missed and are skipped", subscription=one.dealt.id, **missed)
