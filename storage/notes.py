"""What people write in their own words: reasons, concerns."""

from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import table_of
from storage.tables.workspace import Note

NOTES = table_of(Note)


async def write_note(
    connection: AsyncConnection, workspace_id: int, person_id: int, about: str, text: str, now: datetime
) -> int:
    """Keep what a person wrote; its number. The caller holds the workspace's queue."""
    highest = select(func.max(NOTES.c.id)).where(NOTES.c.workspace_id == workspace_id)
    number = int((await connection.execute(highest)).scalar_one() or 0) + 1
    row = {"workspace_id": workspace_id, "id": number, "person_id": person_id, "at": now, "about": about, "text": text}
    await connection.execute(insert(NOTES).values(row))
    return number


async def read_note(connection: AsyncConnection, workspace_id: int, number: int | None) -> str:
    """The text of a note; empty without one, and once it was erased."""
    here = NOTES.c.workspace_id == workspace_id, NOTES.c.id == number
    found = (await connection.execute(select(NOTES.c.text).where(*here))).scalar_one_or_none()
    return found or ""
