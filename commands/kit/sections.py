"""What a digest is made of: sections that features bring, each with its own words.

    @section("coverage", order=70, audience=EVERYONE)
    async def coverage(context: SectionContext, repo: Repositories) -> Lines | None:
        return Lines(render("digests/coverage.mrkdwn.j2", ...))

The head of a digest holds one line of each; blocks of a section stand in the thread. Where not every reader may see the
subject with its parts, only those sections are asked that can speak of totals.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

from commands.kit.blocks import Block
from commands.kit.names import Subject
from domain.company import Person, PersonId, Settings
from domain.periods import Period
from templates import Mrkdwn
from templates.numbers import Numbers


class DigestKind(StrEnum):
    """Whom a digest speaks to."""

    CHANNEL = "channel"
    REP = "rep"
    MANAGER = "manager"
    LEADERSHIP = "leadership"


EVERYONE = frozenset(DigestKind)
TO_ONE = EVERYONE - {DigestKind.CHANNEL}


@dataclass(frozen=True, slots=True)
class SectionContext:
    """What a section may speak of, and to whom.

    `is_total`: some reader may not see the subject's parts; nothing may be said of fewer people than all of them.
    `may_name` says of a person whether each reader may see their figures today; None is nobody's, which hides nobody.
    `since` is the day of the digest that this one is compared with, None without any.
    """

    kind: DigestKind
    subject: Subject
    period: Period
    today: date
    since: date | None
    is_total: bool
    reader: Person | None
    may_name: Callable[[PersonId | None], bool]
    n: Numbers
    settings: Settings


@dataclass(frozen=True, slots=True)
class Lines:
    """A section's line in the head, and what it has in the thread: `older` are blocks that every client knows."""

    words: Mrkdwn | None = None
    thread: Sequence[Block] = ()
    older: Sequence[Block] | None = None


Provider: TypeAlias = Callable[[Any, Any], Awaitable[Lines | None]]
"""Given a `SectionContext` (the digest's own sections: theirs, which knows more) and `Repositories`."""
P = TypeVar("P", bound=Provider)


@dataclass(frozen=True, slots=True)
class Section:
    """One section of digests. `title` is what people choose by when they hide it; None for what can't be hidden.

    `totals`: speaks of totals as well, which are told to readers who may not see the parts.
    """

    key: str
    order: int
    audience: frozenset[DigestKind]
    provide: Provider
    title: str | None = None
    totals: bool = False
