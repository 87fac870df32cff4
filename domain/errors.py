"""What can go wrong in a way that a person can put right.

Each error carries a message that is ready for that person: one plain sentence (no mark-up) saying what is wrong and what to do.
"""

from collections.abc import Iterable


class TurfError(Exception):
    """Base of all expected errors; `message` is shown to the person as it is."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageError(TurfError):
    """What was typed cannot be understood; the command's help is shown with it."""


class _NameError(TurfError):
    """A name that did not lead to exactly one thing.

    `asked` is the name as it was typed (a part of the command's text), `candidates` are names that would work in its place, best first.
    """

    def __init__(self, message: str, candidates: Iterable[str] = (), *, asked: str = "") -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)
        self.asked = asked


class NotFound(_NameError):
    """Nothing has this name; the candidates are the nearest ones."""


class Ambiguous(_NameError):
    """Several things have this name; the candidates tell them apart."""


class NotAllowed(TurfError):
    """The person may not do or see this; the message says who may."""


class Busy(TurfError):
    """Someone else is writing just now; the same request works a little later."""

    def __init__(self, message: str = "An import is running. Try again in a minute.") -> None:
        super().__init__(message)


class ChangedMeanwhile(TurfError):
    """What a change was made for is no longer so; `what` names the rows (pins, rules, assignments, targets ...)."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The {what} that this changes are not what they were any more. Look at it again.")
        self.what = what


class Unavailable(TurfError):
    """Something that Turf needs does not answer (the database, Slack)."""

    def __init__(self, message: str = "Turf can't reach its data just now. Try again in a few minutes.") -> None:
        super().__init__(message)


class DataError(TurfError):
    """Supplied data is not what it says it is (a file, a mapping, a row)."""
