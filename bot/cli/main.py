"""`turf`: finds the command, says what went wrong in one sentence, and sets the exit code (0 done, 1 failed, 2 wrong usage)."""

import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from traceback import extract_tb
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from domain.errors import TurfError, UsageError

HOME = Path(__file__).parents[2]


class Lazy(NamedTuple):
    """Where a command lives: a module under bot.cli whose `app` has a command of this name."""

    module: str
    help: str


COMMANDS = {
    "init": Lazy("data", "Make the workspace."),
    "import": Lazy("data", "Import a CRM export: CSV, Excel or Parquet."),
    "export": Lazy("data", "Export a kind of data in exactly the import format."),
    "demo": Lazy("demo", "The whole product on this machine, without a Slack account."),
    "serve": Lazy("serve", "Answer Slack: turf serve --with-worker"),
    "worker": Lazy("serve", "Do what is due without anyone asking."),
    "digest": Lazy("digest", "Who gets a digest when: turf digest list"),
    "outbox": Lazy("outbox", "Messages that wait or were given up: turf outbox list"),
    "migrate": Lazy("serve", "Make the database's tables, or bring them up to date."),
    "doctor": Lazy("doctor", "Check this installation, and say what to do."),
    "report": Lazy("report", 'Figures: turf report targets --by team --period "last quarter"'),
    "territory": Lazy("territory", "Territories: turf territory map NAME -o FILE"),
    "manifest": Lazy("manifest", "The manifest of the Slack app."),
    "secret": Lazy("secret", "A new key for TURF_SECRET_KEY."),
}
"""A new command is one line here and a module; `turf --help` loads none of them."""


class _Commands(TyperGroup):
    """Knows each command's name and help, and loads its module only to run it."""

    def list_commands(self, _ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: Any, cmd_name: str) -> Any:
        known = COMMANDS.get(cmd_name)
        return None if known is None else TyperCommand(name=cmd_name, help=known.help)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            # What checks the values of an option speaks of itself.
            error.message = error.message.removeprefix("Value error, ")
            raise

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, _, rest = super().resolve_command(ctx, args)
        return name, _load(name, ctx), rest


def _load(name: str | None, ctx: Any) -> Any:
    module = import_module(f"bot.cli.{COMMANDS[str(name)].module}")
    return typer.main.get_group(module.app).get_command(ctx, str(name))


app = typer.Typer(
    name="turf",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"turf {version('turf-bot')}")
        raise typer.Exit


@app.callback()
def _turf(
    _: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Turf: sales territories, targets and weekly digests in Slack.

    Try: turf demo, or: turf import crm-export/ --mapping salesforce
    """


def main() -> None:
    """The console script."""
    try:
        app()
    except UsageError as error:
        _say(error, 2)
    except TurfError as error:
        _say(error, 1)
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, a person reads it
        _say(TurfError(_fault(error)), 1)


def _fault(error: Exception) -> str:
    """A sentence for what should not have happened, with the place in Turf that a report of it needs."""
    ours = [frame for frame in extract_tb(error.__traceback__) if HOME in Path(frame.filename).parents]
    place = f" ({Path(ours[-1].filename).relative_to(HOME)}, line {ours[-1].lineno})" if ours else ""
    return (
        f"That went wrong in Turf itself: {type(error).__name__}: {error}{place}. "
        "What was not yet committed was not written. Please report it with this line."
    )


def _say(error: TurfError, code: int) -> None:
    typer.echo(error.message, err=True)
    sys.exit(code)
