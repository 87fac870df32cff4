"""`turf doctor`."""

import typer

from bot.cli.running import run
from bot.doctor.examine import examine
from bot.doctor.finding import Finding, State
from bot.settings import Settings, SettingsError

app = typer.Typer()

STYLES = {State.OK: "green", State.WARN: "yellow", State.FAIL: "bold red"}


@app.command("doctor", epilog="Example: DATABASE_URL=sqlite:///turf.db turf doctor")
def doctor() -> None:
    """Check this installation: settings, database, data, Slack. Exit code 1 if something has to be put right."""
    findings = _findings()
    _show(findings)
    raise typer.Exit(1 if any(finding.state is State.FAIL for finding in findings) else 0)


def _findings() -> list[Finding]:
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        return [Finding("settings", State.FAIL, "a value is wrong", sentence) for sentence in error.sentences]
    return run(_collect(settings))


async def _collect(settings: Settings) -> list[Finding]:
    return [finding async for finding in examine(settings)]


def _show(findings: list[Finding]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("check", "", "found", "what to do", box=box.SIMPLE_HEAD)
    for finding in findings:
        state = Text(finding.state.value, style=STYLES[finding.state])
        table.add_row(finding.check, state, Text(finding.found), Text(finding.remedy))
    Console(soft_wrap=False).print(table)
