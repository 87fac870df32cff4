"""Which deliveries from Slack have had their effect, and what was answered."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.tables import table_of
from storage.tables.delivery import InboxEntry

INBOX = table_of(InboxEntry)
KEPT = timedelta(days=14)
PATIENCE = 1.0
"""Seconds to wait for who writes to SQLite."""


class Inbox:
    """The inbox of one workspace within the transaction of an effect."""

    def __init__(self, connection: AsyncConnection, workspace_id: int, now: datetime) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._now = now

    async def answer(self, key: str) -> Any:
        """What was answered to this delivery when it had its effect; None if it has not had it yet."""
        query = select(INBOX.c.answer).where(INBOX.c.workspace_id == self._workspace_id, INBOX.c.key == key)
        found = (await self._connection.execute(query)).scalar_one_or_none()
        return None if found is None else json.loads(found)

    async def keep(self, key: str, answer: Any) -> None:
        """Record that this delivery has its effect in this transaction, with its answer (JSON)."""
        row = {"workspace_id": self._workspace_id, "key": key, "at": self._now, "answer": json.dumps(answer)}
        await self._connection.execute(insert(INBOX).values(row))


async def claim(database: Database, workspace_id: int, key: str, now: datetime) -> bool:
    """Whether this delivery is new; from then on it is not. Waits for nobody who writes figures. Raises Busy, Unavailable."""
    row = {"workspace_id": workspace_id, "key": key, "at": now, "answer": json.dumps(None)}
    try:
        async with database.write(patience=PATIENCE) as connection:
            await connection.execute(insert(INBOX).values(row))
    except IntegrityError:
        return False
    return True


async def delete_old(connection: AsyncConnection, now: datetime) -> int:
    """Remove the entries of all workspaces that are older than 14 days; how many there were."""
    return (await connection.execute(delete(INBOX).where(INBOX.c.at <= now - KEPT))).rowcount
