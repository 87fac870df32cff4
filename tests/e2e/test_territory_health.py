"""/territory list, find and health through the real bot."""

import re

import pytest

from bot.demo.company import LEADER, MANAGER, OPS, PARTNER, REP
from tests.support.slack import SlackClient

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow_on_postgresql]


async def test_the_tree_with_who_holds_each(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/territory list")
    assert card.ephemeral
    assert card.text == "33 territories, 1 of them vacant."
    assert "\u2003\u2003• New England — Ana Silva\n" in card.words
    assert "\u2003\u2003• Canada — *vacant*" in card.words
    assert re.search(r"Rosa Medina 50\s%, Sam O'Connor 50\s%", card.words)
    assert "$" not in card.words
    more = await card.press("Next")
    assert "page 2 of 2\n*Europe*\n\u2003*Europe North*\n\u2003\u2003• Germany — Jonas Weber" in more.words
    assert "page 1 of 2" in (await more.press("Previous")).words
    assert (await card.select("territory.open", "New York")).text == "New York: held by Carla Romano."


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("new", ["*Americas*", "*Americas East*", "• New England — Ana Silva", "• New York — Carla Romano"]),
        ("vacant", ["*Americas*", "*Americas West*", "• Canada — *vacant*"]),
        ("jonas weber", ["*Europe*", "• Germany — Jonas Weber"]),
    ],
)
async def test_the_list_is_filtered_by_name_and_by_holder(slack: SlackClient, words: str, lines: list[str]) -> None:
    card = await slack.as_(PARTNER).types(f"/territory list {words}")
    for line in lines:
        assert line in card.words
    assert "Texas" not in card.words
    nothing = await slack.as_(PARTNER).types("/territory list zzz *x*")
    assert nothing.words == "No territory fits *zzz ∗x∗*. `/territory list` shows all 33."


async def test_where_an_account_is_and_why(slack: SlackClient) -> None:
    for who in (REP, PARTNER, MANAGER, LEADER):
        card = await slack.as_(who).types("/territory find A-01143")
        assert "*Held by:* Astrid Ricci." in card.words
        assert "*Why:* its pin to Iberia, since Jul 1, 2026." in card.words
    assert (await card.press("Open Iberia")).text == "Iberia: held by Astrid Ricci."
    unknown = await slack.as_(REP).types("/territory find rokcet bakery")
    assert (await unknown.press("🚀 Rocket Bakery 🥐")).text == "🚀 Rocket Bakery 🥐 is in South East."
    several = await slack.as_(REP).types("/territory find amber glass")
    assert len(several.buttons) == 2
    assert "/territory find ACCOUNT" in (await slack.as_(REP).types("/territory find")).words


async def test_what_is_wrong_kind_by_kind_and_page_by_page(slack: SlackClient) -> None:
    card = await slack.as_(OPS).types("/territory health")
    assert re.fullmatch(r"\d\d things about territories want a look\.", card.text)
    assert re.search(r"\*Canada\* has no rep — \d+ accounts, \$1\.\d+M open in \d+ deals\.", card.words)
    assert re.search(r"belongs to [\w ]+, but [\w ]+ to [\w' ]+ — \$\d+k open\.", card.words)
    gaps = await card.select("territory.health.kind", "In no territory (36)")
    assert gaps.words.startswith("*In no territory: 36*")
    assert "page 2 of 5" in (await gaps.press("Next")).words
    why = await gaps.press("Why?")
    assert "*No pin and no rule takes it.*" in why.words
    one = await slack.as_(OPS).types("/territory health orphans")
    assert one.words.startswith("*Territories without a rep: ")
    assert (await one.press("Open")).text == "Canada: held by nobody."


async def test_a_rep_sees_their_own_and_a_partner_no_amounts(slack: SlackClient) -> None:
    partner = await slack.as_(PARTNER).types("/territory health")
    assert "is in no territory" in partner.words
    assert "$" not in partner.words
    assert "belongs to" not in partner.words
    manager = await slack.as_(MANAGER).types("/territory health")
    assert "Canada" not in manager.words
    assert "$" in manager.words
    rep = await slack.as_(REP).types("/territory health")
    assert rep.words.startswith("*Nothing is wrong with territories today.*")


async def test_words_that_are_no_kind(slack: SlackClient) -> None:
    card = await slack.as_(OPS).types("/territory health nonsense")
    assert card.text.startswith("'nonsense' is no kind of finding. There are: gap, overlap, orphan")
