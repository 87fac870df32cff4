"""How Turf itself is doing: how fresh the data is, what was imported, what runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from domain import policies
from domain.company import Person
from storage.import_runs import RunSummary, recent_runs
from storage.kinds import KINDS
from storage.store import Repositories

LOOKED_AT = 200
"""Imports that are asked when each kind was last brought."""
LISTED = 5


@dataclass(frozen=True, slots=True)
class Status:
    """`fresh` is when each kind was last in an import; `runs` (newest first) are for those who import, else empty."""

    fresh: Mapping[str, datetime]
    runs: tuple[RunSummary, ...]
    timezone: str


async def status(repo: Repositories, *, by: Person, today: date) -> Status:
    """What `by` may know of the state of Turf. Raises NotAllowed for someone who has left."""
    policies.require(policies.may_see_names(by, today))
    runs = await recent_runs(repo.connection, repo.workspace_id, LOOKED_AT)
    told = tuple(runs[:LISTED]) if policies.may_import(by, today) else ()
    return Status(_freshness(runs), told, repo.settings.timezone)


def _freshness(runs: Iterable[RunSummary]) -> dict[str, datetime]:
    """Kinds in the order of their documentation, with the end of the last import that read rows of them."""
    found: dict[str, datetime] = {}
    for run in runs:
        for kind, read in run.kinds.items():
            if read:
                found.setdefault(kind, run.finished_at)
    return {kind: found[kind] for kind in KINDS if kind in found}
