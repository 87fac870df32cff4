"""Digests of a company in tests: made, and put into words for an audience, without a worker."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

import commands.digests
from commands.digests.content import Ask, Compared, Digest, Made, compose, make
from commands.kit.names import COMPANY, Kind, Subject
from commands.kit.outgoing import Audience, Dropped, Member
from commands.kit.registry import Registry
from commands.kit.sections import DigestKind, Section
from domain.company import Person
from storage.database import Database
from storage.digests import SUBSCRIPTIONS, NewDigest, add_digest
from storage.store import Repositories

PUBLIC = Audience([Member("UNOBODY")], is_public=True)


def sections() -> list[Section]:
    registry = Registry()
    commands.digests.register(registry)
    return registry.sections()


def person(repo: Repositories, key: str) -> Person:
    return next(one for one in repo.company.people.values() if one.key == key)


def team(repo: Repositories, name: str) -> Subject:
    found = next(one for one in repo.company.teams.values() if one.name == name)
    return Subject(Kind.TEAM, found.id, found.name)


def of(one: Person) -> Subject:
    return Subject(Kind.PERSON, one.id, one.name)


def private(*people: Person) -> Audience:
    return Audience([Member(f"U{one.key}", one) for one in people])


def in_channel(subject: Subject, today: date, **more: Any) -> Ask:
    return Ask(kind=DigestKind.CHANNEL, subject=subject, today=today, slot=today, **more)


def to(reader: Person, kind: DigestKind, subject: Subject | None, today: date, **more: Any) -> Ask:
    return Ask(kind=kind, subject=subject or COMPANY, today=today, slot=today, reader=reader, **more)


async def made_then(repo: Repositories, ask: Ask, *, days: int = 7) -> Compared:
    """What the digest showed so many days earlier, of the same revision."""
    earlier = Ask(kind=ask.kind, subject=ask.subject, today=ask.today - timedelta(days=days), slot=ask.slot)
    made = await make(repo, earlier, sections())
    return Compared(made.revision, earlier.today, made.figures)


async def said(repo: Repositories, ask: Ask, audience: Audience, made: Made | None = None) -> Digest:
    """What it says; an AssertionError if it may not be told."""
    found = await compose(repo, ask, made or await make(repo, ask, sections()), audience, sections())
    assert not isinstance(found, Dropped), found.reason
    return found


async def store(
    database: Database, ask: Ask, made: Made, *, channel: str | None = "C1", compared_with: int | None = None
) -> int:
    """Write a digest and its subscription down, as the job does; its number."""
    scope = None if ask.subject.kind is Kind.COMPANY else ask.subject.id
    async with database.write() as connection:
        highest = select(func.max(SUBSCRIPTIONS.c.id)).where(SUBSCRIPTIONS.c.workspace_id == 1)
        subscription_id = int((await connection.execute(highest)).scalar_one() or 0) + 1
        made_at = datetime(ask.today.year, ask.today.month, ask.today.day, 9, tzinfo=UTC)
        subscription = {
            "workspace_id": 1, "id": subscription_id, "channel_id": channel,
            "person_id": ask.reader.id if ask.reader else None, "scope_kind": ask.subject.kind.value, "scope_id": scope, "owner_id": 1, "weekdays": "0", "at": "09:00",
            "timezone": "UTC", "hidden": ",".join(sorted(ask.hidden)), "holiday_rule": "next_working_day",
            "starts_on": ask.today, "state": "active", "created_at": made_at,
        }  # fmt: skip
        new = NewDigest(
            subscription_id=subscription_id, scope_kind=ask.subject.kind, scope_id=ask.subject.id, slot=ask.slot,
            kind=ask.kind.value, made_at=made_at, late=ask.late, today=ask.today, revision=made.revision,
            compared_with=compared_with, figures=made.figures,
        )  # fmt: skip
        await connection.execute(insert(SUBSCRIPTIONS).values(subscription))
        return await add_digest(connection, 1, new)
