"""A bad day at Slack: nothing is asked twice, and the person hears what happened."""

from pathlib import Path

from bot.demo.company import REP
from tests.support.turf import running_turf


async def test_a_window_whose_answer_was_lost_is_not_opened_again(tmp_path: Path, sample_url: str) -> None:
    async with running_turf(sample_url, tmp_path) as turf:
        card = await turf.slack.as_(REP).types("/targets")
        await turf.slack.fault("lost_answer", on="views.open", times=1)
        answer = await card.press("Why?")
        assert "Try again in a minute" in answer.text
        assert await turf.slack.refusals() == []
        why = await card.press("Why?")
        assert "Credited" in why.text
