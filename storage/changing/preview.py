"""What a change would make of the figures: the change itself, carried out in a transaction that is never committed."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import insert

from domain.errors import Busy
from domain.model import CompanyModel
from domain.requests.writes import Writes
from storage.audit import Occasion
from storage.changing.apply import Applied, follow_rows
from storage.changing.rows import write_rows
from storage.revisions import REVISIONS, latest
from storage.snapshot import AtRevision, Latest
from storage.store import Repositories, Store
from storage.tables import OPEN_REV
from storage.writing import PATIENCE

AT_A_ROW = 0.2
"""Seconds to wait on PostgreSQL for whoever changes the same row. Below the second after which it looks for those who wait for
each other, so that it is always the preview that gives way."""
FIRST_TRIED = 2**30
"""Revisions from here on are tried out only. Each preview has its own, so that no two write the same key: writers never
wait for a preview but where they change the very row that it changes."""


@dataclass(frozen=True, slots=True)
class Preview(Repositories):
    """The workspace as it would be, for as long as the transaction is open. Nothing that is found here is remembered."""

    applied: Applied

    async def earlier(self, revision: int) -> Repositories:
        # The store would keep this one as if it were true.
        if revision == self.revision:
            return self
        return await self.store.open(self.connection, AtRevision(self.workspace_id, revision))


@asynccontextmanager
async def previewed(store: Store, workspace_id: int, writes: Writes, occasion: Occasion) -> AsyncIterator[Preview]:
    """Repositories on the state that `writes` would make, from what holds now.

    Keep it short: on SQLite nobody else writes meanwhile. Raises ChangedMeanwhile, and Busy if others write for too long.
    """
    until = time.monotonic() + PATIENCE
    while True:
        async with AsyncExitStack() as opened:
            try:
                seen = await _carried_out(opened, store, workspace_id, writes, occasion, until - time.monotonic())
            except Busy:
                if store.database.is_sqlite or time.monotonic() > until:
                    raise
            else:
                yield seen
                return
        await asyncio.sleep(AT_A_ROW / 4)


async def _carried_out(
    opened: AsyncExitStack, store: Store, workspace_id: int, writes: Writes, occasion: Occasion, left: float
) -> Preview:
    patience = left if store.database.is_sqlite else AT_A_ROW
    connection = await opened.enter_async_context(store.database.trial(patience=patience))
    before = await store.open(connection, await latest(connection, workspace_id))
    revision = FIRST_TRIED + secrets.randbelow(OPEN_REV - FIRST_TRIED)
    row = {"workspace_id": workspace_id, "id": revision, "at": occasion.now, "cause": "preview"}
    await connection.execute(insert(REVISIONS).values(row))
    await write_rows(connection, workspace_id, revision, writes)
    # Rows of the ledger, too, have numbers that nobody else will ever give.
    at = connection, workspace_id, before.company
    applied = await follow_rows(*at, writes, revision, now=occasion.now, first_id=revision << 32)
    snapshot = Latest(workspace_id, revision)
    return Preview(snapshot, CompanyModel(applied.company), {}, connection, store, applied)
