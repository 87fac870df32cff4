"""Carries out what a change makes of the data, in the transaction that is open."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import Company, PersonId
from domain.requests.model import DealId
from domain.requests.writes import Writes
from domain.requests.written import changed, company_after
from storage import decisions
from storage.changing.kinds import WRITTEN
from storage.changing.rows import write_rows
from storage.changing.touched import Touched
from storage.company import load_company
from storage.credit.follow import follow
from storage.faults import reach
from storage.snapshot import Latest
from storage.writing import Writing


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done: the company afterwards, the deals that were looked at, and how many rows of the ledger that took."""

    company: Company
    deals: AbstractSet[DealId]
    credits_new: int
    credits_reversed: int
    open_new: int
    open_ended: int

    @property
    def revision(self) -> int:
        return self.company.revision


async def apply(repo: Writing, writes: Writes, *, cause: str, decided_by: PersonId | None = None) -> Applied:
    """Write the rows as versions at one revision, and the credit that follows from them.

    With `decided_by` all of it is decided in Turf: it beats imports until they agree. Raises ChangedMeanwhile if a row
    before is not what holds now.
    """
    reach("applying")
    here, wrote = (repo.connection, repo.workspace_id), repo.has_revised
    revision = await repo.revise(cause)
    before = await load_company(repo.connection, Latest(repo.workspace_id, revision)) if wrote else repo.company
    await write_rows(*here, revision, writes, again=wrote)
    reach("applied-rows")
    applied = await follow_rows(*here, before, writes, revision, now=repo.occasion.now, again=wrote)
    reach("applied-ledger")
    if decided_by is not None:
        await _decide(repo, writes, decided_by)
    reach("applied")
    return applied


async def follow_rows(
    connection: AsyncConnection,
    workspace_id: int,
    before: Company,
    writes: Writes,
    revision: int,
    *,
    now: datetime,
    again: bool = False,
    first_id: int | None = None,
) -> Applied:
    """The credit pass over the deals that may be moved by rows which are written; `again` and `first_id` as in `follow`."""
    after = company_after(before, writes, revision)
    deals = await Touched(connection, workspace_id, before, after).deals(writes)
    today = now.astimezone(ZoneInfo(after.settings.timezone)).date()
    made = await follow(connection, after, workspace_id, deals=deals, today=today, again=again, first_id=first_id)
    return Applied(after, deals, made["credits_new"], made["reversed"], made["open_new"], made["open_ended"])


async def _decide(repo: Writing, writes: Writes, by: PersonId) -> None:
    for kind in WRITTEN:
        if kind.decided is not None:
            rows = list(changed(getattr(writes, kind.name)))
            keys = {kind.key_of(one) for row in rows for one in (row.before, row.after) if one is not None}
            named = (decisions.key_of(key) for key in keys)
            at = repo.connection, repo.workspace_id
            await decisions.decide_all(*at, kind.decided, named, by=by, at=repo.occasion.now)
