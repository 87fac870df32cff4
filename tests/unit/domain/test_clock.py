"""The clock of a file: an instant that stands still, or time that goes on beside the machine's clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.clock import FileClock
from domain.errors import DataError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "clock"


@pytest.mark.parametrize("words", ["2026-03-02T09:00:00+00:00", "2026-03-02T10:00:00+01:00\n", "2026-03-02T09:00"])
def test_an_instant_stands_still(file: Path, words: str) -> None:
    file.write_text(words)
    assert FileClock(file).now() == datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [0.0, 86_400.5, -3_600.0])
def test_what_is_ahead_goes_on(file: Path, seconds: float) -> None:
    file.write_text(f"{seconds:+f}\n")
    clock = FileClock(file)
    earlier = datetime.now(UTC) + timedelta(seconds=seconds)
    first, second = clock.now(), clock.now()
    assert earlier <= first < second < earlier + timedelta(seconds=5)


@pytest.mark.parametrize("words", [None, "", "soon", "+", "+soon", "+nan", "-inf", "+1e300", "86400"])
def test_what_is_no_time_is_said(file: Path, words: str | None) -> None:
    if words is not None:
        file.write_text(words)
    with pytest.raises(DataError, match="holds neither"):
        FileClock(file).now()
