"""What is in another currency needs a rate when it comes."""

from pathlib import Path

import pytest

from domain.errors import DataError
from storage.database import Database
from tests.support.imports import exported, refusals, rows, take, write


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
