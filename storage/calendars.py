"""Calendars of holidays that a workspace may choose from."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound
from storage.holidays import HOLIDAYS, is_country, write_country_days
from storage.tables import OPEN_REV


async def known_calendars(connection: AsyncConnection, workspace_id: int) -> list[str]:
    """The names of the calendars that have days, in order."""
    query = select(HOLIDAYS.c.calendar).where(HOLIDAYS.c.workspace_id == workspace_id, HOLIDAYS.c.rev_to == OPEN_REV)
    return list((await connection.execute(query.distinct().order_by(HOLIDAYS.c.calendar))).scalars())


async def use_calendar(connection: AsyncConnection, workspace_id: int, calendar: str, revision: int, year: int) -> None:
    """See to it that a calendar has days: those of a country are written. Raises NotFound with the names that would work."""
    known = await known_calendars(connection, workspace_id)
    if calendar in known:
        return
    if not is_country(calendar):
        raise NotFound(
            f"There is no calendar '{calendar}'. Write a country such as US or DE-BY, or import its days (kind: holidays).",
            known,
            asked=calendar,
        )
    await write_country_days(connection, workspace_id, calendar, year, revision)
