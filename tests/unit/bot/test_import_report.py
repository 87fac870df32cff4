"""What the command line says of an import: lists are of the first ones, counts are of all."""

import json
from io import StringIO

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
