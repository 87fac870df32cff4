"""What people have typed into modals and not sent."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Busy, NotFound
from storage.tables import table_of, workspace

DRAFTS = table_of(workspace.Draft)
KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed so far. `version` counts the changes."""

    id: str
    kind: str
    content: Mapping[str, Any]
    version: int


class Drafts:
    """The drafts of one workspace; a draft is seen by its owner only, and for 24 hours after its last change."""

    def __init__(self, connection: AsyncConnection, workspace_id: int, now: datetime) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._now = now

    async def create(self, person_id: int, kind: str, content: Mapping[str, Any]) -> Draft:
        made = Draft(secrets.token_urlsafe(12), kind, content, 1)
        row = {
            "workspace_id": self._workspace_id,
            "id": made.id,
            "person_id": person_id,
            "kind": kind,
            "content": json.dumps(content),
            "version": made.version,
            "expires_at": self._now + KEPT,
        }
        await self._connection.execute(insert(DRAFTS).values(row))
        return made

    async def read(self, draft_id: str, person_id: int) -> Draft:
        """Raises NotFound for one that has expired, was sent, or is someone else's."""
        query = select(DRAFTS.c.kind, DRAFTS.c.content, DRAFTS.c.version)
        row = (await self._connection.execute(query.where(self._own(draft_id, person_id)))).one_or_none()
        if row is None:
            raise NotFound("This form is no longer there: forms are kept for 24 hours. Start again.")
        return Draft(draft_id, row.kind, json.loads(row.content), row.version)

    async def update(self, draft: Draft, person_id: int, content: Mapping[str, Any]) -> Draft:
        """Replace the content of `draft`. Raises Busy if it has been changed since it was read, NotFound if it is gone."""
        values = {"content": json.dumps(content), "version": draft.version + 1, "expires_at": self._now + KEPT}
        same = and_(self._own(draft.id, person_id), DRAFTS.c.version == draft.version)
        if (await self._connection.execute(update(DRAFTS).where(same).values(values))).rowcount:
            return Draft(draft.id, draft.kind, content, draft.version + 1)
        await self.read(draft.id, person_id)
        raise Busy("This form was changed in another window. Close this one and go on there.")

    async def delete(self, draft_id: str, person_id: int) -> None:
        """Remove what has been sent; one that is not there is no error."""
        await self._connection.execute(delete(DRAFTS).where(self._own(draft_id, person_id)))

    def _own(self, draft_id: str, person_id: int) -> ColumnElement[bool]:
        return and_(
            DRAFTS.c.workspace_id == self._workspace_id,
            DRAFTS.c.id == draft_id,
            DRAFTS.c.person_id == person_id,
            DRAFTS.c.expires_at > self._now,
        )


async def delete_expired(connection: AsyncConnection, now: datetime) -> int:
    """Remove the drafts of all workspaces that have expired by `now`; how many there were."""
    return (await connection.execute(delete(DRAFTS).where(DRAFTS.c.expires_at <= now))).rowcount
