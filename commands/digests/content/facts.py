"""What the digest's own sections speak from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from commands.digests.content.model import Ask, Made
from commands.kit.sections import SectionContext
from commands.targets.service import TargetsCard


@dataclass(frozen=True, slots=True)
class DigestContext(SectionContext):
    """A digest's context with its figures: `card` is as of the digest's revision."""

    ask: Ask
    made: Made
    card: TargetsCard

    @property
    def before(self) -> Mapping[str, Any] | None:
        """What the last digest showed of the same period; None without any."""
        compared = self.ask.compared
        same = compared is not None and compared.figures.get("period") == self.period.label
        return compared.figures if compared is not None and same else None
