"""`turf init`, `turf import` and `turf export`."""

import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO
from zoneinfo import ZoneInfo

import typer

from bot.cli.running import is_empty, open_database, run
from bot.settings import Settings
from domain.clock import Clock
from domain.errors import UsageError
from storage.database import Database
from storage.files import replacing
from storage.importing.limits import Limit
from storage.importing.run import Order, run_import
from storage.revisions import create_workspace, workspace_count

if TYPE_CHECKING:
    from storage.kinds import Kind

app = typer.Typer()

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Currency = Annotated[str, typer.Option(help="The currency in which totals are shown, such as EUR.")]
Timezone = Annotated[str, typer.Option(help="The workspace's time zone, such as Europe/Paris.")]
FiscalStart = Annotated[int, typer.Option(min=1, max=12, help="The month in which the fiscal year starts.")]
BusinessDays = Annotated[str, typer.Option(help="Such as mon-fri, or sun,mon,tue,wed,thu.")]
Holidays = Annotated[
    str | None, typer.Option(help="The calendar of holidays: a country (US, DE-BY), or a calendar that you import.")
]
WorkspaceOption = Annotated[str | None, typer.Option(help="Which workspace, if there are several.")]


@app.command(
    "init",
    epilog="Examples: turf init --currency EUR --timezone Europe/Paris --fiscal-start 4",
)
def init(
    currency: Currency = "USD",
    timezone: Timezone = "UTC",
    fiscal_start: FiscalStart = 1,
    business_days: BusinessDays = "mon-fri",
    holidays: Holidays = None,
) -> None:
    """Make the workspace `default`."""
    settings = workspace_settings(currency, timezone, fiscal_start, business_days, holidays)
    run(_init(Settings.from_env(), settings))


async def _init(settings: Settings, values: dict[str, Any]) -> None:
    from storage.holidays import is_country, write_country_days

    now, calendar = settings.clock().now(), values["holidays"]
    async with open_database(settings, make=True) as database, database.write() as connection:
        if await workspace_count(connection):
            raise UsageError("There is a workspace already: nothing was changed.")
        made = await create_workspace(connection, "default", values, now=now)
        if calendar:
            await write_country_days(connection, made.id, calendar, now.year)
    typer.echo("The workspace 'default' is made. Import something: turf import people.csv")
    if calendar and not is_country(calendar):
        typer.echo(f"'{calendar}' is no country's calendar: import its days (turf import holidays.csv).")


def workspace_settings(
    currency: str, timezone: str, fiscal_start: int, business_days: str, holidays: str | None
) -> dict[str, Any]:
    """The settings of a new workspace. Raises UsageError with what is wrong."""
    from storage.importing.cells import currency as read_currency
    from storage.importing.cells import zone as read_zone

    for option, value, read in (("--currency", currency, read_currency), ("--timezone", timezone, read_zone)):
        try:
            read(value)
        except ValueError as error:
            raise UsageError(f"{option}: '{value}' {error}.") from error
    return {
        "currency": currency,
        "timezone": timezone,
        "fiscal_start": fiscal_start,
        "business_days": weekdays(business_days),
        "holidays": holidays,
    }


def weekdays(text: str) -> list[int]:
    """`mon-fri` or `sun,mon,tue` as weekdays from 0 (Monday). Raises UsageError."""
    found: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            raise UsageError(f"--business-days: '{part}' is no weekday. Write mon-fri, or sun,mon,tue,wed,thu.")
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        found.update(day % 7 for day in range(start, end + 1 if end >= start else end + 8))
    return sorted(found)


@app.command(
    "import",
    epilog="Examples: turf import deals.csv | turf import deals export.xlsx | turf import crm/ --mapping salesforce --dry-run",
)
def import_(
    context: typer.Context,
    what: Annotated[
        list[str],
        typer.Argument(metavar="[KIND] PATH", help="A file or a folder, and the kind if its name does not say."),
    ],
    mapping: Annotated[
        str | None, typer.Option(help="A shipped mapping (salesforce, maven-crm) or a YAML file.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="What the files no longer have is removed.")] = False,
    restate: Annotated[
        bool, typer.Option("--restate", help="Owners that changed after close take the credit too.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, write nothing.")] = False,
    rejects: Annotated[Path | None, typer.Option(help="Write the refused rows to this CSV file.")] = None,
    max_rejects: Annotated[
        str, typer.Option(help="Roll back if more rows are refused: a number, or a share of all.")
    ] = "5%",
    max_removed: Annotated[
        str, typer.Option(help="Roll back if --full would remove more: a number, or a share.")
    ] = "5%",
    workspace: WorkspaceOption = None,
    currency: Currency = "USD",
    timezone: Timezone = "UTC",
    fiscal_start: FiscalStart = 1,
    business_days: BusinessDays = "mon-fri",
    holidays: Holidays = None,
) -> None:
    """Import a CRM export: a file or a folder of .csv, .xlsx or .parquet files.

    An absent column keeps the value, a blank cell clears it. An empty database first gets a workspace with the
    options that `turf init` takes.
    """
    if len(what) > 2:
        raise UsageError("Name a kind and one file or folder: turf import deals export.csv")
    order = Order(
        path=Path(what[-1]),
        kind=what[0] if len(what) == 2 else None,
        mapping=mapping,
        full=full,
        restate=restate,
        dry_run=dry_run,
        rejects=rejects,
        max_rejects=Limit.parse(max_rejects),
        max_removed=Limit.parse(max_removed),
        workspace=workspace,
        new_workspace=workspace_settings(currency, timezone, fiscal_start, business_days, holidays),
    )
    named = [f"--{name.replace('_', '-')}" for name in order.new_workspace if _was_typed(context, name)]
    raise typer.Exit(run(_import(Settings.from_env(), order, named)))


def _was_typed(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


async def _import(settings: Settings, order: Order, of_workspace: list[str]) -> int:
    from bot.cli.import_report import Bars, show

    clock: Clock = settings.clock()
    with Bars() as bars:
        async with _target(settings, order) as database:
            report = await run_import(database, order, now=clock.now, progress=bars.advance)
    if of_workspace and not report.assumed_settings:
        report.notes.append(
            f"The workspace is there already and keeps its settings; ignored: {', '.join(of_workspace)}"
        )
    show(report)
    return 1 if report.rolled_back else 0


@asynccontextmanager
async def _target(settings: Settings, order: Order) -> AsyncIterator[Database]:
    """The database to import into; a dry run into an empty one goes to a throw-away file, for it must write nothing."""
    with tempfile.TemporaryDirectory(prefix="turf-dry-run-") as folder:
        if order.dry_run and await is_empty(settings):
            settings = settings.model_copy(update={"database_url": f"sqlite:///{folder}/turf.db"})
        async with open_database(settings, make=True) as database:
            yield database


@app.command(
    "export",
    epilog="Examples: turf export deals > deals.csv | turf export people -o people.xlsx",
)
def export_(
    kind: Annotated[str, typer.Argument(help="What to export, such as deals.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The file; standard output without it.")] = None,
    form: Annotated[
        str | None, typer.Option("--format", help="csv, xlsx or parquet; else what the file's name says.")
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Export a kind of data in exactly the import format."""
    from storage.export_files import format_of
    from storage.kinds import kind_named

    wanted = format_of(output, form)
    if output is None and wanted != "csv" and sys.stdout.isatty():
        raise UsageError(f"A {wanted} file can't be shown on a terminal. Name a file with -o.")
    run(_export(Settings.from_env(), kind_named(kind), output, wanted, workspace))


async def _export(settings: Settings, kind: "Kind", output: Path | None, wanted: str, workspace: str | None) -> None:
    from storage.company import load_settings, settings_from
    from storage.export_files import write_export
    from storage.exporting import export
    from storage.revisions import find_workspace, latest

    with _opened(output) as file:
        async with open_database(settings) as database, database.read() as connection:
            here = await find_workspace(connection, workspace)
            snapshot = await latest(connection, here.id)
            known = settings_from(await load_settings(connection, snapshot))
            today = settings.clock().now().astimezone(ZoneInfo(known.timezone)).date()
            count = await write_export(await export(connection, snapshot, kind, known, today), wanted, file)
        if output is None:
            file.seek(0)
            shutil.copyfileobj(file, sys.stdout.buffer)
    if output is not None:
        typer.echo(f"{count:,} rows written to {output}", err=True)


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    """The file, or standard output. Raises DataError if it can't be written."""
    if output is None:
        # Whoever reads our output may be slow or gone: the database must not wait for them.
        with tempfile.TemporaryFile() as file:
            yield file
        return
    with replacing(output) as file:
        yield file
