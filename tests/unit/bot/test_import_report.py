"""What the command line says of an import: lists are of the first ones, counts are of all."""

import json
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from bot.cli.import_report import show
from commands.imports.reconciliation import COUNTS, Reconciliation, reconciliation
from commands.imports.reconciliation import SHOWN as PRINTED
from storage.importing.report import SHOWN as KEPT
from storage.importing.report import Refusal, Removal, Report


def printed(report: Report) -> list[str]:
    out = StringIO()
    show(report, Console(file=out, width=200, highlight=False))
    return out.getvalue().splitlines()


def a_report(removed: int, refused: int) -> Report:
    """What a report keeps of so many: the first ones by name, and how many there were of each kind."""
    report = Report("default")
    report.kind("deals").removed, report.kind("stages").removed = removed - 3, 3
    report.kind("deals").refused = refused
    report.removals = [Removal("deals", f"D-{number}", "1,000.00 USD") for number in range(min(removed, KEPT))]
    report.refusals = [
        Refusal("deals.csv", "deals", number, "amount", "x", "is not a number") for number in range(min(refused, KEPT))
    ]
    return report


@pytest.mark.parametrize("count", [3, PRINTED, PRINTED + 1, KEPT, KEPT + 1, 12_345])
def test_what_was_removed_or_refused_is_counted_whole(count: int) -> None:
    lines = printed(a_report(count, count))
    for title, first in (("Removed", "deals D-0 1,000.00 USD"), ("Refused", "deals.csv line 0, amount")):
        at = lines.index(f"{title}: {count:,}")
        assert lines[at + 1].startswith(f"  {first}")
        more = [f"  and {count - PRINTED:,} more"] if count > PRINTED else []
        assert [line for line in lines[at + 1 : at + 2 + min(count, PRINTED)] if "more" in line] == more


def test_what_is_kept_of_it_says_the_same() -> None:
    found = reconciliation(a_report(25, 3))
    kept = Reconciliation.from_json(json.loads(json.dumps(found.as_json())))
    assert list(kept.lines()) == list(found.lines())
    assert kept.as_text() == found.as_text()
    rows = found.as_text().splitlines()
    assert rows[0].split() == list(COUNTS)
    assert rows[1].split() == ["deals", "0", "0", "0", "0", "22", "0", "3"]
    assert "  and 5 more" in rows


@pytest.mark.parametrize("change", [{"dry_run": True}, {"rolled_back": "1 of 3 rows was refused."}])
def test_what_was_not_written_is_not_said_to_be_there(change: dict[str, Any]) -> None:
    report = replace(a_report(3, 1), **change)
    report.kind("deals").inserted = 2
    report.reconciliation = {
        "deals": 2,
        **{key: {"deals": 0, "amounts": {}, "stages": {}} for key in ("won", "lost", "open")},
        "without": {},
        "later": {"deals": 0, "amounts": {}},
        "people": {"reps": 1, "reps with deals": 1},
    }
    lines = printed(report)
    assert lines[0].split("  ")[-6:] == ["to insert", "to update", "unchanged", "to remove", "duplicates", "refused"]
    assert "Deals there would be after this import: 2" in lines
    assert "inserted" not in reconciliation(report).as_text()
