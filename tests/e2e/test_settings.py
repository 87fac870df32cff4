"""/turf settings: operations change what may be changed, and nobody's change is lost."""

import pytest

from bot.demo.company import LEADER, MANAGER, OPS, REP
from storage.audit import Occasion
from storage.revisions import set_settings
from storage.writing import write
from tests.support.company_of_two import NOW
from tests.support.slack import SlackClient
from tests.support.turf import Turf

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("who", [REP, MANAGER, LEADER])
async def test_only_operations_change_settings(slack: SlackClient, who: str) -> None:
    card = await slack.as_(who).types("/turf settings")
    assert "may not change settings" in card.text


async def test_what_is_wrong_stands_at_its_field(slack: SlackClient) -> None:
    modal = await slack.as_(OPS).opens("/turf settings")
    assert "Amounts are in USD" in modal.words
    modal.fill("Smallest group whose total may be shown", "one")
    modal.fill("Link to a deal in your CRM", "crm.example.com")
    modal.fill("Holidays", "Atlantis")
    again = await modal.submit()
    assert set(again.errors) == {"small_group", "crm_url"}
    again.fill("Smallest group whose total may be shown", "5")
    again.fill("Link to a deal in your CRM", "https://crm.example.com/{deal}")
    assert "no calendar 'Atlantis'" in (await again.submit()).errors["holidays"]
    await again.close()


async def test_a_change_holds_from_then_on_and_is_recorded(slack: SlackClient, turf: Turf) -> None:
    modal = await slack.as_(OPS).opens("/turf settings")
    url = f"https://crm{turf.slack.base_url[-5:]}.example.com/deals/{{deal}}"
    modal.fill("Link to a deal in your CRM", url)
    done = await modal.submit()
    assert done.text == "Saved: link to a deal. Cards follow from now on; `/turf status` tells how fresh the data is."
    async with turf.application.store.read(1) as repo:
        assert repo.settings.crm_url == url
    again = await slack.as_(OPS).opens("/turf settings")
    assert (await again.submit()).text == "Nothing was changed."


async def test_nobody_writes_over_somebody_else_s_change(slack: SlackClient, turf: Turf) -> None:
    modal = await slack.as_(OPS).opens("/turf settings")
    async with write(turf.application.store, 1, Occasion(None, "cli", NOW)) as repo:
        await set_settings(repo.connection, 1, await repo.revise("settings"), {"small_group": 6})
    modal.fill("Smallest group whose total may be shown", "7")
    assert "Somebody changed small_group meanwhile" in str((await modal.submit()).errors)
    async with turf.application.store.read(1) as repo:
        assert repo.settings.small_group == 6
