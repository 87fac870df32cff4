"""What the digest's own sections speak from."""

from dataclasses import dataclass
from datetime import date

from commands.digests.content.model import Ask, Ended, Made
from commands.digests.content.story import Story
from commands.kit.sections import SectionContext
from commands.targets.service import TargetsCard


@dataclass(frozen=True, slots=True)
class Before:
    """What the digest before showed of the same period, on its day: minor units, overlay included."""

    achieved: int
    day: date
    forecast: int | None = None
    target: int | None = None


@dataclass(frozen=True, slots=True)
class DigestContext(SectionContext):
    """A digest's context with its figures. `card` is as of what is told; `before` is None where nothing can be compared.

    `story` is for who may see the parts, and needs something to compare with. `is_held`: a newer total would tell of few people, so it is the last one that was told.
    """

    ask: Ask
    made: Made
    card: TargetsCard
    before: Before | None
    ended: Ended | None
    story: Story | None
    is_held: bool
