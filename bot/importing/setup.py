"""What a worker needs for imports, put together from the settings."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from slack_sdk.web.async_client import AsyncWebClient

from bot.importing.downloads import Downloads
from bot.importing.folder import Folder
from bot.importing.running import Imports
from bot.importing.watching import REST_SECONDS, Watching
from bot.importing.workplace import sweep
from bot.jobs import Runner
from bot.settings import Settings
from commands.imports.service import JOB
from commands.kit.jobs import JobKind
from commands.kit.registry import Registry
from storage.store import Store


def importer(settings: Settings, client: AsyncWebClient | None, store: Store) -> Runner:
    """Runs imports. What a worker that was killed left in the temporary folder is removed first."""
    sweep()
    folder = Folder(settings.import_dir) if settings.import_dir else None
    imports = Imports(settings, Downloads(client) if client else None, folder)
    registry = Registry()
    registry.add(JobKind(JOB, run_long=imports.run, given_up=imports.given_up))
    return Runner(store, registry)


def watching(
    settings: Settings, store: Store, *, rest: float = REST_SECONDS
) -> list[Callable[[datetime], Awaitable[int]]]:
    """Looks into the watched folder, if there is one."""
    if settings.import_dir is None:
        return []
    return [partial(Watching(Folder(settings.import_dir), rest=rest).look, store)]
