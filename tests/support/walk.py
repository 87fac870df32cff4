"""A walk through all that is around targets, across roles, at the page of the running product; with stops to look around."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from bot.demo.company import LEADER, MANAGER, OPS, PARTNER, REP
from bot.demo.workspace import BOT_USER
from tests.support.hands import PATIENT, Hands, Keyboard, Mouse, go_to, say
from tests.support.tour import Stop
from tests.support.turf import Turf

REGION = "americas"
REASON = "New accounts in Boston"
CONCERN = "Half of my accounts moved to New York"
ROUNDS = 150


@dataclass
class Walk:
    """Whose hands do it at which size; each person has a page of their own.

    `files` are those that were downloaded, `complaints` what the pages complained about.
    """

    turf: Turf
    browser: Browser
    size: ViewportSize
    hands: type[Mouse | Keyboard]
    files: dict[str, bytes] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    async def at(self, who: str, path: str = "") -> Hands:
        page = await self.browser.new_page(viewport=self.size)
        page.set_default_timeout(PATIENT)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        await page.goto(f"{self.turf.slack.base_url}/?as={who}{path}")
        return self.hands(page)

    async def until(self, wanted: Locator) -> Locator:
        """Let time pass, until the worker has brought what is wanted."""
        assert self.turf.worker
        for _ in range(ROUNDS):
            if await wanted.count():
                break
            await self.turf.slack.advance(2)
            self.turf.worker.wake()
            await asyncio.sleep(0.1)
        await expect(wanted).to_be_visible(timeout=PATIENT)
        return wanted


def window(page: Page) -> Locator:
    return page.get_by_role("dialog")


def message(page: Page, words: str) -> Locator:
    """The newest message with these words."""
    return page.get_by_role("log", name="Messages").locator(".message", has_text=words).last


async def walk_of_a_target(walk: Walk) -> AsyncIterator[Stop]:
    """A manager sets a target; who carries it is told, has read it, and objects; the manager hears of that."""
    manager, rep = await walk.at(MANAGER), await walk.at(REP)
    async for stop in _set(manager):
        yield stop
    async for stop in _answer(walk, rep):
        yield stop
    await go_to(manager, "Turf")
    heard = await walk.until(message(manager.page, "raised a concern"))
    await expect(heard).to_contain_text(CONCERN)
    yield Stop("concern", manager.page, heard)
    await manager.press(heard.get_by_role("button", name="Change the target"))
    await expect(window(manager.page)).to_contain_text("has a target for Q1 2027: $400,000.00")
    await manager.leave()
    await expect(heard.get_by_role("button", name="Change the target")).to_be_focused()
    for page in (manager.page, rep.page):
        await page.close()


async def _set(manager: Hands) -> AsyncIterator[Stop]:
    page, form = manager.page, window(manager.page)
    await say(manager, "/targets set")
    await expect(form).to_contain_text("Choose whom the target is for")
    await manager.find(form.get_by_label("For whom"), "ana", "Ana Silva (person)")
    await expect(form).to_contain_text("has no target of their own for Q1 2027 yet")
    await manager.write(form.get_by_label("Amount"), "400k")
    await manager.press(form.get_by_role("button", name="Show preview"))
    await expect(form).to_contain_text("Ana Silva, Q1 2027: $400,000.00")
    await expect(form).to_contain_text("Ana Silva is told by direct message")
    await expect(form.get_by_label("Amount")).to_have_value("400k")
    yield Stop("set-target", page, form)
    await manager.write(form.get_by_label("Why"), REASON)
    await manager.press(form.get_by_role("button", name="Save"))
    await expect(form).to_contain_text("Published: Ana Silva, Q1 2027: $400,000.00")
    yield Stop("set-saved", page, form)
    await manager.leave()


async def _answer(walk: Walk, rep: Hands) -> AsyncIterator[Stop]:
    page = rep.page
    await go_to(rep, "Turf")
    told = await walk.until(message(page, "Your target for Q1 2027: $400,000.00"))
    await expect(told).to_contain_text(f"Why: {REASON}")
    yield Stop("target-told", page, told)
    await rep.press(told.get_by_role("button", name="I've read this"))
    await walk.until(told.get_by_text(re.compile("You have read this")))
    yield Stop("target-read", page, told)
    await rep.press(told.get_by_role("button", name="Raise a concern"))
    form = window(page)
    await rep.write(form.get_by_label("Your concern"), CONCERN)
    yield Stop("raise-concern", page, form)
    await rep.press(form.get_by_role("button", name="Send"))
    await expect(form).to_contain_text("Your manager has it by direct message")
    await rep.leave()
    await walk.until(told.get_by_text(re.compile("You raised a concern")))
    await expect(told.get_by_role("button")).to_have_count(1)  # to reply in a thread
    yield Stop("target-answered", page, told)


async def walk_of_a_card(walk: Walk) -> AsyncIterator[Stop]:
    """A manager takes a card elsewhere: into a channel, as files, into the own messages."""
    await walk.turf.slack.as_(MANAGER).joins(REGION, guest=BOT_USER)
    manager, rep = await walk.at(MANAGER), await walk.at(REP, f"&channel={REGION}")
    await say(manager, "/targets")
    card = message(manager.page, "Where it stands:")
    await expect(card).to_contain_text("Marcus Chen and team")
    yield Stop("team-card", manager.page, card)
    async for stop in _closing(manager, card):
        yield stop
    async for stop in _share(walk, manager, card, rep):
        yield stop
    async for stop in _export(walk, manager, card):
        yield stop
    await manager.more(card.get_by_label("More actions"), "Keep in my messages")
    await expect(message(manager.page, "The card is on its way to your messages")).to_be_visible()
    await go_to(manager, "Turf")
    kept = await walk.until(message(manager.page, "Kept for you on Nov 23"))
    await manager.press(kept.get_by_role("button", name="Why?"))
    await expect(window(manager.page)).to_contain_text("Credited")
    await manager.leave()
    yield Stop("kept", manager.page, kept)
    for page in (manager.page, rep.page):
        await page.close()


async def _closing(manager: Hands, card: Locator) -> AsyncIterator[Stop]:
    """What gets the team there, with one deal less."""
    form = window(manager.page)
    await manager.press(card.get_by_role("button", name="What gets me there"))
    await expect(form).to_contain_text("ticked ones are won")
    before = await form.locator("[data-block=sum]").inner_text()
    deal = form.get_by_role("checkbox").first
    await manager.tick(deal)
    await expect(form.locator("[data-block=sum]")).not_to_have_text(before)
    await expect(deal).to_be_focused()
    yield Stop("team-closing", manager.page, form)
    await manager.leave()


async def _share(walk: Walk, manager: Hands, card: Locator, rep: Hands) -> AsyncIterator[Stop]:
    form = window(manager.page)
    await manager.press(card.get_by_role("button", name="Share…"))
    where = form.get_by_label("Where")
    await expect(form).to_contain_text("I am not in that channel")
    await manager.choose(where, f"#{REGION}")
    await expect(form).to_contain_text("only a total is shared: that of Americas East")
    previewed = await _blocks(form)
    yield Stop("share", manager.page, form)
    await manager.press(form.get_by_role("button", name="Post it"))
    await expect(form).to_contain_text("On its way to")
    yield Stop("share-posted", manager.page, form)
    await manager.leave()
    posted = await walk.until(message(rep.page, "Americas East: "))
    assert await _blocks(posted) == previewed
    yield Stop("shared", rep.page, posted)


async def _blocks(surface: Locator) -> list[str]:
    """The words of what is posted, or previewed, block by block."""
    return [
        await surface.locator(f"[data-block={block}]").inner_text() for block in ("standing", "outlook", "notes", "about")
        if await surface.locator(f"[data-block={block}]").count()
    ]  # fmt: skip


async def _export(walk: Walk, manager: Hands, card: Locator) -> AsyncIterator[Stop]:
    form = window(manager.page)
    for name, kind in (("CSV", "csv"), ("Excel", "xlsx")):
        await manager.more(card.get_by_label("More actions"), "Export…")
        await expect(form).to_contain_text("Every row behind the card")
        await manager.choose(form.get_by_label("Format"), name)
        if kind == "xlsx":
            yield Stop("export", manager.page, form)
        await manager.press(form.get_by_role("button", name="Send me the file"))
        await expect(form).to_contain_text("The file is on its way")
        await manager.leave()
    await go_to(manager, "Turf")
    for kind in ("csv", "xlsx"):
        link = await walk.until(manager.page.get_by_role("link", name=re.compile(rf"Targets, Q4 2026\.{kind}")))
        async with manager.page.expect_download() as downloading:
            await manager.press(link)
        walk.files[kind] = await asyncio.to_thread((await (await downloading.value).path()).read_bytes)
    yield Stop("files", manager.page, message(manager.page, "The rows behind"))
    await go_to(manager, "general")


async def walk_of_operations(walk: Walk) -> AsyncIterator[Stop]:
    """Operations look how Turf is, change a setting, and give a role."""
    ops = await walk.at(OPS)
    page, form = ops.page, window(ops.page)
    await say(ops, "/turf status")
    status = message(page, "Last imports")
    await expect(status).to_contain_text("rows read")
    yield Stop("status", page, status)
    await say(ops, "/turf settings")
    await ops.write(form.get_by_label("Smallest group"), "5")
    yield Stop("settings", page, form)
    await ops.press(form.get_by_role("button", name="Save"))
    await expect(form).to_contain_text("Saved: smallest group")
    await ops.leave()
    await say(ops, "/turf roles")
    await ops.find(form.get_by_label("Who", exact=True), "ana", "Ana Silva")
    await ops.choose(form.get_by_label("Role", exact=True), "Manager: also those of everyone who reports to them")
    yield Stop("roles", page, form)
    await ops.press(form.get_by_role("button", name="Give the role"))
    await expect(form).to_contain_text("Ana Silva is a manager now")
    await ops.leave()
    await page.close()


async def walk_of_the_others(walk: Walk) -> AsyncIterator[Stop]:
    """What a leader, a partner and a guest see."""
    leader, partner = await walk.at(LEADER), await walk.at(PARTNER)
    await say(leader, "/targets all")
    card = message(leader.page, "Where it stands:")
    await expect(card.get_by_role("table").first).to_contain_text("Europe")
    yield Stop("leader", leader.page, card)
    await say(partner, "/targets New England")
    told = message(partner.page, "does not include sales figures")
    await expect(told).not_to_contain_text("$")
    yield Stop("partner", partner.page, told)
    await say(partner, "/turf help")
    await expect(message(partner.page, "What you can ask me")).to_be_visible()
    guest = await walk.at("gail.guest")
    await say(guest, "/targets")
    told = message(guest.page, "Only visible to you")
    await expect(told).to_contain_text("to full members of this workspace only")
    await expect(told).not_to_contain_text("$")
    yield Stop("guest", guest.page, told)
    for hands in (leader, partner, guest):
        await hands.page.close()


async def walk_of_territories(walk: Walk) -> AsyncIterator[Stop]:
    """Operations look at what is wrong with territories, why an account is in none, and who holds what."""
    ops = await walk.at(OPS)
    page = ops.page
    await say(ops, "/territory health")
    card = message(page, "what hurts most first")
    await expect(card).to_contain_text("Canada has no rep")
    yield Stop("health", page, card)
    await ops.press(card.get_by_role("button", name="Next"))
    await expect(message(page, "what hurts most first")).to_contain_text("page 2 of")
    await say(ops, "/territory health gap")
    gaps = message(page, "In no territory: 36")
    await expect(gaps).to_contain_text("page 1 of 5")
    yield Stop("gaps", page, gaps)
    await ops.press(gaps.get_by_role("button", name="Why?").first)
    why = message(page, "No pin and no rule takes it.")
    await expect(why).to_be_visible()
    yield Stop("gap", page, why)
    await say(ops, "/territory find A-01143")
    found = message(page, "its pin to Iberia, since Jul 1, 2026")
    await expect(found.get_by_role("button", name="Open Iberia")).to_be_visible()
    yield Stop("found", page, found)
    await say(ops, "/territory list")
    listed = message(page, "33 territories")
    await ops.press(listed.get_by_role("button", name="Next"))
    await expect(message(page, "33 territories")).to_contain_text("page 2 of 2")
    yield Stop("territories", page, message(page, "33 territories"))
    await page.close()
