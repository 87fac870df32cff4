"""A country's calendar of holidays becomes rows of the workspace, so that a newer library changes no past figure."""

import re
from datetime import date

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import OPEN_REV, table_of, targets

HOLIDAYS = table_of(targets.Holiday)
YEARS = 10
"""So many years back and ahead."""
_NAME = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,6}))?", re.ASCII)


def is_country(calendar: str) -> bool:
    """Whether this names a country (US), or a part of one (US-CA), that has a known calendar."""
    # Loaded only when a workspace is made.
    from holidays import list_supported_countries

    found = _NAME.fullmatch(calendar)
    if found is None:
        return False
    country, part = found.groups()
    known = list_supported_countries()
    return country in known and (part is None or part in known[country])


def country_days(calendar: str, year: int) -> dict[date, str]:
    """The holidays of a country or of a part of one, in the years around `year`; empty for an unknown name."""
    from holidays import country_holidays

    if not is_country(calendar):
        return {}
    country, _, part = calendar.partition("-")
    years = range(year - YEARS, year + YEARS + 1)
    return dict(sorted(country_holidays(country, subdiv=part or None, years=years).items()))


async def write_country_days(
    connection: AsyncConnection, workspace_id: int, calendar: str, year: int, revision: int = 1
) -> None:
    """Store a country's calendar as of a revision; nothing for a calendar that will be imported."""
    rows = [
        {
            "workspace_id": workspace_id,
            "calendar": calendar,
            "on_day": day,
            "rev_from": revision,
            "rev_to": OPEN_REV,
            "name": name,
        }
        for day, name in country_days(calendar, year).items()
    ]
    if rows:
        await connection.execute(insert(HOLIDAYS), rows)
