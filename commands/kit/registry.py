"""Which function answers what. `/turf help`, the manifest and the docs are generated from here."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from types import ModuleType
from typing import Any, TypeAlias, TypeVar

from commands.kit.call import Call
from commands.kit.happenings import HappeningHandler, N
from commands.kit.jobs import LJ, J, JobKind
from commands.kit.outgoing import Outgoing, R
from commands.kit.reply import Reply
from commands.kit.sections import DigestKind, P, Section
from commands.kit.turf import Turf
from commands.kit.typed import after, lower, unknown
from domain.company import Person
from domain.policies import Decision
from storage.store import Store
from storage.writing import Writing

Handler: TypeAlias = Callable[[Call, Turf], Awaitable[Reply]]
EffectHandler: TypeAlias = Callable[[Call, Writing], Awaitable[Reply]]
"""A handler that changes something. The dispatcher opens the transaction, runs it once for each act of the person, and
commits; `Errors` or an exception roll back, and nothing is recorded."""
May: TypeAlias = Callable[[Person, date], Decision]
Examples: TypeAlias = tuple[tuple[str, str], ...]
"""What may be typed, and what that asks."""
Look: TypeAlias = Callable[[Store, datetime], Awaitable[int]]
"""Looks whether there is something to do that nobody asked for just now, and does it; how much it did."""
F = TypeVar("F", bound=Callable[..., Awaitable[Reply]])
ROOT = "/turf"
LONGEST_SUB = 3
"""Words of a sub-command."""
SHORTCUT_NAME = 24
_MARK = "__turf__"


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command, with its sub-command if it has one (`/training expiring`)."""

    path: str
    handler: Handler | EffectHandler
    help: str
    usage: str = ""
    quick: bool = False
    """Reads nothing and is ready at once: the answer rides in the acknowledgement."""
    effect: bool = False
    """The handler is an `EffectHandler`."""
    opens: str | None = None
    """The title of the modal that it opens: the loading view is up before any other work."""
    may: May | None = None
    """Whose help lists it; the service still decides. None: everyone's."""
    examples: Examples = ()
    aliases: tuple[str, ...] = ()
    """Words that mean the same as `sub`, as many of them; help lists the path alone."""

    def is_for(self, person: Person, today: date) -> bool:
        return self.may is None or bool(self.may(person, today))

    @property
    def name(self) -> str:
        """The slash command itself: `/training`."""
        return self.path.split()[0]

    @property
    def sub(self) -> str:
        return self.path[len(self.name) :].strip()


@dataclass(frozen=True, slots=True)
class ActionHandler:
    """Answers clicks on elements with this action id (what follows a colon in an id only tells elements apart)."""

    id: str
    handler: Handler | EffectHandler
    opens: str | None = None
    """The title of the modal that it opens: the loading view is up before any other work."""
    effect: bool = False


@dataclass(frozen=True, slots=True)
class Submission:
    """Answers the submission of modals with this callback id."""

    id: str
    handler: Handler | EffectHandler
    effect: bool = False


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Answers a shortcut: beside the composer, or (`on_message`) in the menu of a message, which is `call.said`."""

    id: str
    handler: Handler | EffectHandler
    name: str
    """What the menu says, in at most 24 characters."""
    help: str
    on_message: bool
    opens: str
    effect: bool = False


@dataclass(frozen=True, slots=True)
class OptionsHandler:
    """Fills menus with this action id while a person types."""

    id: str
    handler: Handler


@dataclass(frozen=True, slots=True)
class EventHandler:
    """Answers an event of the Events API that a person caused: `app_home_opened`, `message.im`."""

    id: str
    handler: Handler


@dataclass(frozen=True, slots=True)
class Watch:
    """What a worker looks at every second: the data say whether anything is due."""

    id: str
    look: Look


Entry: TypeAlias = (
    Command
    | ActionHandler
    | Submission
    | Shortcut
    | OptionsHandler
    | EventHandler
    | HappeningHandler
    | Outgoing
    | Watch
    | JobKind
    | Section
)
L = TypeVar("L", bound=Look)
M = TypeVar("M", bound=Callable[..., Any])


def _mark(function: M, entry: Entry) -> M:
    setattr(function, _MARK, (*getattr(function, _MARK, ()), entry))
    return function


def command(
    path: str,
    *,
    help: str,  # noqa: A002
    usage: str = "",
    quick: bool = False,
    effect: bool = False,
    opens: str | None = None,
    may: May | None = None,
    examples: Examples = (),
) -> Callable[[F], F]:
    """Answer the slash command `path`; `usage` shows its arguments (`[who] [period]`), `help` is one short sentence.

    With `effect` the function is an `EffectHandler`; `opens` is the title of the modal that the command opens. `may`
    says whose help lists the command.
    """
    return lambda function: _mark(function, Command(path, function, help, usage, quick, effect, opens, may, examples))


def action(id: str, *, opens: str | None = None) -> Callable[[F], F]:  # noqa: A002
    """Answer clicks; `opens` is the title of the modal that the click opens, if it does."""
    return lambda function: _mark(function, ActionHandler(id, function, opens))


def effect(id: str, *, opens: str | None = None) -> Callable[[F], F]:  # noqa: A002
    """Answer clicks that change something: the function is an `EffectHandler`; otherwise as `action`."""
    return lambda function: _mark(function, ActionHandler(id, function, opens, effect=True))


def submission(id: str, *, effect: bool = False) -> Callable[[F], F]:  # noqa: A002
    """Answer the submission of a modal whose `callback` is `id`; with `effect` the function is an `EffectHandler`."""
    return lambda function: _mark(function, Submission(id, function, effect))


def shortcut(
    id: str,  # noqa: A002
    *,
    name: str,
    help: str,  # noqa: A002
    opens: str,
    on_message: bool = False,
    effect: bool = False,
) -> Callable[[F], F]:
    """Answer a shortcut with a modal titled `opens`; `help` is one short sentence."""
    if len(name) > SHORTCUT_NAME:
        raise ValueError(f"a shortcut's name has at most {SHORTCUT_NAME} characters: {name}")
    return lambda function: _mark(function, Shortcut(id, function, name, help, on_message, opens, effect))


def options(id: str) -> Callable[[F], F]:  # noqa: A002
    """Offer choices for a menu whose action id is `id`; what was typed is `call.value`."""
    return lambda function: _mark(function, OptionsHandler(id, function))


def event(id: str) -> Callable[[F], F]:  # noqa: A002
    """Answer an event; what was written is `call.text`. The manifest subscribes to it."""
    return lambda function: _mark(function, EventHandler(id, function))


def happening(id: str) -> Callable[[N], N]:  # noqa: A002
    """Take note of an event of the workspace, for which there is no person and no answer. The manifest subscribes to it."""
    return lambda function: _mark(function, HappeningHandler(id, function))


def outgoing(kind: str) -> Callable[[R], R]:
    """Say the words of the outbox's messages of this kind (`targets/published`); see `commands.kit.outgoing`."""
    return lambda function: _mark(function, Outgoing(kind, function))


def watch(id: str) -> Callable[[L], L]:  # noqa: A002
    """Have the worker call the function every second: it looks for what is due and writes what follows, all or nothing."""
    return lambda function: _mark(function, Watch(id, function))


def section(
    key: str, *, order: int, audience: frozenset[DigestKind], title: str | None = None, totals: bool = False
) -> Callable[[P], P]:
    """Bring a section of digests; see `commands.kit.sections`."""
    return lambda function: _mark(function, Section(key, order, audience, function, title, totals))


def job(kind: str) -> Callable[[J], J]:
    """Do the jobs of this kind, each once and all or nothing; see `commands.kit.jobs`."""
    return lambda function: _mark(function, JobKind(kind, run=function))


def long_job(kind: str) -> Callable[[LJ], LJ]:
    """Do the jobs of this kind outside of a transaction; see `commands.kit.jobs`."""
    return lambda function: _mark(function, JobKind(kind, run_long=function))


@dataclass(frozen=True, slots=True)
class Match:
    """The command that was meant, and the rest of the text."""

    command: Command
    rest: str


@dataclass(frozen=True, slots=True)
class HelpWanted:
    """No command was meant, or its help was asked for: `topic` is a command, or empty for all of them.

    With a sub-command (`/targets set`) it is about that alone.

    `unknown` is the word that no sub-command has.
    """

    topic: str = ""
    unknown: str = ""


class Registry:
    """All registrations of one bot. A duplicate raises ValueError."""

    def __init__(self) -> None:
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, ActionHandler] = {}
        self._submissions: dict[str, Submission] = {}
        self._shortcuts: dict[str, Shortcut] = {}
        self._options: dict[str, OptionsHandler] = {}
        self._events: dict[str, EventHandler] = {}
        self._happenings: dict[str, HappeningHandler] = {}
        self._outgoing: dict[str, Outgoing] = {}
        self._watches: dict[str, Watch] = {}
        self._jobs: dict[str, JobKind] = {}
        self._sections: dict[str, Section] = {}

    def include(self, module: ModuleType) -> None:
        """Add the decorated functions of `module`, in their order."""
        for function in vars(module).values():
            if getattr(function, "__module__", None) == module.__name__:
                for entry in getattr(function, _MARK, ()):
                    self.add(entry)

    def add(self, entry: Entry) -> None:
        places: dict[type[Entry], tuple[dict[str, Any], str]] = {
            Command: (self._commands, "path"),
            ActionHandler: (self._actions, "id"),
            Submission: (self._submissions, "id"),
            Shortcut: (self._shortcuts, "id"),
            OptionsHandler: (self._options, "id"),
            EventHandler: (self._events, "id"),
            HappeningHandler: (self._happenings, "id"),
            Outgoing: (self._outgoing, "kind"),
            Watch: (self._watches, "id"),
            JobKind: (self._jobs, "kind"),
            Section: (self._sections, "key"),
        }
        into, name = places[type(entry)]
        key: str = getattr(entry, name)
        if key in into:
            raise ValueError(f"{key} is registered twice")
        into[key] = entry

    def __iter__(self) -> Iterator[Command]:
        """The commands, in the order of their registration."""
        return iter(self._commands.values())

    def names(self) -> list[str]:
        """The slash commands, each once, `/turf` first."""
        return list(dict.fromkeys([ROOT, *(entry.name for entry in self)]))

    def subcommands(self, name: str) -> list[Command]:
        """All commands of one slash command."""
        return [entry for entry in self if entry.name == name]

    def find(self, name: str, text: str) -> Match | HelpWanted:
        """The command that `name` and `text` mean. `/turf targets x` is `/targets x`."""
        words = text.split()
        if topic := self._help_on(name, lower(words)):
            return HelpWanted(topic)
        sub = self._sub(name, words)
        if sub:
            return Match(sub, after(text, len(sub.sub.split())))
        if name == ROOT and words:
            aliased = "/" + words[0].lower().lstrip("/")
            known = aliased != ROOT and self.subcommands(aliased)
            return self.find(aliased, after(text, 1)) if known else HelpWanted(unknown=words[0])
        whole = self._commands.get(name)
        unmeant = bool(whole and words and not whole.usage and len(self.subcommands(name)) > 1)
        if whole is None or unmeant or lower(words) == ["help"]:
            return HelpWanted(topic="" if name == ROOT else name, unknown=unknown(words))
        return Match(whole, text.strip())

    def _help_on(self, name: str, words: list[str]) -> str:
        """The topic of `help X` and of `X help`; empty for anything else."""
        if ["help"] not in (words[:1], words[-1:]):
            return ""
        about = words[1:] if words[:1] == ["help"] else words[:-1]
        found = self._topic(name, " ".join(about).lstrip("/")) if about else ""
        return found or (name if name != ROOT and words[:1] == ["help"] else "")

    def _topic(self, name: str, said: str) -> str:
        """The command that these words mean in the help of `name`; empty if none."""
        for path in (f"{name} {said}", f"/{said}"):
            if path in self._commands or path in self.names():
                return path
        subs = [entry.path for entry in self if entry.sub == said]
        return subs[0] if len(subs) == 1 else ""

    def _sub(self, name: str, words: list[str]) -> Command | None:
        """The sub-command that the first words name; the longest one."""
        said = [" ".join(lower(words[:length])) for length in range(min(len(words), LONGEST_SUB), 0, -1)]
        known = self.subcommands(name)
        return next((entry for one in said for entry in known if one in (entry.sub, *entry.aliases)), None)

    def action(self, action_id: str) -> ActionHandler | None:
        return self._actions.get(action_id.partition(":")[0])

    def submission(self, callback_id: str) -> Submission | None:
        return self._submissions.get(callback_id.partition(":")[0])

    def option(self, action_id: str) -> OptionsHandler | None:
        return self._options.get(action_id.partition(":")[0])

    def shortcut(self, callback_id: str) -> Shortcut | None:
        return self._shortcuts.get(callback_id)

    def shortcuts(self) -> list[Shortcut]:
        """In the order of their registration."""
        return list(self._shortcuts.values())

    def event(self, event: str) -> EventHandler | None:
        return self._events.get(event)

    def happening(self, event: str) -> HappeningHandler | None:
        return self._happenings.get(event)

    def events(self) -> list[str]:
        """The events that are answered or noted."""
        return sorted([*self._events, *self._happenings])

    def outgoing(self, kind: str) -> Outgoing | None:
        return self._outgoing.get(kind)

    def sections(self) -> list[Section]:
        """The sections of digests, in the order in which they are read."""
        return sorted(self._sections.values(), key=lambda entry: (entry.order, entry.key))

    def jobs(self) -> list[JobKind]:
        """What workers do, in the order of registration."""
        return list(self._jobs.values())

    def watches(self) -> list[Watch]:
        """What a worker looks at, in the order of registration."""
        return list(self._watches.values())
