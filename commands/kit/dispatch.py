"""From a delivery to the right handler, and from its reply or its failure back to the person.

Commands and clicks are acknowledged at once and worked on afterwards; submissions and menus are answered within the
acknowledgement. An exception never reaches the transport: it becomes a message with a reference. Only what nobody waits
for, a happening, is written before it is acknowledged: if that fails, the transport fails, and Slack brings it again.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, cast

import structlog

from commands.kit.blocks import JSON
from commands.kit.call import Call, Happening, Payload
from commands.kit.delivery import Delivery, as_modal, done_view, nothing_view, working_view
from commands.kit.effects import once
from commands.kit.errors import error_message, field_error
from commands.kit.happenings import react_once
from commands.kit.help import help_message
from commands.kit.identity import Caller, Identity, Outsider
from commands.kit.ids import new_reference
from commands.kit.outdated import outdated
from commands.kit.payload import DIRECT, Kind, Request, parse
from commands.kit.recent import Recent
from commands.kit.registry import ActionHandler, Command, Handler, HelpWanted, Shortcut, Submission
from commands.kit.reply import Errors, Message, Modal, Nothing, Options, Reply
from commands.kit.rerun import RERUN, parse_rerun
from commands.kit.turf import Slack, Turf, local_date
from domain.clock import Clock
from domain.errors import TurfError, Unavailable, UsageError

log = structlog.get_logger("turf")

ANSWER_SECONDS = 2.0
"""Slack waits 3 s for what travels in the acknowledgement."""
WORK_SECONDS = 25.0
"""After this the person is told that it takes too long."""
SETTLE_SECONDS = 0.5
"""Slack shows the "still working" view before it is updated."""
_DONE = "That is done, though Slack did not take my answer. There is no need to do it again."
_TOO_LONG = "This takes too long, so I have given up. Try again in a few minutes."
Answer: TypeAlias = JSON | str
Spawn: TypeAlias = Callable[[Coroutine[Any, Any, Any]], "asyncio.Task[Any]"]


class Observer(Protocol):
    """Counts what happens."""

    def finished(self, kind: str, name: str, outcome: str, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Job:
    """What to run for a request."""

    handler: Handler
    name: str
    command: Command | None = None
    text: str = ""
    opens: str | None = None
    effect: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    reply: Reply
    failed: Exception | None = None


class Dispatcher:
    """One for the process, whatever the transport. `spawn` runs work that outlives the acknowledgement."""

    def __init__(
        self, turf: Turf, identity: Identity, slack: Slack, clock: Clock, spawn: Spawn, observer: Observer
    ) -> None:
        self._turf = turf
        self._registry = turf.registry
        self._identity = identity
        self._delivery = Delivery(slack)
        self._clock = clock
        self._spawn = spawn
        self._observer = observer
        self._recent: Recent[Answer] = Recent()

    async def receive(self, payload: Payload) -> Answer:
        """The body of the acknowledgement. The same delivery again gets the same body, and nothing is done twice."""
        request = parse(payload, new_reference())
        if request.kind is Kind.OTHER:
            log.debug("nothing answers this", kind=request.name)
            return ""
        return await self._recent.once(request.delivery, lambda: self._receive(request))

    async def _receive(self, request: Request) -> Answer:
        structlog.contextvars.bind_contextvars(reference=request.reference)
        if request.kind is Kind.HAPPENING:
            return await self._happened(request)
        job = self._job(request)
        if job is None:
            log.debug("nothing answers this", kind=request.kind.value)
            return {"options": []} if request.kind is Kind.OPTIONS else ""
        if request.kind in (Kind.SUBMISSION, Kind.OPTIONS):
            return await self._answer(request, job)
        caller = self._identity.known(request.team_id, request.user_id)
        if request.kind is Kind.COMMAND and job.command and job.command.quick and caller:
            return await self._quick(request, job)
        self._spawn(self._work(request, job))
        return ""

    async def _happened(self, request: Request) -> Answer:
        """Nothing to answer. Raises whatever keeps it from being written."""
        entry = self._registry.happening(request.name)
        workspace = await self._identity.workspace(request.team_id) if entry else None
        if entry is None or workspace is None:
            log.debug("nothing answers this", kind=request.name)
            return ""
        started, now = time.perf_counter(), self._clock.now()
        told = Happening(request.name, request.channel_id, local_date(now, workspace.timezone), now)
        async with self._turf.react(workspace.id, now) as repo:
            await react_once(entry, told, repo, request.effect)
        self._finished(request, entry.id, Outcome(Nothing()), started)
        return ""

    # Which handler

    def _job(self, request: Request) -> Job | None:
        match request.kind:
            case Kind.COMMAND:
                return self._command(request, request.name, request.text)
            case Kind.ACTION:
                return self._action(request)
            case Kind.SUBMISSION:
                submitted = self._registry.submission(request.name)
                return Job(_run(submitted, request), submitted.id) if submitted else self._outdated(request)
            case Kind.SHORTCUT:
                chosen = self._registry.shortcut(request.name)
                return (
                    Job(_run(chosen, request), chosen.id, opens=chosen.opens, effect=chosen.effect) if chosen else None
                )
            case Kind.EVENT:
                happened = self._registry.event(request.name)
                return Job(happened.handler, happened.id, text=request.text) if happened else None
            case _:
                menu = self._registry.option(request.name)
                return Job(menu.handler, menu.id) if menu else None

    def _action(self, request: Request) -> Job | None:
        if request.name.partition(":")[0] == RERUN and request.action:
            typed = parse_rerun(request.action.value)
            return self._command(request, *typed) if typed else self._outdated(request)
        clicked = self._registry.action(request.name)
        if clicked:
            return Job(_run(clicked, request), clicked.id, opens=clicked.opens, effect=clicked.effect)
        # A link opens by itself and is told to us all the same.
        return None if request.action and request.action.is_link else self._outdated(request)

    def _outdated(self, request: Request) -> Job:
        message = outdated(self._registry, request)
        return Job(lambda _call, _turf: _ready(message), "outdated")

    def _command(self, request: Request, name: str, text: str) -> Job:
        found = self._registry.find(name, text)
        if isinstance(found, HelpWanted):
            wanted = found
            return Job(lambda call, turf: _ready(_help(call, turf, wanted)), "help", _HELP)
        return Job(
            _run(found.command, request),
            found.command.path,
            found.command,
            found.rest,
            found.command.opens,
            found.command.effect,
        )

    # Running it

    async def _work(self, request: Request, job: Job) -> None:
        """What follows an acknowledgement: never raises."""
        started = time.perf_counter()
        opened, outcome = "", Outcome(Nothing())
        self._delivery.received(request)
        try:
            if job.opens:
                opened = await self._delivery.open_loading(request, job.opens)
                if not opened:
                    log.info("another process answers this", name=job.name)
                    return
            outcome = await self._run(request, job)
            reply = nothing_view(job.opens) if job.opens and isinstance(outcome.reply, Nothing) else outcome.reply
            await self._delivery.send(request, reply, opened=opened, title=job.opens or "Turf")
        except TurfError as error:
            log.warning("the answer could not be delivered", name=job.name, why=error.message)
            outcome = await self._last_resort(request, job, _undelivered(job, outcome, error), opened)
        except Exception as error:
            log.error("the answer could not be built", name=job.name, exc_info=error)
            outcome = await self._last_resort(request, job, error, opened)
        self._finished(request, job.name, outcome, started)

    async def _last_resort(self, request: Request, job: Job, error: Exception, opened: str) -> Outcome:
        """Whatever a view or Slack did, the person is told, if there is still a way."""
        apology = error_message(error, request.reference)
        try:
            await self._delivery.send(request, apology, opened=opened, title=job.opens or "Turf")
        except TurfError as second:
            log.warning("nor could the apology be delivered", name=job.name, why=second.message)
        return Outcome(Nothing(), error)

    async def _quick(self, request: Request, job: Job) -> Answer:
        """The whole answer in the acknowledgement."""
        started = time.perf_counter()
        outcome = await self._run(request, job)
        self._finished(request, job.name, outcome, started)
        return outcome.reply.to_json() if isinstance(outcome.reply, Message) else ""

    async def _answer(self, request: Request, job: Job) -> Answer:
        """The answer in the acknowledgement if it is ready in time; otherwise a promise that is kept later."""
        started = time.perf_counter()
        task = self._spawn(self._run(request, job))
        await asyncio.wait({task}, timeout=ANSWER_SECONDS)
        if task.done():
            outcome: Outcome = task.result()
            self._finished(request, job.name, outcome, started)
            return _body(request, outcome)
        if request.kind is Kind.OPTIONS:
            return {"options": []}
        self._spawn(self._keep_promise(request, job, task, started))
        return {"response_action": "update", "view": working_view("Turf")}

    async def _keep_promise(self, request: Request, job: Job, task: "asyncio.Task[Outcome]", started: float) -> None:
        await asyncio.sleep(SETTLE_SECONDS)
        outcome = await task
        reply = _as_view(request, outcome)
        try:
            await self._delivery.send(request, reply, opened=request.view.id if request.view else "")
        except TurfError as error:
            log.warning("the answer could not be delivered", name=job.name, why=error.message)
        self._finished(request, job.name, outcome, started)

    async def _run(self, request: Request, job: Job) -> Outcome:
        """The handler's reply, or the message about what went wrong."""
        try:
            async with asyncio.timeout(WORK_SECONDS):
                caller = await self._identity.identify(request.team_id, request.user_id, user_team=request.user_team)
                call = self._call(request, job, caller)
                # An event comes to another process if this one was slow; of the answers only this one would stand twice.
                if request.name == DIRECT and not await self._turf.is_first(call, request.effect):
                    return Outcome(Nothing())
                return Outcome(await job.handler(call, self._turf))
        except Outsider as error:
            return Outcome(Message(error.words) if error.words else Nothing(), error)
        except TurfError as error:
            return Outcome(error_message(error, request.reference, command=job.command, text=job.text), error)
        except TimeoutError as error:
            return Outcome(error_message(Unavailable(_TOO_LONG), request.reference), error)
        except Exception as error:
            log.error("a handler failed", name=job.name, exc_info=error)
            return Outcome(error_message(error, request.reference), error)

    def _call(self, request: Request, job: Job, caller: Caller) -> Call:
        now = self._clock.now()
        return Call(
            command=job.name,
            text=job.text,
            team_id=request.team_id,
            slack_user_id=request.user_id,
            channel_id=request.channel_id,
            workspace=caller.workspace.id,
            person=caller.person,
            today=local_date(now, caller.workspace.timezone),
            now=now,
            locale=caller.locale,
            reference=request.reference,
            trigger_id=request.trigger_id,
            response_url=request.response_url,
            action=request.action,
            view=request.view,
            said=request.said,
            is_shortcut=request.kind is Kind.SHORTCUT,
        )

    def _finished(self, request: Request, name: str, outcome: Outcome, started: float) -> None:
        seconds = time.perf_counter() - started
        what = type(outcome.failed).__name__ if outcome.failed else "ok"
        self._observer.finished(request.kind.value, name, what, seconds)
        log.info("answered", kind=request.kind.value, name=name, outcome=what, ms=round(seconds * 1000, 1))


def _run(entry: Command | ActionHandler | Submission | Shortcut, request: Request) -> Handler:
    """The handler of `entry`; one that changes something does so once for each act of the person."""
    return once(entry.handler, request.effect) if entry.effect else cast(Handler, entry.handler)


def _help(call: Call, turf: Turf, wanted: HelpWanted) -> Message:
    return help_message(turf.registry, wanted, by=call.person, today=call.today)


def _undelivered(job: Job, outcome: Outcome, error: TurfError) -> TurfError:
    """What to say of an answer that Slack did not take: what was done is not to be done again."""
    told = isinstance(outcome.reply, Message) and outcome.failed is None
    return Unavailable(_DONE) if job.effect and told else error


async def _ready(reply: Reply) -> Reply:
    return reply


_HELP = Command("/turf help", lambda _call, _turf: _ready(Nothing()), "", quick=True)


def _body(request: Request, outcome: Outcome) -> Answer:
    """A submission's or a menu's answer, as it travels in the acknowledgement."""
    match outcome.reply:
        case Options() as offered:
            return offered.to_json()
        case _ if request.kind is Kind.OPTIONS:
            return {"options": []}
        case Errors() as errors:
            return {"response_action": "errors", "errors": dict(errors.by_block)}
        case Nothing():
            return ""
        case _ if outcome.failed and request.view and request.view.values:
            first = next(iter(request.view.values))
            return {"response_action": "errors", "errors": {first: field_error(outcome.failed, request.reference)}}
        case reply:
            return {"response_action": "update", "view": _modal(reply).to_json()}


def _as_view(request: Request, outcome: Outcome) -> Reply:
    """A late answer: the inputs are gone, so that errors are shown as text."""
    match outcome.reply:
        case Errors() as errors:
            return error_message(UsageError(" ".join(errors.by_block.values())), request.reference)
        case Message() | Modal() as reply:
            return reply
        case _:
            return done_view("Turf")


def _modal(reply: Reply) -> Modal:
    return (
        reply
        if isinstance(reply, Modal)
        else as_modal(reply, "Turf")
        if isinstance(reply, Message)
        else done_view("Turf")
    )
