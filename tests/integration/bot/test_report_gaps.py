"""`turf report gaps` on the command line."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.cli.gap_tables import COLUMNS
from bot.cli.main import main
from tests.support.sample import NOW

Report: TypeAlias = Callable[..., str]


@pytest.fixture
def said(
    sample_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Report:
    """What it prints about the sample company; with a refusal, the error."""
    clock = tmp_path / "clock"
    clock.write_text(NOW.isoformat(), encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{sample_file}")
    monkeypatch.setenv("TURF_CLOCK_FILE", str(clock))
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")

    def run(*options: str) -> str:
        monkeypatch.setattr("sys.argv", ["turf", "report", "gaps", *options])
        with pytest.raises(SystemExit):
            main()
        printed = capsys.readouterr()
        return printed.out or printed.err

    return run


def test_every_format_has_the_same_rows(said: Report) -> None:
    header, *rows = csv.reader(io.StringIO(said("--format", "csv")))
    assert tuple(header) == COLUMNS
    objects = json.loads(said("--format", "json"))
    assert [tuple(one) for one in objects] == [COLUMNS] * len(rows)
    assert [one["account"] or "" for one in objects] == [row[1] for row in rows]
    assert [float(row[header.index("open")]) for row in rows] == [one["open"] for one in objects]
    assert f"Territories: {len(rows)} findings" in said()


def test_a_day_to_come_and_one_that_is_over(said: Report) -> None:
    kinds = {day: said("--format", "csv", "--on", day).count("\norphan") for day in ("2026-08-01", "2026-11-23")}
    assert kinds["2026-08-01"] < kinds["2026-11-23"]
    assert "Nothing was known" in said("--as-of", "2020-01-01")


@pytest.mark.parametrize(
    "option", [["--by", "team"], ["--period", "FY2026"], ["--unanswered"], ["--metric", "meetings"]]
)
def test_what_is_not_about_a_day_is_refused(said: Report, option: list[str]) -> None:
    assert "takes --on, --as-of and --format" in said(*option)
