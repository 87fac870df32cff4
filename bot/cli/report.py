"""`turf report`: figures as a table, CSV or JSON, from the functions that make the cards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar

import typer

from bot.cli.running import open_database, run
from bot.settings import Settings
from domain.company import Metric
from domain.errors import DataError, UsageError

if TYPE_CHECKING:
    from commands.targets.report import ReportRow
    from commands.territories.assignments import AssignmentRow
    from commands.territories.balance import BalanceRow
    from commands.territories.gaps import GapRow
    from domain.target_setting import Key
    from storage.store import Repositories

app = typer.Typer()
Row = TypeVar("Row")

ONE_DAY = ("gaps", "assignments", "balance")
NAMES = ("targets", *ONE_DAY)


class Format(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class Grouping(StrEnum):
    PERSON = "person"
    REP = "rep"
    TERRITORY = "territory"
    TEAM = "team"
    MONTH = "month"


@app.command(
    "report",
    epilog='Examples: turf report targets | turf report targets --by territory --period "last quarter" --format csv'
    " | turf report gaps | turf report assignments --on 2026-12-01 | turf report balance",
)
def report(
    name: Annotated[str, typer.Argument(help=f"One of: {', '.join(NAMES)}.")],
    by: Annotated[Grouping, typer.Option(help="What a row is about; rep is the same as person.")] = Grouping.PERSON,
    period: Annotated[str, typer.Option(help="this quarter, last month, 2026Q3, 2026-09, FY2026.")] = "this quarter",
    on: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="As if DATE were today, with what is known now; credit of later days does not count."
        ),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="With what was known, and answered, at the end of DATE.")
    ] = None,
    metric: Annotated[Metric | None, typer.Option(help="Of what; without it, of whatever has targets.")] = None,
    unanswered: Annotated[
        bool, typer.Option("--unanswered", help="Only targets whose owner was told in Slack and has not answered.")
    ] = False,
    format: Annotated[Format, typer.Option(help="How it is written to standard output.")] = Format.TABLE,  # noqa: A002
    workspace: Annotated[str | None, typer.Option(help="Which workspace, if there are several.")] = None,
) -> None:
    """Show figures on the command line.

    `targets`: everyone with a target or credit in a period. Of each metric, the rows with is_leaf add up to the company.
    With --unanswered: targets of people, territories and teams, whatever --by says.

    `gaps`: what is wrong with territories today, or on the day of --on or --as-of; what hurts most first.

    `assignments`: who held what on that day, as what, with which share, from when to when.

    `balance`: territories beside each other: 100 x potential, revenue and workload / the mean; beyond +-20 flagged.
    """
    if name not in NAMES:
        raise UsageError(f"There is no report '{name}'. There is: {', '.join(NAMES)}.")
    if on and as_of:
        raise UsageError(
            "Give --on or --as-of, not both: --as-of is about what was known, --on only about which day it is."
        )
    asked = Asked(by, period, _day("--on", on), _day("--as-of", as_of), metric, unanswered)
    if name in ONE_DAY:
        if asked._replace(on=None, as_of=None) != Asked():
            raise UsageError(f"`turf report {name}` is about one day: it takes --on, --as-of and --format.")
        _of_one_day(name, asked, workspace, format)
        return
    rows = run(_read(Settings.from_env(), asked, workspace, _rows))
    if unanswered and not rows and format is Format.TABLE:
        told = run(_read(Settings.from_env(), asked, workspace, _told))
        everyone = "Everyone who was told of a target in this period has answered."
        typer.echo(everyone if told else "Nobody was told of a target in this period yet.")
        return
    _write(rows, format)


class Asked(NamedTuple):
    by: Grouping = Grouping.PERSON
    period: str = "this quarter"
    on: date | None = None
    as_of: date | None = None
    metric: Metric | None = None
    unanswered: bool = False


def _day(option: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"{option}: '{text}' is no date. Write it like 2026-09-30.") from error


async def _read(
    settings: Settings,
    asked: Asked,
    workspace: str | None,
    make: Callable[[Repositories, Asked, date], Awaitable[list[Row]]],
) -> list[Row]:
    """The rows that `make` finds in the state that was asked for."""
    from storage.revisions import find_workspace
    from storage.store import Store

    async with open_database(settings) as database:
        async with database.read() as connection:
            here = (await find_workspace(connection, workspace)).id
        store = Store(database)
        async with store.read(here) if asked.as_of is None else store.read_as_of(here, asked.as_of) as repo:
            if repo.revision == 0:
                raise DataError(f"Nothing was known at the end of {asked.as_of}: the first import came later.")
            return await make(repo, asked, asked.on or asked.as_of or _today(settings, repo))


def _today(settings: Settings, repo: Repositories) -> date:
    from commands.kit.turf import local_date

    return local_date(settings.clock().now(), repo.settings.timezone)


async def _rows(repo: Repositories, asked: Asked, today: date) -> list[ReportRow]:
    from commands.kit.periods import parse_period
    from commands.targets.report import By
    from commands.targets.report import report as targets_report

    by = By.PERSON if asked.by is Grouping.REP else By(asked.by)
    period = parse_period(asked.period, today, repo.settings.fiscal_start)
    if asked.unanswered:
        from commands.targets.setting.unanswered import unanswered_report

        return await unanswered_report(
            repo, period=period, today=today, metric=asked.metric, until=asked.on, as_of=asked.as_of
        )
    return await targets_report(repo, period=period, by=by, today=today, metric=asked.metric, until=asked.on)


async def _told(repo: Repositories, asked: Asked, today: date) -> list[Key]:
    from commands.kit.periods import parse_period
    from commands.targets.setting.unanswered import told_in

    period = parse_period(asked.period, today, repo.settings.fiscal_start)
    return await told_in(repo, period=period, metric=asked.metric, as_of=asked.as_of)


async def _gaps(repo: Repositories, asked: Asked, today: date) -> list[GapRow]:
    from commands.territories.gaps import gaps

    return await gaps(repo, today, as_of=asked.as_of is not None)


async def _assignments(repo: Repositories, _: Asked, today: date) -> list[AssignmentRow]:
    from commands.territories.assignments import assignments_report

    return assignments_report(repo, today)


async def _balance(repo: Repositories, _: Asked, today: date) -> list[BalanceRow]:
    from commands.territories.balance import balance_report

    return await balance_report(repo, today)


def _of_one_day(name: str, asked: Asked, workspace: str | None, form: Format) -> None:
    from bot.cli import territory_tables

    settings = Settings.from_env()
    match name:
        case "gaps":
            _write_gaps(run(_read(settings, asked, workspace, _gaps)), form)
        case "assignments":
            held = run(_read(settings, asked, workspace, _assignments))
            _write_rows(held, territory_tables.ASSIGNMENTS, form, territory_tables.write_assignments)
        case _:
            loads = run(_read(settings, asked, workspace, _balance))
            _write_rows(loads, territory_tables.BALANCE, form, territory_tables.write_balance)


def _write_rows(
    rows: list[Row], columns: Sequence[str], form: Format, write_table: Callable[[Sequence[Row]], None]
) -> None:
    from bot.cli import tables

    match form:
        case Format.CSV:
            tables.write_csv(rows, columns)
        case Format.JSON:
            tables.write_json(rows)
        case Format.TABLE:
            write_table(rows)


def _write_gaps(rows: list[GapRow], form: Format) -> None:
    from bot.cli import gap_tables

    _write_rows(rows, gap_tables.COLUMNS, form, gap_tables.write_table)


def _write(rows: list[ReportRow], form: Format) -> None:
    from bot.cli import tables

    match form:
        case Format.CSV:
            tables.write_csv(rows)
        case Format.JSON:
            tables.write_json(rows)
        case Format.TABLE:
            tables.write_table(rows)
