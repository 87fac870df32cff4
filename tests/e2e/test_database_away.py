"""The database is gone: the person still hears something useful within Slack's three seconds."""

import time
from pathlib import Path

import pytest

from bot.demo.company import REP
from tests.support.turf import Mode, running_turf

AWAY = "postgresql://turf@127.0.0.1:1/turf"
SLACK_SECONDS = 3


@pytest.mark.parametrize("mode", ["http", "socket"])
async def test_a_database_that_cannot_be_reached(tmp_path: Path, mode: Mode) -> None:
    async with running_turf(AWAY, tmp_path, mode) as turf:
        asked = time.monotonic()
        card = await turf.slack.as_(REP).types("/targets")
        assert time.monotonic() - asked < SLACK_SECONDS
        assert "Try again in a minute" in card.text
        assert "Reference" in card.words
        assert "$" not in card.words


async def test_it_answers_again_once_the_database_is_back(tmp_path: Path, sample_url: str) -> None:
    path = sample_url.removeprefix("sqlite:///")
    _move(path, f"{path}.away")
    async with running_turf(sample_url, tmp_path) as turf:
        assert "$" not in (await turf.slack.as_(REP).types("/targets")).words
        await turf.application.database.engine.dispose()
        _move(f"{path}.away", path)
        assert (await turf.slack.as_(REP).types("/targets")).text.startswith("Ana Silva: ")


def _move(source: str, target: str) -> None:
    Path(source).replace(target)
