"""A walk through a territory at the page of the running product: its card, what is below it, its history, areas, and the map."""

from collections.abc import AsyncIterator

from playwright.async_api import expect

from bot.demo.company import MANAGER, OPS, PARTNER
from tests.support.hands import PATIENT, go_to, say
from tests.support.tour import Stop
from tests.support.walk import Walk, message


async def walk_of_a_territory(walk: Walk) -> AsyncIterator[Stop]:
    manager = await walk.at(MANAGER)
    await say(manager, "/territory")
    card = message(manager.page, "Below it: Great Lakes")
    await expect(card).to_contain_text("white space", timeout=PATIENT)
    yield Stop("area", manager.page, card)
    await manager.choose(card.get_by_role("combobox"), "New England")
    below = message(manager.page, "Held by: Ana Silva")
    await expect(below).to_contain_text("Health: nothing is wrong with it.", timeout=PATIENT)
    yield Stop("patch", manager.page, below)
    await manager.press(below.get_by_role("button", name="History"))
    history = message(manager.page, "Who held New England")
    await expect(history).to_contain_text("47 accounts pinned to it", timeout=PATIENT)
    yield Stop("history", manager.page, history)
    await manager.press(card.get_by_role("button", name="Map"))
    await expect(message(manager.page, "The map of Americas East is on its way")).to_be_visible(timeout=PATIENT)
    await go_to(manager, "Turf")
    drawn = await walk.until(message(manager.page, "The accounts of Americas East by size and owner"))
    yield Stop("map", manager.page, drawn)
    ops, partner = await walk.at(OPS), await walk.at(PARTNER)
    await say(ops, "/territory potential white space")
    areas = message(ops.page, "by white space")
    await expect(areas.get_by_role("table")).to_contain_text("London, public sector", timeout=PATIENT)
    yield Stop("areas", ops.page, areas)
    await say(partner, "/territory new england")
    names = message(partner.page, "Its figures are for those who hold it")
    await expect(names).to_be_visible(timeout=PATIENT)
    yield Stop("partner", partner.page, names)
