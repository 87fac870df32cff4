"""The sample company with something in it changed, as an import would: straight in the tables, before anyone has read them."""

from typing import Any

from sqlalchemy import insert, select, update

from storage.database import Database
from storage.tables import ALWAYS, OPEN_END, OPEN_REV, people, table_of, territories

PEOPLE, VERSIONS, REPORTING = table_of(people.Person), table_of(people.PersonVersion), table_of(people.Reporting)
ASSIGNMENTS, LAND = table_of(territories.Assignment), table_of(territories.Territory)
TEAM_KEYS, TEAMS = table_of(people.Team), table_of(people.TeamVersion)


async def reports_to(database: Database, person: str, manager: str) -> None:
    """A person's manager, on all days; the team stays."""
    await _change(database, REPORTING, REPORTING.c.person_id, person, manager_id=_id_of(manager))


async def becomes(database: Database, person: str, role: str) -> None:
    """A person's role."""
    await _change(database, VERSIONS, VERSIONS.c.id, person, role=role)


async def covers(database: Database, person: str, territory: str) -> None:
    """Someone covers a territory, beside who holds it."""
    whose = ASSIGNMENTS.c.territory_id == select(LAND.c.id).where(LAND.c.key == territory).scalar_subquery()
    async with database.write() as connection:
        row = (await connection.execute(select(ASSIGNMENTS).where(whose).limit(1))).mappings().one()
        values = {**row, "person_id": _id_of(person), "role": "cover", "from_on": ALWAYS, "to_on": OPEN_END}
        await connection.execute(insert(ASSIGNMENTS).values(values))


async def leads(database: Database, person: str, team: str) -> None:
    """The lead of a team."""
    whose = TEAMS.c.id == select(TEAM_KEYS.c.id).where(TEAM_KEYS.c.key == team).scalar_subquery()
    async with database.write() as connection:
        done = await connection.execute(update(TEAMS).where(whose).values(lead_id=_id_of(person)))
    assert done.rowcount == 1


async def is_called(database: Database, person: str, name: str) -> None:
    """A person's name."""
    async with database.write() as connection:
        done = await connection.execute(update(PEOPLE).where(PEOPLE.c.key == person).values(name=name))
    assert done.rowcount == 1


async def _change(database: Database, table: Any, of: Any, person: str, **values: Any) -> None:
    async with database.write() as connection:
        whose = of == _id_of(person)
        done = await connection.execute(update(table).where(whose, table.c.rev_to == OPEN_REV).values(values))
    assert done.rowcount >= 1


def _id_of(person: str) -> Any:
    return select(PEOPLE.c.id).where(PEOPLE.c.key == person).scalar_subquery()
