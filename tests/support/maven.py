"""The real export, read with nothing but csv and Decimal: the figures that Turf's own are compared with."""

import csv
import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from random import Random

import pytest

Row = dict[str, str]

FOLDER = "TURF_MAVEN_DIR"
DEALS, ACCOUNTS, TEAMS = "sales_pipeline.csv", "accounts.csv", "sales_teams.csv"


def export_folder() -> Path:
    """The folder of the export; where none is said the test is skipped, loudly, and a wrong one fails it."""
    if not os.environ.get(FOLDER):
        pytest.skip(f"The Maven export is missing: set {FOLDER} to the folder of its files")
    folder = Path(os.environ[FOLDER])
    lacking = [name for name in (DEALS, ACCOUNTS, TEAMS) if not (folder / name).is_file()]
    if lacking:
        pytest.fail(f"{FOLDER} is {folder}, and that has no {' and no '.join(lacking)}", pytrace=False)
    return folder


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@dataclass(frozen=True)
class Export:
    """The files of a folder."""

    folder: Path

    @cached_property
    def deals(self) -> list[Row]:
        return read(self.folder / DEALS)

    @cached_property
    def accounts(self) -> list[Row]:
        return read(self.folder / ACCOUNTS)

    @cached_property
    def agents(self) -> dict[str, Row]:
        """An agent's manager and region by name."""
        return {row["sales_agent"]: row for row in read(self.folder / TEAMS)}

    @cached_property
    def closing(self) -> list[str]:
        """Every month, quarter and year in which a deal was closed."""
        days = {row["close_date"] for row in self.deals if row["close_date"]}
        return sorted({label for day in days for label in (day[:7], quarter_of(day), f"FY{day[:4]}")})

    @property
    def quarters(self) -> list[str]:
        return [label for label in self.closing if "Q" in label]

    def with_stage(self, *stages: str) -> list[Row]:
        return [row for row in self.deals if row["deal_stage"] in stages]

    def won(self, period: str) -> list[Row]:
        """The deals that were won in a month, a quarter or a year."""
        return [row for row in self.with_stage("Won") if within(row["close_date"], period)]

    def won_by(self, whose: Callable[[Row], str], period: str) -> dict[str, Decimal]:
        """What was won in a period by whoever `whose` says, those without anything left out."""
        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in self.won(period):
            sums[whose(row)] += Decimal(row["close_value"])
        return {name: amount for name, amount in sums.items() if amount}

    def manager(self, deal: Row) -> str:
        return self.agents[deal["sales_agent"]]["manager"]

    def region(self, deal: Row) -> str:
        return self.agents[deal["sales_agent"]]["regional_office"]

    def shuffled(self, folder: Path, seed: int) -> "Export":
        """The same files with the rows of each in another order."""
        rng = Random(seed)
        return self._changed(folder, lambda _, rows: rng.sample(rows, len(rows)))

    def without(self, folder: Path, deals: Iterable[Row]) -> "Export":
        """The same files without some deals."""
        gone = {row["opportunity_id"] for row in deals}
        return self._changed(folder, lambda name, rows: _left(rows, gone) if name == DEALS else rows)

    def _changed(self, folder: Path, change: Callable[[str, list[Row]], list[Row]]) -> "Export":
        folder.mkdir()
        for path in sorted(self.folder.glob("*.csv")):
            write(folder / path.name, change(path.name, read(path)))
        return Export(folder)


def _left(rows: list[Row], gone: set[str]) -> list[Row]:
    return [row for row in rows if row["opportunity_id"] not in gone]


def amount(deals: Iterable[Row]) -> Decimal:
    """What deals are worth together."""
    return sum((Decimal(row["close_value"] or 0) for row in deals), Decimal())


def quarter_of(day: str) -> str:
    return f"{day[:4]}Q{(int(day[5:7]) + 2) // 3}"


def within(day: str, period: str) -> bool:
    """Whether an ISO date lies in `2017-03`, `2017Q1` or `FY2017` of calendar years."""
    return period in (day[:7], quarter_of(day), f"FY{day[:4]}")
