"""/targets as a rep and as a manager: the card, the table, other periods, and Why? down to the last cent."""

import re
from decimal import Decimal
from typing import Any

import pytest

from bot.demo.company import LEADER, MANAGER, OPS, REP
from tests.support.slack import Card, SlackClient, View
from tests.support.turf import found

pytestmark = pytest.mark.asyncio(loop_scope="module")

AMOUNT = re.compile(r"\*(-?\$[\d,]+\.\d\d)\*")


def money(text: str) -> Decimal:
    """An exact amount as a card writes it."""
    return Decimal(text.replace("$", "").replace(",", ""))


def short(text: str) -> Decimal:
    """A rounded amount: $1.46M, $62k, $850."""
    number = text.strip().replace("$", "").replace(",", "")
    factor = {"M": 1_000_000, "k": 1_000}.get(number[-1], 1)
    return Decimal(number.rstrip("Mk")) * factor


def lines(view: View) -> list[Decimal]:
    """The amounts of a page's lines: each starts with one in bold, unless it has none."""
    texts = [block["text"]["text"] for block in found(view.blocks, "section") if block.get("block_id") != "summary"]
    amounts = [AMOUNT.match(text) for text in texts if not text.startswith("*no amount*")]
    return [money(amount[1]) for amount in amounts]  # type: ignore[index]


async def whole_sum(view: View, further: str) -> tuple[Decimal, int]:
    """The lines of all pages added up, and how many pages there were."""
    total, pages = sum(lines(view), Decimal(0)), 1
    while further in view.buttons:
        view = await view.press(further)
        total, pages = total + sum(lines(view)), pages + 1
    return total, pages


def summary(view: View) -> dict[str, Decimal]:
    """Credited, target and open at the top of Why?."""
    said = re.findall(r"(Credited|target|Open) (-?\$[\d,.]+\d)", view.words)
    return {name.lower(): money(amount) for name, amount in said}


async def test_a_rep_s_card(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/targets")
    assert card.ephemeral
    assert re.match(r"Ana Silva: \d+\xa0% behind pace \(\$\d+k\) for Q4 2026\.$", card.text)
    for words in (
        "*Where it stands:*",
        "*To go:*",
        "*Forecast:*",
        "Target: that of New England.",
        "CRM data as of Nov 23",
    ):
        assert words in card.words
    assert "Why?" in card.buttons
    assert found(card.blocks, "data_visualization")
    assert card.rows == []


async def test_nobody_else_sees_the_card(slack: SlackClient) -> None:
    await slack.as_(REP).types("/targets")
    assert await slack.as_(MANAGER).messages() == []


async def test_a_manager_s_table_has_the_worst_pace_first(slack: SlackClient) -> None:
    card = await slack.as_(MANAGER).types("/targets")
    assert card.text.startswith("Marcus Chen and team: ")
    assert card.rows[0] == ["Who", "Pace", "Credited", "Target"]
    pace = [row[1]["value"] for row in _table(card)["rows"][1:] if row[1]["type"] == "raw_number"]
    assert pace == sorted(pace)
    assert pace[0] < 0 < pace[-1]


async def test_a_manager_s_total_is_the_sum_of_the_rows(slack: SlackClient) -> None:
    card = await slack.as_(MANAGER).types("/targets")
    rows = [short(row[2]) for row in card.table]
    said = re.search(r"Total of the (\d+) rows: (\S+) credited", card.words)
    assert said
    assert int(said[1]) == len(rows)
    # What is shown is rounded: by half a thousand a row, half a hundredth of a million in the total.
    assert abs(sum(rows) - short(said[2])) <= 500 * len(rows) + 5_000


async def test_a_leader_sees_what_overlay_sellers_attain_by(slack: SlackClient) -> None:
    card = await slack.as_(LEADER).types("/targets")
    assert [row[2] for row in card.table if row[0] == "Yuki Tanaka"] == ["$0 + $792k overlay"]
    assert "overlay counts for its sellers alone" in card.words


async def test_a_row_of_a_table_leads_to_its_card_below_it(slack: SlackClient) -> None:
    table = await slack.as_(MANAGER).types("/targets last quarter")
    assert [option["text"]["text"] for option in _menu(table, "targets.open")["options"]] == [
        row[0] for row in table.table if row[0] not in ("Marcus Chen", "Moved elsewhere")
    ]
    card = await table.select("targets.open", "Ana Silva")
    assert card.text.startswith("Ana Silva: Q3 2026 ended")
    assert card.ephemeral
    assert card.ts != table.ts
    company = await slack.as_(LEADER).types("/targets all")
    assert (await company.select("targets.open", "Europe")).text.startswith("Europe: ")


async def test_sums_say_which_target_they_are_measured_against(slack: SlackClient) -> None:
    assert (await slack.as_(REP).types("/targets")).text.endswith(" for Q4 2026.")
    assert (await slack.as_(MANAGER).types("/targets")).text.endswith("; target: everyone's together.")
    for typed, basis in (
        ("team americas east", "the team's own"),
        ("team europe south", "its members' together"),
        ("territory americas east", "the territory's own"),
        ("all", "as set at the top"),
    ):
        assert (await slack.as_(LEADER).types(f"/targets {typed}")).text.endswith(f"; target: {basis}.")
    # A total's target tells nothing of what it is made of.
    assert "target: " not in (await slack.as_(REP).types("/targets my team")).text


async def test_without_figures_of_their_own_operations_get_the_way_to_everyone_s(slack: SlackClient) -> None:
    card = await slack.as_(OPS).types("/targets last quarter")
    assert "nothing credited in Q3 2026 yet" in card.text
    assert not found(card.blocks, "data_visualization")
    assert (await card.press("Everyone's targets")).text.startswith("Company: Q3 2026")
    assert "Everyone's targets" not in (await slack.as_(REP).types("/targets Q1 2031")).buttons


def _menu(card: Card, action: str) -> Any:
    [menu] = [one for block in card.blocks for one in block.get("elements", []) if one.get("action_id") == action]
    return menu


def _table(card: Card) -> Any:
    [table] = found(card.blocks, "data_table")
    return table


@pytest.mark.parametrize("who", [REP, MANAGER, LEADER])
async def test_why_sums_to_the_card_exactly(slack: SlackClient, who: str) -> None:
    card = await slack.as_(who).types("/targets all" if who == LEADER else "/targets")
    why = await card.press("Why?")
    said = summary(why)
    credited, pages = await whole_sum(why, "Older")
    assert credited == said["credited"]
    assert pages > 1 or who == REP
    top = (await slack.as_(who).views())[-1]
    target, _ = await whole_sum(await top.select("parts", "Target, piece by piece"), "More")
    assert target == said["target"]


@pytest.mark.parametrize(("who", "typed", "mark"), [(OPS, "/targets pieter claes", "€"), (MANAGER, "/targets", "$")])
async def test_open_deals_sum_to_what_is_open_in_the_card_s_currency(
    slack: SlackClient, who: str, typed: str, mark: str
) -> None:
    why = await (await slack.as_(who).types(typed)).press("Why?")
    view = await why.select("parts", "Open deals")
    total = summary(view)["open"]
    assert mark in view.words
    summed, pages = await whole_sum(view, "More")
    assert summed == total > 0
    assert pages > 1 or who == OPS


async def test_why_pages_there_and_back(slack: SlackClient) -> None:
    why = await (await slack.as_(MANAGER).types("/targets")).press("Why?")
    assert "Page 1 of" in why.words
    assert "Newer" not in why.buttons
    second = await why.press("Older")
    assert "Page 2 of" in second.words
    assert (await second.press("Newer")).words == why.words


async def test_why_says_how_each_figure_is_computed(slack: SlackClient) -> None:
    why = await (await slack.as_(REP).types("/targets")).press("Why?")
    figures = await why.select("parts", "How each figure is computed")
    for label in ("Credited", "Attainment", "Pace", "Required per day"):
        assert label in figures.words


async def test_another_period_replaces_the_card(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/targets")
    other = await card.select("targets.period", "Q3 2026")
    assert other.ts == card.ts
    assert "Q3 2026 ended at" in other.text
    back = await other.select("targets.period", "Q4 2026")
    assert back.text == card.text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("/targets last quarter", "Ana Silva: Q3 2026 ended"),
        ("/targets 2026-10", "Ana Silva: Oct 2026 ended"),
        ("/targets FY2026", "FY2026"),
        ("/targets new england Q3", "New England: Q3 2026 ended"),
        ("/turf targets", "Ana Silva: "),
        ("/targets   Ana Silva  ", "Ana Silva: "),
    ],
)
async def test_who_and_when_in_any_words(slack: SlackClient, typed: str, shown: str) -> None:
    assert shown in (await slack.as_(REP).types(typed)).text


async def test_a_leader_sees_the_company_by_region(slack: SlackClient) -> None:
    card = await slack.as_(LEADER).types("/targets all")
    assert card.text.startswith("Company: ")
    assert {row[0] for row in card.table} == {"Americas", "Europe", "Asia Pacific", "No territory"}
    said = "$14.8M ($14.96M before ramp-up and absence), 3.2\u00a0% more than those at the top ask for."
    assert said in card.words


async def test_a_period_without_a_target_or_data_says_what_to_do(slack: SlackClient) -> None:
    card = await slack.as_(REP).types("/targets Q1 2031")
    assert card.text == "Ana Silva: nothing credited in Q1 2031 yet, and no target is set."
    assert "after the next import" in card.words
    assert "Why?" not in card.buttons


async def test_nothing_was_refused_by_slack(slack: SlackClient) -> None:
    before = len(await slack.refusals())
    for who in (REP, MANAGER):
        await (await slack.as_(who).types("/targets")).press("Why?")
    assert len(await slack.refusals()) == before


# The last one: the bot remembers for a while that newer blocks are refused.
async def test_the_same_card_without_the_newer_blocks(slack: SlackClient) -> None:
    card = await slack.as_(MANAGER).types("/targets")
    await slack.faults(newer_blocks=False)
    try:
        plain = await slack.as_(MANAGER).types("/targets")
    finally:
        await slack.faults(newer_blocks=True)
    assert plain.text == card.text
    assert not found(plain.blocks, "data_table")
    for row in card.table:
        assert row[0] in plain.words
    assert "Why?" in plain.buttons
