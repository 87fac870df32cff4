"""What people have typed into modals and not sent."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import table_of
from storage.tables.workspace import Draft

DRAFTS = table_of(Draft)


async def delete_expired(connection: AsyncConnection, now: datetime) -> int:
    """Remove the drafts of all workspaces that have expired by `now`; how many there were."""
    return (await connection.execute(delete(DRAFTS).where(DRAFTS.c.expires_at <= now))).rowcount
