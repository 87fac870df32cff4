"""What an effect writes with: one transaction, in which nobody else writes to the same workspace."""

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from storage import audit
from storage.audit import Occasion
from storage.drafts import Drafts
from storage.inbox import Inbox
from storage.jobs import Jobs
from storage.outbox import Outbox
from storage.revisions import latest_revision, queue, take_revision
from storage.snapshot import AtRevision
from storage.store import Repositories, Store

T = TypeVar("T")
PATIENCE = 1.5
"""Seconds to wait for others who write: a submission is answered within two."""


@dataclass(frozen=True, slots=True)
class Writing(Repositories):
    """Repositories that read the state before this transaction, and what is needed to change it.

    Figures that are read here do not include what is written here. What is remembered of this state is used, and nothing
    of this transaction is remembered for others.
    """

    occasion: Occasion
    outbox: Outbox
    _taken: list[int] = field(default_factory=list)

    @property
    def has_revised(self) -> bool:
        """Whether rows that figures use may be written here already."""
        return bool(self._taken)

    async def remembered_alone(self, name: str, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """What is found within an effect may never come to hold, so nobody else is shown it."""
        return await self.remembered((name, key), make)

    async def revise(self, cause: str) -> int:
        """The revision of this transaction, for rows that figures use: taken once, however often it is asked for."""
        if not self._taken:
            number = await take_revision(
                self.connection, self.workspace_id, now=self.occasion.now, cause=cause, by=self.occasion.by
            )
            self._taken.append(number)
        return self._taken[0]

    async def audit(
        self,
        action: str,
        subject_kind: str,
        subject_id: int | None,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> int:
        """Record what is done here: ids and values, never names. Returns the row's number."""
        subject = (subject_kind, subject_id)
        return await audit.append(
            self.connection, self.workspace_id, self.occasion, action, subject, before=before, after=after
        )

    @property
    def drafts(self) -> Drafts:
        return Drafts(self.connection, self.workspace_id, self.occasion.now)

    @property
    def jobs(self) -> Jobs:
        return Jobs(self.connection, self.workspace_id, self.occasion.now)

    @property
    def inbox(self) -> Inbox:
        return Inbox(self.connection, self.workspace_id, self.occasion.now)


@asynccontextmanager
async def write(store: Store, workspace_id: int, occasion: Occasion) -> AsyncIterator[Writing]:
    """The transaction of one effect: committed at the end, rolled back by any exception. Raises Busy, Unavailable."""
    async with store.database.write(patience=PATIENCE) as connection:
        # One writer at a time in a workspace, also on PostgreSQL: what is read here holds until the commit.
        await queue(connection, workspace_id)
        now = AtRevision(workspace_id, await latest_revision(connection, workspace_id))
        seen = await store.open(connection, now)
        outbox = Outbox(connection, workspace_id, occasion.now)
        yield Writing(now, seen.model, dict(seen.kept), connection, store, occasion, outbox)
