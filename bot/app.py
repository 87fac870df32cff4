"""Everything put together: settings in, a bot that can be started and stopped out."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from importlib.metadata import version
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

import commands.admin
import commands.digests
import commands.home
import commands.imports
import commands.requests
import commands.targets
import commands.territories
from bot.guard import Guard, Refused
from bot.metrics import Metrics
from bot.outbox.api import SlackApi as OutboxApi
from bot.outbox.audience import Audiences
from bot.outbox.failures import Failure, Verdict
from bot.runner import Tasks, Terminal
from bot.settings import Settings
from bot.slack import SlackApi
from bot.socket_mode import Sockets
from bot.web import Answered, Web, json_answer, pages
from commands.kit.audience import why_not
from commands.kit.call import Call
from commands.kit.dispatch import Dispatcher
from commands.kit.identity import Identity
from commands.kit.outgoing import Audience
from commands.kit.registry import Registry
from commands.kit.turf import About, Directory
from domain.errors import NotAllowed, TurfError, Unavailable
from storage.audit import Occasion
from storage.database import Database
from storage.inbox import claim
from storage.jobs_status import job_depth
from storage.migrations import require_current
from storage.outbox_status import depth
from storage.store import PeopleDirectory, Present, Repositories, SlackWorkspace, Store, adopt
from storage.writing import Writing, write

log = structlog.get_logger("turf.app")

DRAIN_SECONDS = 7.0
WHOAMI_RETRY_SECONDS = 10
SERVER_FAILED = 500
"""Slack brings an event again that is answered so."""


def register_features() -> Registry:
    """All features: one line each."""
    registry = Registry()
    commands.admin.register(registry)
    commands.imports.register(registry)
    commands.targets.register(registry)
    commands.territories.register(registry)
    commands.requests.register(registry)
    commands.digests.register(registry)
    commands.home.register(registry)
    return registry


class LiveTurf:
    """What handlers reach: the registration and the data. `wake` is called when there is something to send."""

    def __init__(
        self,
        registry: Registry,
        store: Store,
        outbox: OutboxApi,
        transports: Callable[[], tuple[str, ...]],
        wake: Callable[[], None],
    ) -> None:
        self.registry = registry
        self._store = store
        self._outbox = outbox
        self._audiences: dict[str, Audiences] = {}
        self._transports = transports
        self._wake = wake

    def about(self) -> About:
        return About(version("turf-bot"), self._transports())

    async def present(self, call: Call) -> Present:
        return await self._store.present(call.workspace)

    def read(self, call: Call) -> AbstractAsyncContextManager[Repositories]:
        return self._store.read(call.workspace)

    def write(self, call: Call) -> AbstractAsyncContextManager[Writing]:
        return self._write(call.workspace, Occasion(call.person.id, call.via, call.now))

    def react(self, workspace: int, now: datetime) -> AbstractAsyncContextManager[Writing]:
        return self._write(workspace, Occasion(None, "event", now))

    @asynccontextmanager
    async def _write(self, workspace: int, occasion: Occasion) -> AsyncIterator[Writing]:
        async with write(self._store, workspace, occasion) as repo:
            yield repo
        if repo.outbox.added:
            self._wake()

    async def is_first(self, call: Call, key: str) -> bool:
        try:
            return await claim(self._store.database, call.workspace, key, call.now)
        except TurfError as error:
            log.warning("whether another process answers this is not known", why=error.message)
            return True

    async def audience(self, call: Call, channel_id: str) -> Audience:
        audiences = self._audiences.setdefault(call.team_id, Audiences(self._outbox, call.team_id))
        company = (await self.present(call)).company
        try:
            return await audiences.of_channel(channel_id, company)
        except Failure as failure:
            if failure.verdict is Verdict.DEAD:
                raise NotAllowed(why_not(failure.reason)) from failure
            raise Unavailable("Slack does not say just now who is in that channel. Try again in a minute.") from failure


class Adopting(PeopleDirectory):
    """The first Slack team to ask takes the workspace that was made on the command line."""

    def __init__(self, store: Store, application: "Application") -> None:
        super().__init__(store)
        self._application = application

    async def workspace(self, team_id: str) -> SlackWorkspace | None:
        found = await super().workspace(team_id)
        if found or team_id != self._application.identity.team:
            return found
        # If another process was quicker, it is there as well.
        await adopt(self._application.database, team_id)
        return await super().workspace(team_id)


class Application:
    """A bot for one workspace, over HTTP, Socket Mode, or both. `asgi` starts and stops it with its lifespan."""

    def __init__(
        self, settings: Settings, registry: Registry | None = None, directory: Directory | None = None
    ) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.tasks = Tasks()
        self.database = Database(settings.database_url)
        # No retries: what was done without an answer would be done twice.
        self._client = AsyncWebClient(
            token=_secret(settings.bot_token), base_url=settings.slack_api_url, timeout=10, retry_handlers=[]
        )
        self.slack = SlackApi(self._client)
        self.store = store = Store(self.database)
        self.identity = Identity(directory or Adopting(store, self), self.slack)
        self._wake = self._stop_worker = _nobody
        outbox = OutboxApi(self._client)
        turf = LiveTurf(registry or register_features(), store, outbox, self.transports, self._woken)
        self.dispatcher = Dispatcher(turf, self.identity, self.slack, settings.clock(), self.tasks.spawn, self.metrics)
        self._bolt = _bolt(self.dispatcher, _secret(settings.bot_token) or "")
        self.sockets = (
            Sockets(self._open_url, self.slack.whoami, self._over_socket, self.metrics) if settings.socket else None
        )
        guard = Guard(_secret(settings.signing_secret) or "") if settings.http else None
        served = pages(self.missing, self._measured, _secret(settings.metrics_token), self._lifespan)
        self.introduction: asyncio.Task[None] | None = None
        self.asgi = Web(guard, self._over_http, served, self.metrics)

    def works_with(self, *, wake: Callable[[], None], stop: Callable[[], None]) -> None:
        """There is a worker in this process: `wake` it when there is something to send, `stop` it when we stop."""
        self._wake, self._stop_worker = wake, stop

    def _woken(self) -> None:
        self._wake()

    async def start(self) -> None:
        """Open the connections. Slack and the database may be away: the bot answers as well as it can meanwhile."""
        self._client.session = aiohttp.ClientSession()
        self.introduction = asyncio.create_task(self._introduce())
        if self.sockets:
            await self.sockets.start()

    async def stop(self) -> None:
        """Take nothing more, finish what is in hand, close; at most ten seconds in all."""
        log.info("stopping", work=len(self.tasks))
        self._stop_worker()
        if self.introduction:
            self.introduction.cancel()
        if self.sockets:
            await self.sockets.stop()
        await self.tasks.drain(DRAIN_SECONDS)
        if self._client.session:
            await self._client.session.close()
        await self.database.close()
        log.info("stopped")

    def transports(self) -> tuple[str, ...]:
        """The roads on which Slack reaches us, in words."""
        found = ["HTTP"] if self.settings.http else []
        if self.sockets:
            count = self.sockets.connected
            found.append(f"Socket Mode ({count} {'connection' if count == 1 else 'connections'})")
        return tuple(found)

    async def missing(self) -> str | None:
        """What keeps the bot from being ready, in one sentence."""
        try:
            async with self.database.read() as connection:
                await require_current(connection)
        except TurfError as error:
            return error.message
        if self.sockets and not self.sockets.connected:
            return "There is no connection to Slack."
        return None

    async def _measured(self) -> bytes:
        """What Prometheus gets; without outbox and jobs if the database is away."""
        now = self.settings.clock().now()
        with contextlib.suppress(TurfError):
            async with self.database.read() as connection:
                self.metrics.outbox(await depth(connection), now)
                self.metrics.jobs(await job_depth(connection, now), now)
        return self.metrics.text()

    @asynccontextmanager
    async def _lifespan(self, _: object) -> AsyncIterator[None]:
        await self.start()
        try:
            yield
        finally:
            await self.stop()

    async def _introduce(self) -> None:
        """Learn which team the token belongs to; without that, each team that signs correctly is taken for it."""
        while self.identity.team is None:
            try:
                self.identity.team = str((await self.slack.whoami())["team_id"])
            except TurfError as error:
                log.warning("Slack does not say who we are", why=error.message)
                await asyncio.sleep(WHOAMI_RETRY_SECONDS)

    async def _dispatch(self, payload: Mapping[str, Any]) -> Any:
        try:
            # A payload that is parsed already is what Bolt expects from a socket; over HTTP it would parse it again.
            request = AsyncBoltRequest(mode="socket_mode", body=dict(payload))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise Refused(400, "a payload that Bolt cannot read") from error
        return await self._bolt.async_dispatch(request)

    async def _over_http(self, payload: Mapping[str, Any]) -> Answered:
        response = await self._dispatch(payload)
        body = (response.body or "").encode()
        return json_answer(body) if body.startswith(b"{") else Answered(response.status, body)

    async def _over_socket(self, payload: Mapping[str, Any]) -> Mapping[str, Any] | str | None:
        try:
            response = await self._dispatch(payload)
        except Refused as refused:
            log.warning("refused", why=refused.reason)
            return ""
        if response.status >= SERVER_FAILED:
            return None
        body = response.body or ""
        return json.loads(body) if body.startswith("{") else body

    async def _open_url(self) -> str:
        return await self.slack.open_socket(_secret(self.settings.app_token) or "")


def _nobody() -> None:
    """No worker in this process: that of another one looks into the outbox every second."""


class _Authorize(AsyncAuthorize):
    """One workspace, one token: nothing to look up and nothing to ask Slack."""

    def __init__(self, token: str) -> None:
        self._result = AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

    async def __call__(self, **_: Any) -> AuthorizeResult:
        return self._result


def _bolt(dispatcher: Dispatcher, token: str) -> AsyncApp:
    """Bolt without what the guard has done already, and with the dispatcher at the end of its chain."""
    with _without_slack_environment():
        app = AsyncApp(
            name="turf",
            client=AsyncWebClient(),
            authorize=_Authorize(token),
            request_verification_enabled=False,  # the guard verified the raw body
            ssl_check_enabled=False,  # the guard answers it, after the signature
            url_verification_enabled=False,
            ignoring_self_events_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
    app.middleware(Terminal(dispatcher.receive))

    @app.error
    async def last_net(error: Exception) -> None:
        log.error("a delivery failed outside the dispatcher", exc_info=error)

    return app


@contextlib.contextmanager
def _without_slack_environment() -> Iterator[None]:
    """Bolt reads the environment on its own, and would set up an OAuth flow with files in the home directory."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("SLACK_")}
    try:
        yield
    finally:
        os.environ.update(hidden)


def _secret(value: Any) -> str | None:
    return value.get_secret_value() if value else None


def build(settings: Settings, *, registry: Registry | None = None, directory: Directory | None = None) -> Application:
    """The bot that `settings` describe; nothing is opened before `start`. Raises SettingsError if Slack cannot reach it.

    `registry` and `directory` stand in for all features and for the people in the database.
    """
    settings.require_slack()
    return Application(settings, registry, directory)


async def serve(application: Application) -> None:
    """Serve until SIGTERM or SIGINT. Returns normally after a clean stop."""
    import uvicorn

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            # uvicorn's own raises the signal again at the end, which would turn a clean stop into a failure.
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.handle_exit, number, None)
            yield

    settings = application.settings
    config = uvicorn.Config(
        application.asgi,
        host=settings.host,
        port=settings.port,
        http="httptools",
        loop="uvloop",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=2,
        lifespan="on",
    )
    await Server(config).serve()
