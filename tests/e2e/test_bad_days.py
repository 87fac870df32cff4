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


async def test_who_did_something_is_not_asked_to_do_it_again(tmp_path: Path, sample_url: str) -> None:
    async with running_turf(sample_url, tmp_path) as turf:
        card = await turf.slack.as_(REP).types("/targets")
        await turf.slack.fault("error", on="response_url", times=1)
        said = await card.press("Keep in my messages")
        assert said.text == "That is done, though Slack did not take my answer. There is no need to do it again."
        await turf.slack.fault("error", on="response_url", times=1)
        assert "Try again in a minute" in (await turf.slack.as_(REP).types("/targets")).text
