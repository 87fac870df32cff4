"""What is asked of a digest, what is kept of it, and what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict

from commands.kit import Block
from commands.kit.names import Subject
from commands.kit.sections import DigestKind
from domain.company import Person
from domain.periods import Period
from templates import Mrkdwn


class Ended(TypedDict):
    """The result of a period that has ended; `target` is None without any. `tellable`: to who may not see the parts."""

    period: str
    credited: int
    target: int | None
    tellable: bool


class Told(TypedDict):
    """A total that may be told to readers who may not see its parts: as known at `revision`, on the day `today`.

    `was` was told before it, on the day `since`; None without such a total of the same period.
    """

    revision: int
    today: str
    period: str
    credited: int
    since: str | None
    was: int | None


class Figures(TypedDict):
    """What a digest showed, in minor units of the workspace's currency. `forecast` is by the open deals' chances.

    `about` is the subject's kind and number. `own`: those of one person, without anybody else's. `told` is what readers may be told who may not see the parts, which is older where a change since then would be few
    people's; `untold` says why.
    """

    about: str
    period: str
    own: bool
    credited: int
    overlay: int
    target: int | None
    expected: int | None
    forecast: int | None
    ended: Ended | None
    told: Told | None
    untold: str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """The digest that another one is compared with: what it showed, on which day and at which revision."""

    revision: int
    today: date
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """A digest that is wanted. `reader` gets it as a direct message; None is a channel.

    `number` is that of its row in `digests`, which its buttons carry, and `subscription` that of its subscription, which
    its menu carries; None for a preview, which has none. `hidden` are the keys of sections that are left out.
    """

    kind: DigestKind
    subject: Subject
    today: date
    slot: date
    hidden: frozenset[str] = frozenset()
    reader: Person | None = None
    late: bool = False
    skip_when_empty: bool = False
    compared: Compared | None = None
    number: int | None = None
    subscription: int | None = None

    @property
    def about(self) -> str:
        """The subject, as it is kept with the figures."""
        return f"{self.subject.kind}:{self.subject.id}"

    @property
    def last(self) -> Compared | None:
        """What it can be compared with: a subscription that was about something else before begins anew."""
        return self.compared if self.compared is not None and self.compared.figures["about"] == self.about else None


@dataclass(frozen=True, slots=True)
class Made:
    """What is stored of a digest. `is_empty`: nothing has changed since the digest that it is compared with."""

    revision: int
    figures: Figures
    is_empty: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the head, by its section's key."""

    key: str
    words: Mrkdwn


@dataclass(frozen=True, slots=True)
class Digest:
    """All that a digest says to its readers.

    `headline` stands alone in a notification; `about` is the small print; `thread` stands below the head, `older` is the
    same for a client that does not know newer blocks. `is_total`: some reader may not see the parts; `is_held`: it shows
    what was told last. `carried` is what the buttons carry, `subscription` what the menu carries; None in a preview.
    """

    kind: DigestKind
    subject: Subject
    period: Period
    headline: Mrkdwn
    lines: Sequence[Said]
    about: Mrkdwn
    thread: Sequence[Block]
    older: Sequence[Block]
    is_total: bool
    is_held: bool
    carried: str | None
    subscription: str | None
