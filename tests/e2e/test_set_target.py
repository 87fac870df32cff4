"""/targets set, as a manager and as operations: the form, its preview, saving, and what can go wrong on the way."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, select, update

from bot.demo.company import AHEAD, LEADER, MANAGER, OPS, PARTNER, REP
from storage.drafts import DRAFTS
from storage.target_versions import TARGETS
from tests.support.rewriting import becomes
from tests.support.setting import filled, months, opened, saved
from tests.support.slack import SlackClient
from tests.support.turf import Turf

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow_on_postgresql]


async def test_who_may_not_is_told_in_a_sentence(slack: SlackClient) -> None:
    for who in (REP, PARTNER, LEADER):
        said = await opened(slack, who)
        assert "Targets are set by managers" in said.words
        assert said.data.get("submit") is None
    other = await opened(slack, MANAGER, "Jonas Weber")
    assert "You can set targets of the people who report to you" in other.words
    own = await opened(slack, MANAGER, "Marcus Chen")
    assert "This is outside of that" in own.words
    assert "not for the whole company" in (await opened(slack, OPS, "all")).words


async def test_the_menu_offers_only_what_is_theirs(slack: SlackClient) -> None:
    form = await opened(slack, MANAGER)
    offered = {option["text"]["text"] for option in await form.offered("subject", "")}
    assert {"Ana Silva (person)", "New England (territory)"} <= offered
    assert not offered & {"Marcus Chen (person)", "Jonas Weber (person)", "Company"}
    assert await form.offered("subject", "jonas") == []
    everyone = await opened(slack, OPS)
    assert [one["text"]["text"] for one in await everyone.offered("subject", "jonas")] == ["Jonas Weber (person)"]
    await form.search("subject", "new engl")
    form = await form.press("Show preview")
    assert form.words.startswith("*New England* has no target of its own for Q1 2027 yet.")


async def test_errors_stand_under_their_fields_and_what_was_typed_stays(slack: SlackClient) -> None:
    form = await opened(slack, MANAGER, "Ana Silva Q2 2027")
    for typed, says in {
        "1.200": "can be read as 1200 or as 1.2",
        "-5": "can't be negative",
        "0": "zero",
        "€5k": "€",
    }.items():
        form.fill("amount", typed)
        wrong = await form.submit()
        assert says in wrong.errors["amount"], wrong.errors
    form.fill("amount", "90k")
    assert "$90,000.00" in (await form.submit()).words


async def test_a_past_period_is_for_operations_with_a_warning(slack: SlackClient) -> None:
    form = await opened(slack, MANAGER, "Ana Silva Q2 2026")
    form.fill("amount", "5k")
    assert "This period has ended" in (await form.submit()).errors["period"]
    late = await filled(slack, OPS, "Ana Silva Q2 2026", "5k")
    assert "Q2 2026 has ended: saving restates its attainment." in late.words
    assert "its attainment is restated" in (await late.submit()).words


async def test_a_draft_counts_nowhere_and_is_seen_by_who_may_set_it(turf: Turf, slack: SlackClient) -> None:
    before = (await slack.as_(AHEAD).types("/targets Q3 2027")).words
    done = await saved(slack, MANAGER, "Carla Romano Q3 2027", "777k", state="draft")
    assert "*Draft saved:*" in done.words
    assert (await slack.as_(AHEAD).types("/targets Q3 2027")).words == before
    assert "777,000" not in (await slack.as_(AHEAD).types("/targets history Q3 2027")).words
    assert "$777,000.00 (draft)" in (await slack.as_(MANAGER).types("/targets history Carla Romano Q3 2027")).words
    again = await opened(slack, MANAGER, "Carla Romano Q3 2027")
    assert "has a draft, seen by managers and operations only" in again.words
    await saved(slack, MANAGER, "Carla Romano Q3 2027", "777k")
    back = await filled(slack, MANAGER, "Carla Romano Q3 2027", "700k", state="draft")
    assert "published already" in (await back.submit()).errors["state"]


async def test_two_at_once_the_second_sees_what_changed(turf: Turf, slack: SlackClient) -> None:
    first, second = [
        await filled(slack, who, "Ana Silva Q4 2027", amount) for who, amount in ((MANAGER, "2M"), (OPS, "3M"))
    ]
    await first.submit()
    asked = await second.submit()
    assert "*Not saved yet: Marcus Chen changed this target meanwhile.*" in asked.words
    assert "Set to $2,000,000.00, Nov 23, 09:30." in asked.words
    assert "You were about to set $3,000,000.00." in asked.words
    assert "*Published:*" in (await asked.submit()).words
    rows = await versions(turf, "2027Q4")
    assert rows == [200_000_000, 300_000_000]


async def versions(turf: Turf, period: str) -> list[int]:
    query = select(TARGETS.c.amount).where(TARGETS.c.period == period, TARGETS.c.subject_kind == "person")
    async with turf.application.database.read() as connection:
        return list((await connection.execute(query.order_by(TARGETS.c.rev_from))).scalars())


async def test_the_same_again_is_nothing_new(turf: Turf, slack: SlackClient) -> None:
    await saved(slack, OPS, "Ana Silva 2027-05", "50k")
    again = await filled(slack, OPS, "Ana Silva 2027-05", "50k")
    assert (await again.submit()).errors["amount"] == "That is what is set already."
    assert len(await versions(turf, "2027-05")) == 1


async def test_a_currency_without_a_rate_is_refused_under_its_field(slack: SlackClient) -> None:
    form = await filled(slack, OPS, "Ana Silva 2019-05", "50k", currency="EUR")
    assert "There is no exchange rate for EUR" in form.words
    wrong = await form.submit()
    assert "Or set it in USD." in wrong.errors["currency"]


async def test_what_is_above_and_below_is_compared(slack: SlackClient) -> None:
    form = await filled(slack, MANAGER, "Carla Romano Q4 2026", "500k")
    assert re.search(
        r"It takes the place of what their territories ask for: \$[\d,.]+, [\d.]+\xa0% (more|less) than this\.",
        form.words,
    )
    form = await filled(slack, OPS, "New York Q4 2026", "500k")
    assert re.search(r"asks for \$[\d,.]+; all below it add up to \$[\d,.]+ with this", form.words)
    assert "Carla Romano is told by direct message" in form.words


async def test_a_seasonal_profile_and_counts(slack: SlackClient) -> None:
    form = await filled(slack, OPS, "New England FY2028", "1.2M", profile="enterprise")
    assert sum(months(form)) == 1_200_000
    assert len(set(months(form))) > 3
    counted = await filled(slack, OPS, "New England Q1 2028", "25", metric="meetings")
    assert "25 meetings" in counted.words
    assert re.search(r"A year before \(Q1 2027\): \d+ meetings credited", counted.words)
    assert "$" not in next(block for block in counted.blocks if block["block_id"] == "preview")["text"]["text"]


async def test_who_loses_the_role_meanwhile_saves_nothing(turf: Turf, slack: SlackClient) -> None:
    form = await filled(slack, MANAGER, "Ana Silva Q1 2029", "1M")
    await becomes(turf.application.database, MANAGER, "rep")
    try:
        turf.application.store._kept.clear()
        wrong = await form.submit()
        assert "Targets are set by managers" in wrong.errors["subject"]
        assert await versions(turf, "2029Q1") == []
    finally:
        await becomes(turf.application.database, MANAGER, "manager")
        turf.application.store._kept.clear()


async def test_a_form_older_than_its_draft_saves_nothing(turf: Turf, slack: SlackClient) -> None:
    form = await filled(slack, MANAGER, "Ana Silva Q2 2029", "1M")
    async with turf.application.database.write() as connection:
        await connection.execute(update(DRAFTS).values(version=DRAFTS.c.version + 1))
    assert "The preview is older than what you chose" in str((await form.submit()).errors)
    async with turf.application.database.write() as connection:
        await connection.execute(delete(DRAFTS))
    assert "This form is no longer there" in str((await form.submit()).errors)
    assert await versions(turf, "2029Q2") == []


async def test_operations_let_imports_change_again_what_was_set_here(turf: Turf, slack: SlackClient) -> None:
    await saved(slack, OPS, "Carla Romano Q2 2028", "900k")
    page = await slack.as_(OPS).types("/targets history Carla Romano Q2 2028")
    assert "Set in Turf: imports do not change it." in page.words
    after = await page.press("Follow imports again")
    assert "$900,000.00" in after.words
    assert "imports do not change it" not in after.words
    assert after.buttons == []
    theirs = await slack.as_(MANAGER).types("/targets history Ana Silva Q4 2027")
    assert "Follow imports again" not in theirs.buttons
