"""Digests of a company in tests: made, and put into words for an audience, without a worker."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import commands.digests
from commands.digests.content import Ask, Compared, Digest, Made, compose, make
from commands.kit.names import COMPANY, Kind, Subject
from commands.kit.outgoing import Audience, Dropped, Member
from commands.kit.registry import Registry
from commands.kit.sections import DigestKind, Section
from domain.company import Person
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
