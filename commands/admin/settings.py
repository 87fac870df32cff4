"""`/turf settings`: what operations may change, checked, recorded, and never over somebody else's change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from commands.targets.service import as_listed
from domain import policies
from domain.changes import differing, stored
from domain.company import Person, Settings
from domain.errors import UsageError
from storage.calendars import use_calendar
from storage.revisions import set_settings
from storage.store import Known
from storage.writing import Writing


@dataclass(frozen=True, slots=True)
class Saved:
    """The settings as they are now, and the names of those that were changed."""

    settings: Settings
    changed: tuple[str, ...]


def shown(repo: Known, *, by: Person, today: date) -> Settings:
    """The settings as they are. Raises NotAllowed for who may not change them."""
    policies.require(policies.may_change_settings(as_listed(repo, by), today))
    return repo.settings


async def save(repo: Writing, values: Mapping[str, Any], *, seen: Mapping[str, Any], by: Person, today: date) -> Saved:
    """Store what differs from what was `seen`.

    Raises NotAllowed; UsageError if somebody else changed the same setting meanwhile, or if there is no such calendar.
    """
    policies.require(policies.may_change_settings(as_listed(repo, by), today))
    now = stored(repo.settings)
    wanted = differing(seen, values)
    clashing = [name for name in wanted if now[name] != seen.get(name) and now[name] != values[name]]
    if clashing:
        raise UsageError(f"Somebody changed {', '.join(clashing)} meanwhile. Close this and open it again.")
    changed = {name: values[name] for name in wanted if now[name] != values[name]}
    if changed:
        revision = await repo.revise("settings")
        if calendar := changed.get("holidays"):
            await use_calendar(repo.connection, repo.workspace_id, calendar, revision, today.year)
        await set_settings(repo.connection, repo.workspace_id, revision, changed)
        before = {name: now[name] for name in changed}
        await repo.audit("settings", "workspace", repo.workspace_id, before=before, after=changed)
    return Saved(repo.settings, tuple(changed))
