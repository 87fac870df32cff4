"""A card says so: no target, mid-period, leave, ramp, vacant, overlay, another currency, not begun, ended."""

import re

import pytest

from bot.demo.company import LEADER, NEW_HIRE, REP, STRATEGIC
from tests.support.slack import SlackClient

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow_on_postgresql]

MONEY = r"\$[\d.,]+[kM]?"


@pytest.mark.parametrize(
    ("who", "typed", "says"),
    [
        (REP, "/targets", r"Target: that of New England\."),
        (REP, "/targets 2026-12", r"Ana Silva: Dec 2026 has not begun; the target is " + MONEY),
        (REP, "/targets last quarter", r"Q3 2026 ended at \d+\.\d\xa0% of target, " + MONEY + " short"),
        (REP, "/targets last quarter", r"Preliminary: the period has ended but is not closed\."),
        (
            REP,
            "/targets Q1 2031",
            r"no target is set\.[\s\S]*after the next import\. A manager or operations can set a target",
        ),
        (REP, "/targets meetings FY2025", r"Meetings of this period will show up here after the next import"),
        (REP, "/targets new customers 2031", r"Accounts that become customers in this period will show up here"),
        (NEW_HIRE, "/targets", MONEY + r" less for the ramp-up of new hires \(full target " + MONEY + r"\)"),
        (LEADER, "/targets Nina Larsson", MONEY + r" less for absence \(full target " + MONEY + r"\)"),
        (LEADER, "/targets Walter Price", r"Held from Oct 1 to Oct 26: the target is that of these days\."),
        (LEADER, "/targets Imani Brooks", r"Held from Oct 27 to Dec 31: the target is that of these days\."),
        (LEADER, "/targets Canada", r"Nobody holds it: its target is nobody's until someone does\."),
        (LEADER, "/targets Yuki Tanaka", r"of which " + MONEY + r" overlay, of " + MONEY),
        (STRATEGIC, "/targets", r"Target: your own\."),
        (
            LEADER,
            "/targets Helen Zhao FY2026",
            r"South East is held too, but not added: a person's own target counts alone",
        ),
        (LEADER, "/targets Pieter Claes", r"Set as €\d+k \(" + MONEY + r"\), converted at the rate of each month"),
    ],
)
async def test_it_says_so(slack: SlackClient, who: str, typed: str, says: str) -> None:
    card = await slack.as_(who).types(typed)
    assert re.search(says, card.words), card.words


async def test_why_shows_the_rate_and_the_amount_as_it_was_set(slack: SlackClient) -> None:
    why = await (await slack.as_(LEADER).types("/targets Pieter Claes")).press("Why?")
    pieces = await why.select("parts", "Target, piece by piece")
    assert len(re.findall(r"\(€[\d,]+\.\d\d at 1\.\d+\)", pieces.words)) == 3


async def test_what_is_whole_is_not_talked_about(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/targets")
    for words in ("Held from", "Nobody holds it", "Set as", "ramp-up", "absence", "not added"):
        assert words not in card.words


async def test_who_holds_a_territory_held_it_in_a_past_period(slack: SlackClient) -> None:
    assert "Nobody" not in (await slack.as_(LEADER).types("/targets New York last quarter")).words
    vacant = await slack.as_(LEADER).types("/targets Canada last quarter")
    assert "Nobody held it from Aug 23 on: that target was nobody's.\nPreliminary" in vacant.words, vacant.words
