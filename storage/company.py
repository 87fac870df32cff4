"""Loads the company of a snapshot: all the small tables that figures are computed from."""

import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import (
    WHOLE,
    Absence,
    Assignment,
    AssignmentRole,
    Company,
    Metric,
    Person,
    Rate,
    Reporting,
    Role,
    Settings,
    Span,
    SubjectKind,
    Target,
    Team,
    Territory,
)
from storage.snapshot import Snapshot, rows_of
from storage.tables import people, targets, territories, workspace
from storage.tables.crm import PipelineStage


async def load_company(connection: AsyncConnection, snapshot: Snapshot) -> Company:
    """Everything but accounts, deals and credits, as it stood in `snapshot`."""
    settings = settings_from(await load_settings(connection, snapshot))
    stages = list(await _all(connection, rows_of(snapshot, PipelineStage)))
    return Company(
        revision=snapshot.revision,
        settings=settings,
        people=await _people(connection, snapshot),
        teams=await _teams(connection, snapshot),
        territories=await _territories(connection, snapshot),
        reporting=await _reporting(connection, snapshot),
        absences=await _absences(connection, snapshot),
        ramps=await _profiles(connection, snapshot, people.Ramp),
        assignments=await _assignments(connection, snapshot),
        targets=await _targets(connection, snapshot),
        seasonality=await _profiles(connection, snapshot, targets.Seasonality),
        rates=await _rates(connection, snapshot),
        holidays=await _holidays(connection, snapshot, settings.holidays),
        stage_order={row.stage: row.position for row in stages},
        stage_probability={row.stage: row.probability for row in stages if row.probability is not None},
    )


async def load_settings(connection: AsyncConnection, snapshot: Snapshot) -> dict[str, Any]:
    """Setting name to value, only those that were set."""
    return {row.name: json.loads(row.value) for row in await _all(connection, rows_of(snapshot, workspace.Setting))}


def settings_from(raw: dict[str, Any]) -> Settings:
    """The settings that figures use; what was not set has its default."""
    known = {field.name for field in fields(Settings)}
    values = {name: value for name, value in raw.items() if name in known}
    if "business_days" in values:
        values["business_days"] = frozenset(values["business_days"])
    return Settings(**values)


async def _all(connection: AsyncConnection, query: Any) -> Iterable[Row[Any]]:
    return (await connection.execute(query)).all()


async def _people(connection: AsyncConnection, snapshot: Snapshot) -> dict[int, Person]:
    who, version = snapshot.source(people.Person), snapshot.source(people.PersonVersion)
    joined = who.join(version, (version.c.workspace_id == who.c.workspace_id) & (version.c.id == who.c.id))
    columns = [version.c[name] for name in ("role", "timezone", "hired_on", "left_on", "ramp")]
    query = select(who.c.id, who.c.key, who.c.name, who.c.email, who.c.slack_user_id, *columns).select_from(joined)
    return {
        row.id: Person(
            id=row.id,
            key=row.key,
            name=row.name,
            role=Role(row.role),
            email=row.email,
            slack_user_id=row.slack_user_id,
            timezone=row.timezone,
            hired_on=row.hired_on,
            left_on=row.left_on,
            ramp=row.ramp,
        )
        for row in await _all(connection, query.order_by(who.c.key))
    }


async def _teams(connection: AsyncConnection, snapshot: Snapshot) -> dict[int, Team]:
    team, version = snapshot.source(people.Team), snapshot.source(people.TeamVersion)
    joined = team.join(version, (version.c.workspace_id == team.c.workspace_id) & (version.c.id == team.c.id))
    query = select(team.c.key, version).select_from(joined).order_by(team.c.key)
    return {
        row.id: Team(row.id, row.key, row.name, row.parent_id, row.lead_id, row.channel)
        for row in await _all(connection, query)
    }


async def _territories(connection: AsyncConnection, snapshot: Snapshot) -> dict[int, Territory]:
    territory, version = snapshot.source(territories.Territory), snapshot.source(territories.TerritoryVersion)
    same = (version.c.workspace_id == territory.c.workspace_id) & (version.c.id == territory.c.id)
    query = select(territory.c.key, version).select_from(territory.join(version, same)).order_by(territory.c.key)
    return {
        row.id: Territory(
            id=row.id,
            key=row.key,
            name=row.name,
            parent=row.parent_id,
            team=row.team_id,
            channel=row.channel,
            potential=row.potential,
            currency=row.currency,
            closed_on=row.closed_on,
            merged_into=row.merged_into_id,
        )
        for row in await _all(connection, query)
    }


async def _reporting(connection: AsyncConnection, snapshot: Snapshot) -> tuple[Reporting, ...]:
    query = rows_of(snapshot, people.Reporting)
    found = [
        Reporting(row.person_id, Span(row.from_on, row.to_on), row.manager_id, row.team_id)
        for row in await _all(connection, query)
    ]
    return tuple(sorted(found, key=lambda line: (line.person, line.span.start)))


async def _absences(connection: AsyncConnection, snapshot: Snapshot) -> tuple[Absence, ...]:
    day = timedelta(days=1)
    query = rows_of(snapshot, people.Absence)
    # `to_on` is the last day away; a span ends on the first day no longer.
    found = [
        Absence(row.person_id, Span(row.from_on, row.to_on + day), row.relief, row.delegate_id)
        for row in await _all(connection, query)
    ]
    return tuple(sorted(found, key=lambda absence: (absence.person, absence.span.start)))


async def _assignments(connection: AsyncConnection, snapshot: Snapshot) -> tuple[Assignment, ...]:
    found = [
        Assignment(
            territory=row.territory_id,
            person=row.person_id,
            role=AssignmentRole(row.role),
            span=Span(row.from_on, row.to_on),
            share=WHOLE if row.share is None else row.share,
        )
        for row in await _all(connection, rows_of(snapshot, territories.Assignment))
    ]
    return tuple(sorted(found, key=lambda held: (held.territory, held.span.start, held.role, held.person)))


async def _targets(connection: AsyncConnection, snapshot: Snapshot) -> tuple[Target, ...]:
    found = [
        Target(
            kind=SubjectKind(row.subject_kind),
            subject=row.subject_id,
            period=row.period,
            metric=Metric(row.metric),
            amount=row.amount,
            currency=row.currency,
            profile=row.profile,
            published=row.state == "published",
        )
        for row in await _all(connection, rows_of(snapshot, targets.Target))
    ]
    return tuple(sorted(found, key=lambda target: (target.kind, target.subject, target.period, target.metric)))


async def _profiles(
    connection: AsyncConnection, snapshot: Snapshot, model: type[people.Ramp] | type[targets.Seasonality]
) -> dict[str, dict[int, int]]:
    profiles: dict[str, dict[int, int]] = {}
    for row in sorted(await _all(connection, rows_of(snapshot, model)), key=lambda row: (row.profile, row.month)):
        profiles.setdefault(row.profile, {})[row.month] = row.share
    return profiles


async def _rates(connection: AsyncConnection, snapshot: Snapshot) -> tuple[Rate, ...]:
    found = [
        Rate(row.currency, row.period, row.rate_e12) for row in await _all(connection, rows_of(snapshot, targets.Rate))
    ]
    return tuple(sorted(found, key=lambda rate: (rate.currency, rate.period)))


async def _holidays(connection: AsyncConnection, snapshot: Snapshot, calendar: str | None) -> frozenset[Any]:
    if not calendar:
        return frozenset()
    return frozenset(
        row.on_day for row in await _all(connection, rows_of(snapshot, targets.Holiday)) if row.calendar == calendar
    )
