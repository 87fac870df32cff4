"""Everything that can be found out, in an order in which one reads it."""

import time
from collections.abc import AsyncIterator, Callable, Iterator

from bot.doctor.data import examine_data
from bot.doctor.finding import Finding, State
from bot.doctor.slack import examine_slack
from bot.importing.folder import Folder
from bot.settings import Settings
from domain.errors import TurfError


async def examine(settings: Settings, machine: Callable[[], float] = time.time) -> AsyncIterator[Finding]:
    """`machine` is this machine's clock, in seconds since 1970: the one that Slack's signatures are held against."""
    for finding in _settings(settings):
        yield finding
    data = await examine_data(settings)
    for finding in data.findings:
        yield finding
    async for finding in examine_slack(settings, data, machine):
        yield finding


def _settings(settings: Settings) -> Iterator[Finding]:
    yield _transport(settings)
    if settings.import_dir:
        yield _folder(Folder(settings.import_dir))
    if settings.secret_key and not settings.client_id:
        yield Finding("settings", State.WARN, "TURF_SECRET_KEY does nothing yet", "Unset it: Turf stores no tokens.")


def _folder(folder: Folder) -> Finding:
    """Of the machine that asks: the worker may run on another one."""
    if why := folder.problem():
        found, _, remedy = why.partition(": ")
        return Finding("import folder", State.WARN, found, f"{remedy.capitalize()} The worker goes on without it.")
    waiting = len(folder.seen())
    return Finding("import folder", State.OK, f"{folder.path}, {waiting} {'file' if waiting == 1 else 'files'} waiting")


def _transport(settings: Settings) -> Finding:
    try:
        settings.require_slack()
    except TurfError as error:
        return Finding("settings", State.WARN, "turf serve cannot start yet", error.message)
    modes = [name for name, used in (("HTTP", settings.http), ("Socket Mode", settings.socket)) if used]
    return Finding("settings", State.OK, f"Slack over {' and '.join(modes)}")
