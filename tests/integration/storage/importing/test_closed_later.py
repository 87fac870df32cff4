"""Deals that are closed on a day to come."""

from datetime import timedelta
from pathlib import Path

import pytest

from commands.imports.reconciliation import reconciliation
from storage.database import Database
from tests.integration.storage.importing.test_import import company, deal
from tests.support.imports import NOON, take

pytestmark = pytest.mark.slow_on_postgresql


async def test_what_is_closed_on_a_day_to_come_is_told_with_its_value(database: Database, tmp_path: Path) -> None:
    later = deal("D2", closed_on="2026-03-11", amount="1500.50"), deal("D3", closed_on="2026-04-01", status="lost")
    report = await take(database, company(tmp_path, deal("D1", closed_on="2026-03-10"), *later))
    assert report.reconciliation["later"] == {"deals": 2, "amounts": {"USD": "1500.50"}}
    said = [part.title for part in reconciliation(report).parts]
    assert any(one.startswith("Closed with a date after today: 2 deals, won 1,500.50 USD.") for one in said)
    report = await take(
        database, company(tmp_path, deal("D1", closed_on="2026-03-10"), *later), now=NOON + timedelta(days=30)
    )
    assert not any("after today" in part.title for part in reconciliation(report).parts)
