"""`turf import deals` beside pandas.read_csv and a bulk insert of the same rows into the same tables, without any check."""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.data import files, imported, without_deals
from bench.rows import Row, peak_mb
from storage.tables import OPEN_REV

CHUNK = 100_000


def _insert(cursor: Any, table: str, frame: Any) -> None:
    """All rows of a frame by executemany, the fastest road that sqlite3 has."""
    marks = ", ".join("?" * len(frame.columns))
    statement = f"INSERT INTO {table} ({', '.join(frame.columns)}) VALUES ({marks})"
    for start in range(0, len(frame), CHUNK):
        part = frame.iloc[start : start + CHUNK]
        cursor.executemany(statement, part.astype(object).where(part.notna(), None).itertuples(index=False, name=None))


def _peer(path: str, deals: str) -> None:
    """Read, look the ids up, insert deals, versions and one credit for each won deal, as one transaction."""
    import sqlite3

    import pandas as pd

    connection = sqlite3.connect(path, isolation_level=None)
    cursor = connection.cursor()
    cursor.execute("BEGIN IMMEDIATE")
    frame = pd.read_csv(deals)
    ids = {
        name: dict(cursor.execute(f"SELECT key, id FROM {table}").fetchall())
        for name, table in (("owner", "people"), ("account", "accounts"))
    }
    frame.insert(0, "id", range(1, len(frame) + 1))
    frame["workspace_id"] = 1
    frame["amount"] = (frame["amount"] * 100).round()
    for name, known in ids.items():
        frame[f"{name}_id"] = frame[name].map(known)
    _insert(cursor, "deals", frame[["workspace_id", "id", "deal"]].rename(columns={"deal": "key"}))
    frame["rev_from"], frame["rev_to"] = 2, OPEN_REV
    frame["currency"] = frame["currency"].fillna("USD")
    columns = [column for column in VERSION if column in frame.columns]
    _insert(cursor, "deal_versions", frame[columns])
    closed = frame[frame["status"] != "open"].copy()
    _insert(cursor, "credits", _credits(closed))
    _insert(cursor, "open_shares", _open(frame[frame["status"] == "open"].copy()))
    cursor.execute("COMMIT")
    connection.close()


VERSION = [
    *("workspace_id", "rev_from", "rev_to", "id", "name", "owner_id", "account_id", "amount", "currency", "status"),
    *("stage", "type", "forecast_category", "created_on", "expected_close_on", "closed_on", "product", "source"),
    *("loss_reason",),
]


def _credits(frame: Any) -> Any:
    frame["deal_id"], frame["id"] = frame["id"], range(1, len(frame) + 1)
    frame["kind"] = frame["status"].map({"won": "revenue", "lost": "lost"})
    frame["rev"], frame["share"], frame["because"], frame["rate_e12"] = 2, 1_000_000, "owner", 10**12
    frame["person_id"], frame["on_day"], frame["base"] = (
        frame["owner_id"],
        frame["closed_on"],
        frame["amount"].fillna(0),
    )
    frame["amount"] = frame["base"]
    wanted = ("workspace_id", "id", "rev", "deal_id", "kind", "person_id", "owner_id", "on_day", "share", "amount")
    return frame[[*wanted, "currency", "base", "rate_e12", "because"]]


def _open(frame: Any) -> Any:
    frame["deal_id"], frame["part"], frame["person_id"], frame["share"] = frame["id"], 0, frame["owner_id"], 1_000_000
    wanted = ("workspace_id", "rev_from", "rev_to", "deal_id", "part", "person_id", "share", "amount", "currency")
    return frame[[*wanted, "expected_close_on", "stage", "forecast_category"]]


def _timed(what: str, path: str, source: str) -> dict[str, float]:
    """One import in this process: seconds and megabytes."""
    started = time.perf_counter()
    if what == "peer":
        _peer(path, source)
    else:
        report = asyncio.run(imported(f"sqlite:///{path}", Path(source)))
        assert report.rolled_back is None, report.rolled_back
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "mb": peak_mb()}


def _in_process(what: str, path: Path, source: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.imports", what, str(path), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def _prepared(folder: Path, name: str, small: Path) -> Path:
    path = folder / name
    asyncio.run(imported(f"sqlite:///{path}", small))
    return path


def run(folder: Path, deals: int) -> list[Row]:
    """First load, and the same file again, each in a process of its own, ours and the peer's in turn."""
    source = files(folder, deals)
    small = without_deals(source, folder / f"small-{deals}")
    ours, theirs = (_prepared(folder, f"{name}.db", small) for name in ("import-ours", "import-peer"))
    file = source / "deals.csv"
    first, peer = _in_process("turf", ours, file), _in_process("peer", theirs, file)
    again = _in_process("turf", ours, file)
    what = f"turf import deals, {deals:,} rows"
    return [
        _row(what, first["seconds"], peer["seconds"], 1.5),
        _row(f"{what}, the same file again", again["seconds"], peer["seconds"], 0.7),
        Row(f"{what}, memory (budget 300 MB)", f"{first['mb']:.0f} MB", f"{peer['mb']:.0f} MB", first["mb"] / 300, 1.0),
    ]


def _row(what: str, ours: float, peer: float, budget: float) -> Row:
    return Row(what, f"{ours:,.1f} s", f"{peer:,.1f} s", ours / peer, budget)


if __name__ == "__main__":
    print(json.dumps(_timed(*sys.argv[1:])))
