"""From the keys of files to ids, before all rows are known: whoever is referred to first gets an id at once."""

from sqlalchemy import func, select

from storage.importing.staging import Staging
from storage.kinds import KINDS, Kind
from storage.tables import OPEN_REV

IN_SQL = frozenset({"deals", "activities", "insights"})
"""Kinds that may have millions of rows: their keys are looked up in the database, not in memory."""


class Identities(dict[str, int]):
    """Key to id of one kind. An unknown key gets the next id; it is promised until a row with this key is staged.

    Raises nothing for an unknown key: promises that no row keeps are found at the end.
    """

    def __init__(self, kind: str, known: dict[str, int], delivered: set[int], highest: int) -> None:
        super().__init__(known)
        self.kind = kind
        self.delivered = delivered
        self._next = highest

    def __missing__(self, key: str) -> int:
        self._next += 1
        self[key] = self._next
        return self._next

    def undelivered(self) -> dict[int, str]:
        """Ids that were promised or ended before, and that no row stands for."""
        return {number: key for key, number in self.items() if number not in self.delivered}


async def load_identities(staging: Staging, workspace_id: int) -> dict[str, Identities]:
    """The identities of all kinds that are referred to by name in memory."""
    kinds = [kind for kind in KINDS.values() if kind.identity is not None and kind.name not in IN_SQL]
    return {kind.name: await _load(staging, kind, workspace_id) for kind in kinds}


async def _load(staging: Staging, kind: Kind, workspace_id: int) -> Identities:
    identity, version = kind.identified_in, kind.stored_in
    assert identity is not None
    query = select(identity.c.key, identity.c.id).where(identity.c.workspace_id == workspace_id)
    known = {row.key: row.id for row in await staging.execute(query)}
    held = select(version.c.id).where(version.c.workspace_id == workspace_id, version.c.rev_to == OPEN_REV)
    delivered = {row.id for row in await staging.execute(held)}
    return Identities(kind.name, known, delivered, max(known.values(), default=0))


async def highest_id(staging: Staging, kind: Kind, workspace_id: int) -> int:
    """The highest id that was ever given in this workspace."""
    identity = kind.identified_in
    assert identity is not None
    query = select(func.max(identity.c.id)).where(identity.c.workspace_id == workspace_id)
    return (await staging.execute(query)).scalar_one() or 0
