"""How Turf itself is doing: how fresh the data is, what was imported, what runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain import policies
from domain.company import Person
from storage.import_orders import Ordered, OrderState, failed_since, unsettled
from storage.import_runs import RunSummary, recent_runs
from storage.jobs_status import given_up
from storage.kinds import KINDS
from storage.store import Repositories

LOOKED_AT = 200
"""Imports that are asked when each kind was last brought."""
LISTED = 5
OF_LATE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Status:
    """`fresh` is when each kind was last in an import; `runs` (newest first) are for those who import, else empty."""

    fresh: Mapping[str, datetime]
    runs: tuple[RunSummary, ...]
    timezone: str
    work: "Work | None" = None


@dataclass(frozen=True, slots=True)
class Work:
    """For those who import: imports that wait or run, those that came to nothing of late, and jobs that were given up."""

    imports: tuple[Ordered, ...]
    failed: tuple[Ordered, ...]
    given_up: int

    def __bool__(self) -> bool:
        return bool(self.imports or self.failed or self.given_up)


async def status(repo: Repositories, *, by: Person, today: date, now: datetime) -> Status:
    """What `by` may know of the state of Turf. Raises NotAllowed for someone who has left."""
    policies.require(policies.may_see_names(by, today))
    runs = await recent_runs(repo.connection, repo.workspace_id, LOOKED_AT)
    if not policies.may_import(by, today):
        return Status(_freshness(runs), (), repo.settings.timezone)
    return Status(_freshness(runs), tuple(runs[:LISTED]), repo.settings.timezone, await _work(repo, now))


async def _work(repo: Repositories, now: datetime) -> Work:
    here = repo.connection, repo.workspace_id
    return Work(
        imports=tuple(one for one in await unsettled(*here) if one.state is not OrderState.FOUND)[:LISTED],
        failed=tuple(await failed_since(*here, now - OF_LATE, LISTED)),
        given_up=await given_up(*here),
    )


def _freshness(runs: Iterable[RunSummary]) -> dict[str, datetime]:
    """Kinds in the order of their documentation, with the end of the last import that read rows of them."""
    found: dict[str, datetime] = {}
    for run in runs:
        for kind, read in run.kinds.items():
            if read:
                found.setdefault(kind, run.finished_at)
    return {kind: found[kind] for kind in KINDS if kind in found}
