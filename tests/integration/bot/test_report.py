"""`turf report` on the command line: every grouping in every format says the same."""

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.cli.main import main
from bot.cli.tables import COLUMNS
from tests.support.sample import NOW

Report: TypeAlias = Callable[..., str]
GROUPINGS = ("person", "rep", "territory", "team", "month")


@pytest.fixture
def report(
    sample_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Report:
    """What `turf report targets` prints about the sample company."""
    clock = tmp_path / "clock"
    clock.write_text(NOW.isoformat(), encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{sample_file}")
    monkeypatch.setenv("TURF_CLOCK_FILE", str(clock))
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")

    def run(*options: str, metric: str = "revenue") -> str:
        asked = ["--period", "2026Q4", *(["--metric", metric] if metric else [])]
        monkeypatch.setattr("sys.argv", ["turf", "report", "targets", *asked, *options])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert ended.value.code in (None, 0), printed.err
        return printed.out

    return run


def cells(row: dict[str, object]) -> list[str]:
    """A row of JSON as the CSV writes it; amounts and ratios by their value."""
    return [
        "" if value is None else str(value).lower() if isinstance(value, bool) else str(value) for value in row.values()
    ]


def same(one: str, other: str) -> bool:
    try:
        return abs(Decimal(one) - Decimal(other)) < Decimal("1e-9")
    except ArithmeticError:
        return one == other


@pytest.mark.parametrize("by", GROUPINGS)
def test_every_format_has_the_same_rows(report: Report, by: str) -> None:
    header, *rows = csv.reader(io.StringIO(report("--by", by, "--format", "csv")))
    assert tuple(header) == COLUMNS
    objects = json.loads(report("--by", by, "--format", "json"))
    assert [tuple(one) for one in objects] == [COLUMNS] * len(rows)
    assert all(
        same(*pair) for row, one in zip(rows, objects, strict=True) for pair in zip(row, cells(one), strict=True)
    )
    shown = table(report("--by", by))
    assert len(shown) == len(rows)
    for row, line in zip(rows, shown, strict=True):
        values = dict(zip(header, row, strict=True))
        assert values["name"] in line
        assert f"{Decimal(values['credited']):,.0f}" in line
        assert f"{Decimal(values['open']):,.0f}" in line


def table(printed: str) -> list[str]:
    """The rows of a table: what stands between its rule and the empty line after it."""
    lines = [line.strip() for line in printed.splitlines()]
    start = next(number for number, line in enumerate(lines) if line.startswith("──")) + 1
    return lines[start : lines.index("", start)]


@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_by_month_each_row_names_its_month_and_the_last_the_period(report: Report, form: str) -> None:
    printed = report("--by", "month", "--format", form)
    months = ["2026-10", "2026-11", "2026-12", "2026Q4"]
    if form == "csv":
        assert [row["period"] for row in csv.DictReader(io.StringIO(printed))] == months
    elif form == "json":
        assert [row["period"] for row in json.loads(printed)] == months
    else:
        assert printed.startswith("Targets, 2026Q4, in USD")
        assert [line.split()[0] for line in table(printed)] == months


@pytest.mark.parametrize("by", ["person", "territory", "team"])
def test_in_other_groupings_every_row_is_about_the_period(report: Report, by: str) -> None:
    periods = {row["period"] for row in csv.DictReader(io.StringIO(report("--by", by, "--format", "csv")))}
    assert periods == {"2026Q4"}


def test_the_table_says_where_leaves_add_up_to_another_target(report: Report) -> None:
    printed = report("--by", "territory")
    assert "Europe: the target is its own, while those below it add up to 5527076.26, 5.9 % more." in printed
    assert printed.rstrip().splitlines()[-1].startswith("Company: the target is what is asked for at the top, while")


def test_the_table_shows_overlay_where_there_is_any(report: Report) -> None:
    [seller] = [line for line in table(report("--by", "person")) if line.startswith("Yuki Tanaka")]
    assert seller.split()[2:5] == ["person", "0", "791,507"]
    assert "overlay" not in report("--by", "territory")


def test_each_metric_has_rows_and_a_table_of_its_own(report: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(report("--by", "territory", "--format", "csv", metric=""))))
    found = list(dict.fromkeys((row["metric"], row["currency"]) for row in rows))
    assert found == [("revenue", "USD"), ("new_customers", ""), ("meetings", "")]
    for metric, _ in found:
        *some, company = [row for row in rows if row["metric"] == metric]
        assert company["subject_kind"] == "company"
        leaves = [Decimal(row["credited"]) for row in some if row["is_leaf"] == "true"]
        assert sum(leaves) == Decimal(company["credited"])
    printed = report(metric="")
    assert [line.rstrip() for line in printed.splitlines() if line.startswith("Targets, ")] == [
        "Targets, 2026Q4, in USD",
        "Targets, 2026Q4, in new customers",
        "Targets, 2026Q4, in meetings",
    ]


def test_counts_are_exact_and_have_no_open_deals(report: Report) -> None:
    rows = csv.DictReader(io.StringIO(report("--by", "person", "--format", "csv", metric="new_customers")))
    [rep] = [row for row in rows if row["subject"] == "ana.silva"]
    assert (rep["credited"], rep["open"], rep["coverage"]) == ("1.7", "", "")
    assert "open" not in report(metric="meetings")


def test_on_a_day_that_is_gone_later_credit_is_the_future(report: Report) -> None:
    def credited(*options: str) -> Decimal:
        *_, company = csv.DictReader(io.StringIO(report("--format", "csv", *options)))
        return Decimal(company["credited"])

    october = next(csv.DictReader(io.StringIO(report("--by", "month", "--format", "csv"))))
    assert 0 < credited("--on", "2026-10-31") == Decimal(october["credited"]) < credited()


def test_nobody_was_told_of_anything_yet(report: Report) -> None:
    assert report("--unanswered") == "Nobody was told of a target in this period yet.\n"
    assert report("--unanswered", "--format", "csv").splitlines() == [",".join(COLUMNS)]
