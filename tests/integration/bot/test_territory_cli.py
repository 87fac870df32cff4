"""`turf report assignments|balance` and `turf territory map` on the command line."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.cli.main import main
from tests.support.sample import NOW

Said: TypeAlias = Callable[..., tuple[int, str]]


@pytest.fixture
def turf(
    sample_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Said:
    """The exit code and what `turf ...` prints about the sample company."""
    clock = tmp_path / "clock"
    clock.write_text(NOW.isoformat(), encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{sample_file}")
    monkeypatch.setenv("TURF_CLOCK_FILE", str(clock))
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["turf", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out + printed.err

    return run


def rows(said: tuple[int, str]) -> list[dict[str, str]]:
    assert said[0] == 0, said[1]
    return list(csv.DictReader(io.StringIO(said[1])))


def test_who_held_what_on_a_day(turf: Said) -> None:
    def held(*more: str) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for row in rows(turf("report", "assignments", "--format", "csv", *more)):
            found.setdefault(row["territory"], []).append((row["person"], row["split_percent"]))
        return found

    now, before = held(), held("--on", "2026-05-01")
    assert now["new-england"] == [("ana.silva", "100")]
    assert "canada" not in now
    assert before["canada"] == [("frank.doyle", "100")]
    assert {share for _, share in now["great-lakes"]} == {"50"}
    code, said = turf("report", "assignments")
    assert code == 0
    assert "Great Lakes" in said


def test_balance_among_siblings(turf: Said) -> None:
    found = rows(turf("report", "balance", "--format", "csv"))
    east = [row for row in found if row["parent"] == "americas-east"]
    assert len(east) == 5
    for measure in ("potential", "revenue", "workload"):
        assert abs(sum(float(row[f"{measure}_index"]) for row in east) - 500) < 0.5
        for row in east:
            said = next((part for part in row["flagged"].split("; ") if part.startswith(measure)), "")
            index = float(row[f"{measure}_index"])
            assert said == ("" if 80 <= index <= 120 else f"{measure} {'high' if index > 120 else 'low'}")
    assert any(row["flagged"] for row in east)
    code, said = turf("report", "balance", "--format", "json")
    assert code == 0
    assert len(json.loads(said)) == len(found)
    assert "beyond +-20" in turf("report", "balance")[1]


def test_a_report_of_one_day_takes_no_period(turf: Said) -> None:
    code, said = turf("report", "balance", "--period", "last quarter")
    assert (code, said) == (2, "`turf report balance` is about one day: it takes --on, --as-of and --format.\n")


def test_a_map_as_a_file(turf: Said, tmp_path: Path) -> None:
    file = tmp_path / "map.png"
    assert turf("territory", "map", "new eng", "-o", str(file)) == (0, f"The map of New England is in {file}.\n")
    assert file.read_bytes().startswith(b"\x89PNG")
    code, said = turf("territory", "map", "nwe england", "-o", str(tmp_path / "none.png"))
    assert code == 1
    assert "Did you mean New England?" in said
    assert not (tmp_path / "none.png").exists()
