"""/territory as those who hold one, their managers, and everybody else see it."""

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal

import aiohttp
import pytest

from bot.demo.company import LEADER, MANAGER, OPS, PARTNER, REP
from tests.support.delivering import deliver
from tests.support.sample import NOW
from tests.support.slack import Card, SlackClient
from tests.support.turf import Turf

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow_on_postgresql]


async def attached(turf: Turf, message: Card) -> bytes:
    """What is in the one file of a message."""
    [file] = message.data["files"]
    token = {"Authorization": f"Bearer {turf.keys.bot_token}"}
    async with aiohttp.ClientSession(headers=token) as session, session.get(file["url_private"]) as answer:
        return await answer.read()


async def test_a_rep_s_own_territory_with_its_figures(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/territory")
    assert card.ephemeral
    assert card.text == "New England: held by Ana Silva."
    assert "*New England* — in Americas › Americas East; team Americas East" in card.words
    assert re.search(
        r"\*Accounts:\* 47; \*potential\* \$[\d.]+M a year, \*bought\* \$[\d.]+M .*\*white space\* \$\d+k", card.words
    )
    assert re.search(r"\*Open pipeline that closes by Dec 31:\* \$\d+k in \d+ deals\.", card.words)
    assert "*Health:* nothing is wrong with it." in card.words
    assert "*Where it stands:*" in card.words
    assert card.buttons == ["Why?", "Map", "History"]


async def test_why_is_that_of_the_targets_card(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/territory")
    why = await card.press("Why?")
    assert "Credited $" in why.words


@pytest.mark.parametrize("who", [REP, PARTNER])
async def test_others_see_who_holds_it_and_where_it_is(slack: SlackClient, who: str) -> None:
    card = await slack.as_(who).types("/territory new york")
    assert card.text == "New York: held by Carla Romano."
    assert "in Americas › Americas East" in card.words
    assert "Its figures are for those who hold it and for their managers." in card.words
    assert card.buttons == ["History"]
    assert "$" not in card.words
    assert "Accounts" not in card.words


async def test_a_manager_sees_the_area_and_opens_what_is_below_it(slack: SlackClient) -> None:
    card = await slack.as_(MANAGER).types("/territory")
    assert card.text == "Americas East: 5 below it."
    assert re.search(r"\*Health:\* territories without a rep: 1, owner and holder differ: \d+ \(", card.words)
    below = await card.select("territory.open", "New England")
    assert below.text == "New England: held by Ana Silva."
    assert "$" in below.words
    assert "$" not in (await slack.as_(MANAGER).types("/territory europe")).words


async def test_who_sees_all_chooses_among_the_highest(slack: SlackClient) -> None:
    for who in (LEADER, OPS):
        card = await slack.as_(who).types("/territory")
        assert "*3 territories are yours.*" in card.words
        assert "$" in (await card.select("territory.open", "Europe")).words


async def test_a_name_that_is_nearly_right_is_offered(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/territory nwe england")
    assert card.text == "I don't know a territory 'nwe england'. Did you mean New England?"
    assert (await card.press("New England")).text == "New England: held by Ana Silva."
    several = await slack.as_(REP).types("/territory territory japan")
    assert several.buttons == ["Japan East", "Japan West"]
    assert "/territory list has all of them" in (await slack.as_(REP).types("/territory xyzzy")).text


async def test_who_holds_none_is_shown_the_way(slack: SlackClient) -> None:
    card = await slack.as_(PARTNER).types("/territory")
    assert card.text.startswith("You hold no territory today.")
    assert card.buttons == ["All territories"]


async def test_who_held_it_and_what_changed(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/territory")
    shown = await card.press("History")
    assert "• Ana Silva (always)" in shown.words
    assert "*Nov 23, 09:30*, by an import:" in shown.words
    assert "• holds it: Ana Silva" in shown.words
    assert "• 47 accounts pinned to it" in shown.words
    other = await slack.as_(PARTNER).types("/territory history canada")
    assert "• nobody (since Aug 23, 2026)\n• Frank Doyle (until Aug 22, 2026)" in other.words
    assert "pinned" not in (await slack.as_(PARTNER).types("/territory history new england")).words


async def test_accounts_as_a_file_in_one_s_own_messages(turf: Turf, slack: SlackClient) -> None:
    said = await slack.as_(REP).types("/territory export")
    assert said.text == "The accounts of New England are on their way to your messages with Turf."
    assert (await deliver(turf, NOW + timedelta(minutes=1)))[-1][1] == "sent"
    message = (await slack.as_(REP).messages("app"))[-1]
    assert message.text.startswith("47 accounts of New England ")
    rows = list(csv.DictReader(io.StringIO((await attached(turf, message)).decode())))
    assert len(rows) == 47
    assert rows[0].keys() >= {"account", "name", "territory", "potential", "bought_12_months", "white_space"}
    assert sum(Decimal(row["white_space"] or 0) for row in rows) > 0
    assert {row["territory"] for row in rows} == {"New England"}
    assert not [row for row in rows if row["name"].startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("who", [REP, PARTNER, MANAGER])
async def test_others_accounts_are_refused(slack: SlackClient, who: str) -> None:
    said = await slack.as_(who).types("/territory export germany")
    assert "on their way" not in said.text
    assert "Reference" in said.words


async def test_areas_of_one_s_own_territory_by_potential_and_by_white_space(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/territory potential")
    assert card.words.startswith("*10 areas, 47 accounts: $")
    assert card.rows[0] == ["Area", "Potential", "White space", "Accounts"]
    assert sum(int(row[3]) for row in card.table) == 47
    assert "Only unassigned" not in card.buttons
    other = await card.press("By white space")
    assert "by white space" in other.words
    assert sorted(other.table) == sorted(card.table)
    assert other.table != card.table
    one = await card.select("territory.areas:industry", "media")
    assert one.words.startswith("*1 area, 4 accounts: $")


async def test_who_sees_all_pages_through_areas_and_sees_what_nobody_has(slack: SlackClient) -> None:
    card = await slack.as_(OPS).types("/territory potential")
    assert "page 1 of 12" in card.words
    assert "36 accounts are in no territory, with $" in card.words
    more = await card.press("More areas")
    assert "page 2 of 12" in more.words
    assert more.buttons[-2:] == ["Areas before", "More areas"]
    lone = await card.press("Only unassigned")
    assert "36 accounts in no territory: $" in lone.words
    assert (await slack.as_(OPS).types("/territory potential unassigned")).words == lone.words


async def test_what_nobody_has_is_not_for_everyone(slack: SlackClient) -> None:
    for who in (REP, MANAGER, PARTNER):
        said = await slack.as_(who).types("/territory potential unassigned")
        assert "$" not in said.words
        assert "Reference" in said.words
    wrong = await slack.as_(REP).types("/territory potential of the moon")
    assert "I don't know how to rank areas by 'of the moon'." in wrong.text


async def test_a_map_comes_in_one_s_own_messages(turf: Turf, slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/territory")
    assert (await card.press("Map")).text == "The map of New England is on its way to your messages with Turf."
    assert (await deliver(turf, NOW + timedelta(minutes=1)))[-1][:2] == ("territory/map", "sent")
    message = (await slack.as_(REP).messages("app"))[-1]
    assert message.text.startswith("The accounts of New England by size and owner")
    assert (await attached(turf, message)).startswith(b"\x89PNG")


@pytest.mark.parametrize("who", [REP, PARTNER, MANAGER])
async def test_a_map_of_others_accounts_is_refused(slack: SlackClient, who: str) -> None:
    said = await slack.as_(who).types("/territory map germany")
    assert "on its way" not in said.text
    assert "Reference" in said.words
