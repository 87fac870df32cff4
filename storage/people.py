"""What Turf itself changes about people."""

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import PersonId, Role
from storage.tables import OPEN_REV, people, table_of

VERSIONS = table_of(people.PersonVersion)


async def set_role(connection: AsyncConnection, workspace_id: int, revision: int, person: PersonId, role: Role) -> None:
    """From `revision` on a person has this role; earlier revisions keep the role that they had."""
    holds = (VERSIONS.c.workspace_id == workspace_id) & (VERSIONS.c.id == person) & (VERSIONS.c.rev_to == OPEN_REV)
    row = (await connection.execute(select(VERSIONS).where(holds))).mappings().one()
    await connection.execute(update(VERSIONS).where(holds).values(rev_to=revision))
    await connection.execute(insert(VERSIONS).values({**row, "rev_from": revision, "role": role.value}))
