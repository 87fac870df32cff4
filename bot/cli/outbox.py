"""`turf outbox list` and `turf outbox retry`."""

import sys
from typing import Annotated

import typer

from bot.cli.running import open_database, run
from bot.settings import Settings
from domain.errors import NotFound
from storage.outbox_status import Listed

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="outbox", help="Messages that wait to be sent, or were given up.")

Workspace = Annotated[str | None, typer.Option(help="Which workspace, if there are several.")]


@group.command("list", epilog="Example: turf outbox list --all")
def list_messages(
    all_open: Annotated[bool, typer.Option("--all", help="Also those that still wait.")] = False,
    workspace: Workspace = None,
) -> None:
    """The messages that were given up, and why."""
    found = run(_listed(Settings.from_env(), all_open, workspace))
    _show(found) if found else typer.echo("Nothing was given up." if not all_open else "Nothing waits.")


@group.command("retry", epilog="Examples: turf outbox retry | turf outbox retry 17")
def retry(
    number: Annotated[int | None, typer.Argument(help="Of the message; without it all that were given up.")] = None,
    workspace: Workspace = None,
) -> None:
    """Try again what was given up. What Slack may have got already is looked for first, and not sent twice."""
    count = run(_retried(Settings.from_env(), number, workspace))
    if number is not None and not count:
        raise NotFound(f"Message {number} was not given up. See: turf outbox list --all")
    typer.echo(f"{count:,} {'message is' if count == 1 else 'messages are'} tried again.")


async def _listed(settings: Settings, all_open: bool, workspace: str | None) -> list[Listed]:
    from storage.outbox_status import listed
    from storage.revisions import find_workspace

    async with open_database(settings) as database, database.read() as connection:
        return await listed(connection, (await find_workspace(connection, workspace)).id, all_open=all_open)


async def _retried(settings: Settings, number: int | None, workspace: str | None) -> int:
    from storage.outbox_status import retry
    from storage.revisions import find_workspace

    async with open_database(settings) as database, database.write() as connection:
        here = (await find_workspace(connection, workspace)).id
        return await retry(connection, here, number, settings.clock().now())


def _show(found: list[Listed]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("number", "kind", "where", "state", "tries", "since (UTC)", "why", box=box.SIMPLE_HEAD)
    for one in found:
        since = f"{one.created_at:%Y-%m-%d %H:%M}"
        cells = (str(one.id), one.kind, one.lane, one.state.value, str(one.attempts), since, one.error or "")
        table.add_row(*map(Text, cells))
    Console(width=None if sys.stdout.isatty() else 140).print(table)
