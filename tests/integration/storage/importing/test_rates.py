"""What is in another currency needs a rate when it comes."""

from pathlib import Path

import pytest

from commands.targets.report import By
from commands.targets.report import report as targets_report
from domain.errors import DataError
from domain.periods import parse_label
from storage.database import Database
from storage.store import Store
from tests.support.imports import NOON, exported, refusals, rows, take, write

pytestmark = pytest.mark.slow_on_postgresql


def target(period: str, currency: str = "EUR") -> dict[str, object]:
    return {"subject_kind": "person", "subject": "ana", "period": period, "amount": 100, "currency": currency}


def company(folder: Path, *targets: dict[str, object]) -> Path:
    write(folder, "people", {"person": "ana", "name": "Ana", "role": "rep"})
    write(folder, "rates", {"period": "2026-03", "currency": "EUR", "rate": "1.1"})
    write(folder, "targets", *targets)
    return folder


async def test_a_target_without_a_rate_is_refused_and_the_rest_stands(database: Database, tmp_path: Path) -> None:
    report = await take(database, company(tmp_path, target("2026-03"), target("2026Q1"), target("2025Q1", "USD")))
    assert refusals(report) == [("targets", 3, "currency", "EUR")]
    assert report.refusals[0].reason == "has no exchange rate for 2026-01 or an earlier month: import rates"
    assert [row["period"] for row in await rows(database, "targets")] == ["2025Q1", "2026-03"]


async def test_a_rate_that_a_target_needs_is_not_removed(database: Database, tmp_path: Path) -> None:
    await take(database, company(tmp_path, target("2026-03")))
    before = await exported(database, "rates")
    path = write(tmp_path / "2", "rates", {"period": "2026-04", "currency": "EUR", "rate": "1.2"})
    with pytest.raises(DataError, match="Targets for 2026-03 in EUR would have no exchange rate any more"):
        await take(database, path, full=True)
    assert await exported(database, "rates") == before


@pytest.mark.parametrize("kinds", [("people", "deals"), ("people", "deals", "rates")])
async def test_a_first_import_counts_in_the_currency_of_the_workspace_that_it_makes(
    database: Database, tmp_path: Path, kinds: tuple[str, ...]
) -> None:
    given = {
        "people": [{"person": "ana", "name": "Ana", "role": "rep"}],
        "deals": [
            {"deal": code, "owner": "ana", "amount": 100, "currency": code, "status": "won", "closed_on": "2026-03-01"}
            for code in ("EUR", "USD")
        ],
        "rates": [{"currency": "USD", "period": "2026-03", "rate": "0.9"}],
    }
    for kind in kinds:
        write(tmp_path, kind, *given[kind])
    report = await take(database, tmp_path, new_workspace={"currency": "EUR"})
    if "rates" not in kinds:
        assert refusals(report) == [("deals", 3, "currency", "USD")]
    async with Store(database).read(1) as repo:
        lines = await targets_report(repo, period=parse_label("2026-03", 1), by=By.PERSON, today=NOON.date())
    credited = {row.subject: (row.currency, row.credited) for row in lines if row.is_leaf}
    assert credited == {"ana": ("EUR", 190 if "rates" in kinds else 100)}


async def test_a_first_import_knows_its_fiscal_year(database: Database, tmp_path: Path) -> None:
    path = company(tmp_path, target("FY2026"), target("FY2027"))
    report = await take(database, path, new_workspace={"currency": "USD", "fiscal_start": 4})
    assert refusals(report) == [("targets", 2, "currency", "EUR")]
    assert report.refusals[0].reason == "has no exchange rate for 2025-04 or an earlier month: import rates"
