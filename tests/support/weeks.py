"""A year of the sample company: each week deals are won, lost, moved, slipped, corrected, as its CRM exports would say it."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from storage.database import Database
from storage.importing.limits import Limit
from tests.support.imports import take, write
from tests.support.sample import NOW, TODAY

Row = dict[str, str]
REPS = ("ana.silva", "ben.whitaker", "carla.romano", "dev.kapoor", "pieter.claes", "jonas.weber")
PATCHES = ("new-england", "new-york", "mid-atlantic", "germany")


def last_months(files: Path) -> None:
    """Leave out what closed before the last quarter, and what is only about that."""
    with (files / "deals.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    kept = [row for row in rows if row["status"] == "open" or row["closed_on"] >= "2026-09-15"]
    keys = {row["deal"] for row in kept}
    write(files, "deals", *(row for row in kept if not row["reverses"] or row["reverses"] in keys))
    (files / "stages.csv").unlink()
    for kind in ("splits", "activities"):
        with (files / f"{kind}.csv").open(encoding="utf-8") as file:
            about = [row for row in csv.DictReader(file) if not row["deal"] or row["deal"] in keys]
        write(files, kind, *about)


@dataclass
class Year:
    """`deals` are the rows of the last export; of each week only those that changed are imported."""

    database: Database
    files: Path
    folder: Path
    seed: int = 1
    today: date = TODAY
    deals: dict[str, Row] = field(default_factory=dict)
    number: int = 0

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        with (self.files / "deals.csv").open(encoding="utf-8") as file:
            self.deals = {row["deal"]: row for row in csv.DictReader(file)}

    async def week(self) -> None:
        """Go on by a week and import what happened; now and then with corrections, other lines, holders and rates."""
        self.today += timedelta(days=7)
        self.number += 1
        folder, restate = self.folder / str(self.number), self.number % 4 == 0
        changed = {row["deal"]: row for row in self._changes()}
        full = self.number in (15, 40)
        if full:
            for key in self.dice.sample(sorted(self.deals), 25):
                gone = self.deals.pop(key)
                changed.pop(gone["deal"], None)
        self.deals |= changed
        write(folder, "deals", *(self.deals.values() if full else changed.values()))
        for kind, row in self._others():
            write(folder, kind, row)
        options = {"full": True, "max_removed": Limit(100)} if full else {}
        if full:
            # Whatever else is in the folder would be all that there is.
            for path in folder.glob("*.csv"):
                if path.stem != "deals":
                    path.unlink()
        now = NOW + (self.today - TODAY)
        report = await take(self.database, folder, now=now, restate=restate, **options)
        assert report.rolled_back is None, report

    async def take(self, rows: Iterator[Row], name: str) -> Collection[str]:
        """Import some deals of today's export; which."""
        changed = {row["deal"]: row for row in rows}
        self.deals |= changed
        path = write(self.folder / name, "deals", *changed.values())
        report = await take(self.database, path, now=NOW + (self.today - TODAY))
        assert report.rolled_back is None, report
        return changed.keys()

    def corrections(self) -> Iterator[Row]:
        """What was booked is booked otherwise; whose it is stays."""
        for row in self._recent(30):
            yield row | self.dice.choice(
                [
                    {"amount": str(self.dice.randrange(100, 9_999_999) / 100)},
                    {"closed_on": self._day(-100, 0)},
                    {"status": "open", "closed_on": "", "expected_close_on": self._day(1, 60)},
                    {"status": "lost"},
                ]
            )

    def news(self, but: Collection[str]) -> Iterator[Row]:
        """Open deals are won, lost, changed; a sold one comes back. Each deal has one cause, so some are left alone."""
        for row in self._of("open", 40):
            if row["deal"] in but:
                continue
            yield row | self.dice.choice(
                [
                    {"status": "won", "closed_on": self._day(-6, 0)},
                    {"status": "lost", "closed_on": self._day(-6, 0)},
                    {"expected_close_on": self._day(30, 200)},
                ]
            )
        yield from self._new()

    def _of(self, status: str, count: int) -> Iterator[Row]:
        rows = [row for row in self.deals.values() if row["status"] == status and not row["reverses"]]
        yield from (dict(row) for row in self.dice.sample(rows, min(count, len(rows))))

    def _recent(self, count: int) -> Iterator[Row]:
        since = (self.today - timedelta(days=80)).isoformat()
        rows = [row for row in self.deals.values() if row["status"] == "won" and row["closed_on"] >= since]
        yield from (dict(row) for row in self.dice.sample(rows, min(count, len(rows))))

    def _changes(self) -> Iterator[Row]:
        dice, day = self.dice, self._day
        for row in self._of("open", 45):
            yield row | dice.choice(
                [
                    {"status": "won", "closed_on": day(-6, 0)},
                    {"status": "won", "closed_on": day(-30, -8)},
                    {"status": "lost", "closed_on": day(-6, 0), "loss_reason": dice.choice(["price", "timing", ""])},
                    {"amount": str(dice.randrange(100, 9_999_999) / 100)},
                    {"expected_close_on": day(30, 200)},
                    {"expected_close_on": day(1, 40)},
                    {"expected_close_on": ""},
                    {"stage": dice.choice(["Discovery", "Proposal", "Negotiation"])},
                    {"owner": dice.choice(REPS)},
                    {"currency": dice.choice(["USD", "EUR"])},
                ]
            )
        for row in self._recent(8):
            yield row | dice.choice(
                [
                    {"amount": str(dice.randrange(100, 9_999_999) / 100)},
                    {"closed_on": day(-100, 0)},
                    {"owner": dice.choice(REPS)},
                    {"status": "open", "closed_on": "", "expected_close_on": day(1, 60)},
                    {"status": "lost"},
                ]
            )
        for row in self._of("lost", 2):
            yield row | {"status": "open", "closed_on": "", "loss_reason": "", "expected_close_on": day(1, 60)}
        yield from self._new()

    def _new(self) -> Iterator[Row]:
        dice, blank = self.dice, dict.fromkeys(next(iter(self.deals.values())), "")
        for number in range(20):
            yield blank | {
                "deal": f"W-{self.number}-{number}",
                "owner": dice.choice(REPS),
                "amount": str(dice.randrange(100, 9_999_999) / 100),
                "currency": dice.choice(["USD", "USD", "EUR"]),
                "status": "open",
                "stage": dice.choice(["Discovery", "Proposal", "Negotiation"]),
                "type": "new",
                "created_on": self._day(-6, 0),
                "expected_close_on": self._day(5, 120),
            }
        for sold in self._recent(1):
            if not sold["reverses"] and float(sold["amount"] or 0) > 0:
                back = {"deal": f"R-{self.number}", "type": "return", "reverses": sold["deal"]}
                yield (
                    blank
                    | back
                    | {
                        "amount": f"-{sold['amount']}",
                        "currency": sold["currency"],
                        "status": "won",
                        "closed_on": self._day(-20, 0),
                        "owner": sold["owner"],
                    }
                )

    def _others(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        dice = self.dice
        if self.number % 3 == 0:
            month = self.today.replace(day=1) - timedelta(days=dice.choice([0, 40]))
            yield "rates", {"currency": "EUR", "period": f"{month:%Y-%m}", "rate": f"{dice.uniform(1, 1.2):.4f}"}
        if self.number % 8 == 5:
            who, team = dice.choice([("jonas.weber", "europe-north"), ("ben.whitaker", "americas-west")])
            line = {"person": who, "manager": "marcus.chen", "team": team}
            yield "reporting", line | {"from": self._day(-30, 0)}
        if self.number % 6 == 2:
            yield (
                "assignments",
                {"territory": dice.choice(PATCHES), "person": dice.choice(REPS), "from": self._day(-9, 9)},
            )

    def _day(self, first: int, last: int) -> str:
        return (self.today + timedelta(days=self.dice.randint(first, last))).isoformat()
