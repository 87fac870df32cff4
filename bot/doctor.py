"""Checks of an installation: each finds something out and says what to do where it is not as it should be."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.manifest import SCOPES
from bot.settings import WHERE_TOKENS, Settings
from domain.errors import DataError, TurfError
from storage.database import Database, sqlite_path
from storage.migrations import REMEDIES, SchemaState, schema_state
from storage.outbox_status import Depth, depth
from storage.overview import WorkspaceOverview, overview

STALE_AFTER = timedelta(days=1)
STUCK_AFTER = timedelta(minutes=15)
"""How long a message may wait before someone should look."""


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `remedy` says what to do unless all is well."""

    check: str
    state: State
    found: str
    remedy: str = ""


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Everything that can be found out, in an order in which one reads it."""
    for finding in _settings(settings):
        yield finding
    async for finding in _data(settings):
        yield finding
    async for finding in _slack(settings):
        yield finding


def _settings(settings: Settings) -> Iterator[Finding]:
    yield _transport(settings)
    try:
        settings.require_worker()
    except TurfError as error:
        yield Finding("settings", State.WARN, "turf worker cannot start yet", error.message)
    if settings.secret_key and not settings.client_id:
        yield Finding("settings", State.WARN, "TURF_SECRET_KEY does nothing yet", "Unset it: Turf stores no tokens.")


def _transport(settings: Settings) -> Finding:
    try:
        settings.require_slack()
    except TurfError as error:
        return Finding("settings", State.WARN, "turf serve cannot start yet", error.message)
    modes = [name for name, used in (("HTTP", settings.http), ("Socket Mode", settings.socket)) if used]
    return Finding("settings", State.OK, f"Slack over {' and '.join(modes)}")


async def _data(settings: Settings) -> AsyncIterator[Finding]:
    path = sqlite_path(settings.database_url)
    if path and not path.exists():  # asking would make the file
        yield Finding("database", State.FAIL, f"{path} does not exist", REMEDIES[SchemaState.EMPTY])
        return
    database = Database(settings.database_url)
    try:
        async for finding in _examine_database(database, settings.clock().now()):
            yield finding
    except TurfError as error:
        yield Finding("database", State.FAIL, error.message, "Check DATABASE_URL, and that the server runs.")
    finally:
        await database.close()


async def _examine_database(database: Database, now: datetime) -> AsyncIterator[Finding]:
    async with database.read() as connection:
        state = await schema_state(connection)
        yield Finding("database", State.OK, f"{'SQLite' if database.is_sqlite else 'PostgreSQL'} answers")
        if state is not SchemaState.CURRENT:
            yield Finding("schema", State.FAIL, state.value, REMEDIES[state])
            return
        yield Finding("schema", State.OK, "current")
        found = await overview(connection)
        waiting = await depth(connection)
    if not found:
        yield Finding("workspace", State.FAIL, "none", "Run `turf init`, or import something.")
    for one in found:
        for finding in _examine_workspace(one, now):
            yield finding
    yield _outbox(waiting, now)


def _outbox(found: Depth, now: datetime) -> Finding:
    """Messages that were given up, or that nobody sends."""
    if found.dead:
        what = "1 message was" if found.dead == 1 else f"{found.dead:,} messages were"
        return Finding("outbox", State.FAIL, f"{what} given up", "See why: turf outbox list. Then: turf outbox retry")
    age = now - found.oldest if found.oldest else timedelta()
    said = f"{found.waiting:,} waiting"
    if age > STUCK_AFTER:
        remedy = "Is a worker running? turf worker, or turf serve --with-worker. See why: turf outbox list --all"
        return Finding("outbox", State.WARN, f"{said}, the oldest for {_age(age)}", remedy)
    return Finding("outbox", State.OK, said)


def _examine_workspace(one: WorkspaceOverview, now: datetime) -> list[Finding]:
    about = f"{one.slug}: {one.currency}, {one.timezone}, "
    if one.slack_team_id:
        workspace = Finding("workspace", State.OK, f"{about}Slack team {one.slack_team_id}")
    else:
        remedy = "Nothing to do: it takes the first Slack team that asks."
        workspace = Finding("workspace", State.OK, f"{about}no Slack team yet", remedy)
    return [workspace, _counts(one), _freshness(one, now)]


def _counts(one: WorkspaceOverview) -> Finding:
    said = ", ".join(f"{count:,} {name}" for name, count in one.counts.items())
    empty = [name for name in ("people", "deals", "targets") if not one.counts[name]]
    if empty:
        return Finding("data", State.WARN, said, f"Import {' and '.join(empty)}: turf import {empty[0]}.csv")
    return Finding("data", State.OK, said)


def _freshness(one: WorkspaceOverview, now: datetime) -> Finding:
    if one.last_import is None:
        return Finding("last import", State.WARN, "never", "Import your CRM's export: turf import FOLDER")
    age = now - one.last_import
    said = f"{one.last_import:%Y-%m-%d %H:%M} UTC, {_age(age)} ago"
    if age > STALE_AFTER:
        return Finding("last import", State.WARN, said, "Import a newer export: turf import FOLDER")
    return Finding("last import", State.OK, said)


def _age(age: timedelta) -> str:
    hours, minutes = divmod(max(0, round(age.total_seconds() / 60)), 60)
    if hours >= 48:
        return f"{hours // 24} days"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


async def _slack(settings: Settings) -> AsyncIterator[Finding]:
    if not settings.bot_token:
        yield Finding("Slack", State.WARN, "no token, not asked", f"Set SLACK_BOT_TOKEN: {WHERE_TOKENS}")
        return
    try:
        answer, granted = await _auth_test(settings)
    except DataError as error:
        yield Finding("Slack", State.FAIL, error.message, f"Copy the Bot User OAuth Token anew: {WHERE_TOKENS}")
    except TurfError as error:
        yield Finding("Slack", State.FAIL, error.message, "Check SLACK_API_URL and the way out to the internet.")
    else:
        yield Finding("Slack", State.OK, f"the token belongs to {answer.get('user')} in {answer.get('team')}")
        yield _scopes(granted)


async def _auth_test(settings: Settings) -> tuple[Mapping[str, Any], frozenset[str] | None]:
    """What `auth.test` says and which scopes the token has, if Slack told. Raises DataError, Unavailable."""
    import aiohttp

    from domain.errors import Unavailable

    assert settings.bot_token
    headers = {"Authorization": f"Bearer {settings.bot_token.get_secret_value()}"}
    timeout = aiohttp.ClientTimeout(total=10)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(f"{settings.slack_api_url}auth.test", headers=headers) as response,
        ):
            answer = await response.json()
            granted = response.headers.get("x-oauth-scopes")
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise Unavailable("Slack does not answer.") from error
    if not answer.get("ok"):
        raise DataError(f"Slack refuses the token: {answer.get('error')}.")
    return answer, frozenset(scope.strip() for scope in granted.split(",")) if granted is not None else None


def _scopes(granted: frozenset[str] | None) -> Finding:
    if granted is None:
        return Finding("scopes", State.OK, "Slack did not tell them")
    lacking = [scope for scope in SCOPES if scope not in granted]
    if lacking:
        remedy = "Add them under OAuth & Permissions (or update the app from `turf manifest`), then reinstall the app."
        return Finding("scopes", State.FAIL, f"missing: {', '.join(lacking)}", remedy)
    return Finding("scopes", State.OK, f"all {len(SCOPES)} granted")
