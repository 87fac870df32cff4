"""`turf outbox list` and `turf outbox retry`: messages, and the jobs that write them."""

import re
import sys
from collections.abc import Sequence
from typing import Annotated, TypeAlias

import typer

from bot.cli.running import open_database, run
from bot.settings import Settings
from domain.errors import NotFound, UsageError
from storage.jobs_status import ListedJob
from storage.outbox_status import Listed

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="outbox", help="Messages and jobs that wait, or were given up.")

Workspace = Annotated[str | None, typer.Option(help="Which workspace, if there are several.")]
Found: TypeAlias = Sequence[Listed | ListedJob]
NUMBER = "17 is a message, j17 a job; without a number all that were given up."


@group.command("list", epilog="Example: turf outbox list --all")
def list_messages(
    all_open: Annotated[bool, typer.Option("--all", help="Also those that still wait.")] = False,
    workspace: Workspace = None,
) -> None:
    """The messages and jobs that were given up, and why."""
    found = run(_listed(Settings.from_env(), all_open, workspace))
    _show(found) if found else typer.echo("Nothing was given up." if not all_open else "Nothing waits.")


@group.command("retry", epilog="Examples: turf outbox retry | turf outbox retry 17 | turf outbox retry j4")
def retry(
    number: Annotated[str | None, typer.Argument(help=NUMBER)] = None,
    workspace: Workspace = None,
) -> None:
    """Try again what was given up. What Slack may have got already is looked for first, and not sent twice."""
    messages, jobs = run(_retried(Settings.from_env(), number, workspace))
    if number is not None and not messages + jobs:
        raise NotFound(f"{_named(number)} was not given up. See: turf outbox list --all")
    if messages or not jobs:
        typer.echo(f"{messages:,} {'message is' if messages == 1 else 'messages are'} tried again.")
    if jobs:
        typer.echo(f"{jobs:,} {'job is' if jobs == 1 else 'jobs are'} tried again.")


def _named(number: str) -> str:
    return f"Job {number}" if _is_job(number) else f"Message {number}"


def _is_job(number: str) -> bool:
    """Raises UsageError for what is no number of a message or a job."""
    if not re.fullmatch(r"j?\d+", number):
        raise UsageError(f"{number} is no number of a message (17) or a job (j17). See: turf outbox list --all")
    return number.startswith("j")


async def _listed(settings: Settings, all_open: bool, workspace: str | None) -> Found:
    from storage.jobs_status import listed_jobs
    from storage.outbox_status import listed
    from storage.revisions import find_workspace

    async with open_database(settings) as database, database.read() as connection:
        here = (await find_workspace(connection, workspace)).id
        messages = await listed(connection, here, all_open=all_open)
        return [*messages, *await listed_jobs(connection, here, all_open=all_open)]


async def _retried(settings: Settings, number: str | None, workspace: str | None) -> tuple[int, int]:
    """How many messages, how many jobs."""
    from storage.jobs_status import retry_jobs
    from storage.outbox_status import retry
    from storage.revisions import find_workspace

    only_jobs = number is not None and _is_job(number)
    wanted = None if number is None else int(number.removeprefix("j"))
    now = settings.clock().now()
    async with open_database(settings) as database, database.write() as connection:
        here = (await find_workspace(connection, workspace)).id
        messages = 0 if only_jobs else await retry(connection, here, wanted, now)
        jobs = await retry_jobs(connection, here, wanted, now) if only_jobs or number is None else 0
    return messages, jobs


def _show(found: Found) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("number", "kind", "where", "state", "tries", "since (UTC)", "why", box=box.SIMPLE_HEAD)
    for one in found:
        number, where = (f"j{one.id}", one.key) if isinstance(one, ListedJob) else (str(one.id), one.lane)
        since = f"{one.created_at:%Y-%m-%d %H:%M}"
        cells = (number, one.kind, where, one.state.value, str(one.attempts), since, one.error or "")
        table.add_row(*map(Text, cells))
    Console(width=None if sys.stdout.isatty() else 140).print(table)
