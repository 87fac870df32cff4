"""Whether a digest that is due waits for the day's import: only where imports usually come each day."""

from datetime import datetime, timedelta

from commands.kit.turf import local_date
from storage.import_runs import imports_of_deals
from storage.store import Repositories

PATIENCE = timedelta(hours=2)
AGAIN = timedelta(minutes=2)
"""Between two looks whether the import has come."""
WEEK = timedelta(days=7)


async def waits_until(repo: Repositories, due: datetime, now: datetime) -> datetime | None:
    """When to look again whether today's import has come; None if a digest due at `due` need not wait."""
    last = due + PATIENCE
    if now >= last or not await _is_awaited(repo, now):
        return None
    return min(now + AGAIN, last)


async def _is_awaited(repo: Repositories, now: datetime) -> bool:
    """Whether deals were imported on nearly each working day of the last week, and not yet today."""
    zone = repo.settings.timezone
    today = local_date(now, zone)
    ended = await imports_of_deals(repo.connection, repo.workspace_id, now - WEEK - timedelta(days=1))
    days = {local_date(one, zone) for one in ended}
    if today in days:
        return False
    calendar = repo.model.calendar
    usual = max(2, calendar.count(today - WEEK, today) - 1)
    comes_today = today - WEEK in days or calendar.count(today, today + timedelta(days=1)) > 0
    return comes_today and sum(today - WEEK <= day < today for day in days) >= usual
