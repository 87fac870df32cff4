"""Whatever Slack brings five times, one after another or at once, to one process or to two, has one effect."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, time
from functools import partial
from itertools import count

import pytest
import pytest_asyncio
from sqlalchemy import update

from bot.app import register_features
from bot.demo.company import AHEAD, MANAGER, OPS, REP
from bot.demo.workspace import BOT_USER
from bot.jobs import Runner
from domain.requests.model import State
from storage import request_lists, requests
from storage.audit import Occasion
from storage.outbox import LANES, OUTBOX
from storage.requests import Request
from storage.writing import write
from tests.support.asking import opened as opened_request
from tests.support.deciding_hands import EAST, REGION, WEST, approves, asks_to_move, in_channel, last
from tests.support.digest_hands import NOW, about, form, subscribe, work
from tests.support.posting import deliver
from tests.support.repeating import TIMES, Scene, effects, sample_copy, scene
from tests.support.sample import NOW as SAMPLE_NOW
from tests.support.setting import direct, filled, opened, saved
from tests.support.slack import Card

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow_on_postgresql]
Act = Callable[[Scene], Awaitable[object]]
PRIVATE = "sales-managers"
ENDS = ("archive", "deleted", "left")


# How a person comes to do each thing that has an effect. Each is about a period or a person of its own.


async def told(at: Scene, period: str) -> Card:
    """The message with which a rep hears of a target."""
    await saved(at.slack, MANAGER, f"Ana Silva {period}", "1M")
    await deliver(at.turf)
    return (await direct(at.slack, REP))[-1]


async def reads(at: Scene) -> None:
    card = await told(at, "Q1 2029")
    [button] = [one for _, one in card._elements() if one["text"]["text"] == "I've read this"]
    click = {"block_id": "answer", "action_id": button["action_id"], "value": button["value"], "values": {}}
    await at.slack.post(f"/_client/{REP}/action", card._where() | click)


async def objects(at: Scene, period: str = "Q2 2029") -> None:
    box = await (await told(at, period)).press("Raise a concern")
    box.fill("concern", "Half of my accounts moved")
    await box.submit()


async def changes_what_was_objected_to(at: Scene) -> None:
    await objects(at, "Q3 2029")
    await deliver(at.turf)
    await (await direct(at.slack, MANAGER))[-1].press("Change the target")


async def saves_anyway(at: Scene) -> None:
    form = await filled(at.slack, MANAGER, "Ana Silva Q4 2029", "1M")
    await saved(at.slack, OPS, "Ana Silva Q4 2029", "2M")
    asked = await form.submit()
    assert asked is not None
    await asked.submit()  # type: ignore[union-attr]


async def presses(at: Scene, who: str, button: str) -> object:
    return await (await at.slack.as_(who).types("/targets")).press(button)


async def on_a_territory(at: Scene, button: str) -> object:
    return await (await at.slack.as_(OPS).types("/territory Canada")).press(button)


async def exports(at: Scene) -> None:
    await (await presses(at, MANAGER, "Export…")).submit()  # type: ignore[attr-defined]


async def shares(at: Scene) -> None:
    await at.slack.as_(MANAGER).joins(REGION, guest=BOT_USER)
    card = await at.slack.as_(MANAGER).types("/targets", channel=REGION)
    await (await card.press("Share…")).submit()


async def is_told_no_more(at: Scene) -> None:
    await presses(at, AHEAD, TELL)
    await presses(at, AHEAD, "Stop telling me when an import moves my number")


async def lets_imports(at: Scene) -> None:
    await saved(at.slack, OPS, "Carla Romano Q1 2029", "900k")
    page = await at.slack.as_(OPS).types("/targets history Carla Romano Q1 2029")
    await page.press("Follow imports again")


async def changes_settings(at: Scene) -> None:
    modal = await at.slack.as_(OPS).opens("/turf settings")
    modal.fill("Link to a deal in your CRM", "https://crm.example.com/again/{deal}")
    await modal.submit()


async def gives_a_role(at: Scene) -> None:
    modal = await at.slack.as_(OPS).opens("/turf roles")
    await modal.search("Who", "Jonas")
    modal.fill("Role", "Leader: all figures")
    await modal.submit()


async def types_here(at: Scene, typed: str, who: str = MANAGER) -> Card:
    """In the direct messages with the app, where `who` gets a digest."""
    await subscribe(at.slack, who, "app")
    return await at.slack.as_(who).types(typed, channel="app")


async def chooses_below_a_digest(at: Scene, who: str, choice: str) -> None:
    """One of `who`'s, who has had none today."""
    await types_here(at, "/digest send now", who)
    await work(at.turf, NOW)
    await deliver(at.turf)
    digest = [card for card in await direct(at.slack, who) if "Why?" in card.buttons][-1]
    await digest.press(choice)


async def mutes_one(at: Scene, button: str) -> None:
    await (await types_here(at, "/digest unmute forecast")).press("Leave out Forecast")
    if button != "Leave out Forecast":
        await (await types_here(at, "/digest mute")).press(button)


async def sends_from_the_list(at: Scene) -> None:
    await (await types_here(at, "/digest list")).press("Send now")


async def ends(at: Scene) -> None:
    await (await types_here(at, "/digest stop")).press("End digest")


async def imports(at: Scene) -> None:
    modal = await at.slack.as_(OPS).opens("/turf import")
    await modal.upload("Files", {"people.csv": b"person,name,role\nzoe,Zoe,rep\n"})
    await modal.submit()


async def loses(at: Scene, ends: str, channel: str = REGION) -> None:
    """A channel with a digest is no more, or the bot is taken out of it."""
    manager = at.slack.as_(MANAGER)
    await manager.joins(channel, guest=BOT_USER)
    await (await about(await form(at.slack, MANAGER, channel))).submit()
    if ends == "deleted":
        await at.slack.post("/_test/delete", {"channel": channel})
    else:
        await manager.says("/remove @turf" if ends == "left" else "/archive", channel=channel)
    await at.door.came()


TELL = "Tell me when an import moves my number"
_accounts = count(0)


async def hears(at: Scene) -> None:
    """Whatever waits is sent, however much was sent before, and for whichever day it was written."""
    await at.settle()
    async with at.turf.application.database.write() as connection:
        await connection.execute(update(OUTBOX).where(OUTBOX.c.state == "waiting").values(next_at=SAMPLE_NOW))
        await connection.execute(update(LANES).values(next_send_at=SAMPLE_NOW))
        await connection.execute(update(LANES).where(LANES.c.due_at.is_not(None)).values(due_at=SAMPLE_NOW))
    await deliver(at.turf)


async def is_asked(at: Scene) -> None:
    """Both managers, about an account of its own."""
    await hears(at)
    await at.slack.as_(EAST).joins(REGION, guest=BOT_USER)
    await asks_to_move(at.turf, count=1, first=next(_accounts))
    await hears(at)


async def says_no(at: Scene, button: str) -> None:
    await is_asked(at)
    box = await (await last(at.slack, EAST)).press(button)
    box.fill("said", "Not before the fair")
    await box.submit()


async def agrees(at: Scene) -> None:
    await is_asked(at)
    await approves(at.turf, EAST)


async def comes_back(at: Scene, button: str) -> None:
    await says_no(at, "Ask for changes…")
    await hears(at)
    await (await last(at.slack, OPS)).press(button)


async def is_decided(at: Scene) -> Request:
    await agrees(at)
    await hears(at)
    await approves(at.turf, WEST)
    await at.settle()
    async with at.turf.application.store.read(1) as repo:
        return (await request_lists.page(repo.connection, 1, request_lists.Wanted(), size=1)).requests[0]


async def tries_again(at: Scene) -> None:
    done = await is_decided(at)
    async with write(at.turf.application.store, 1, Occasion(None, "worker", SAMPLE_NOW)) as repo:
        await requests.transit(repo.connection, 1, done, State.FAILED, now=SAMPLE_NOW, failure="For this test.")
        ops = next(one.id for one in repo.company.people.values() if one.key == OPS)
        await repo.outbox.direct(ops, "requests/failed", {"request": done.id})
    await hears(at)
    await (await last(at.slack, OPS)).press("Try again")


async def gives_back(at: Scene) -> None:
    done = await is_decided(at)
    noon = datetime.combine(done.effective_on, time(12), UTC)
    await Runner(at.turf.application.store, register_features(), jitter=lambda: 0.0).run_once(noon)
    await hears(at)
    box = await (await in_channel(at.slack)).press("Reverse…")
    box.fill("said", "She asked for them")
    await box.submit()


async def asks_for(at: Scene, press: str = "", kind: str = "") -> None:
    form = await opened_request(at.slack, OPS, "new england")
    if press:
        await form.press(press)
    else:
        await form.select("kind", kind)


EFFECTS: dict[str, Act] = {
    "command /targets set": lambda at: opened(at.slack, MANAGER, "Ana Silva Q1 2030"),
    "action targets.set.live": lambda at: filled(at.slack, MANAGER, "Ana Silva Q2 2030", "1M"),
    "submission targets.set.save": lambda at: saved(at.slack, MANAGER, "Ana Silva Q3 2030", "1M"),
    "submission targets.set.anyway": saves_anyway,
    "action targets.set.open": changes_what_was_objected_to,
    "action targets.notice.read": reads,
    "submission targets.notice.send": objects,
    "action targets.keep": lambda at: presses(at, MANAGER, "Keep in my messages"),
    "submission targets.export_send": exports,
    "submission targets.share_post": shares,
    "action targets.moved.on": lambda at: presses(at, REP, TELL),
    "action targets.moved.off": is_told_no_more,
    "action targets.history.release": lets_imports,
    "submission admin.settings": changes_settings,
    "submission admin.roles": gives_a_role,
    "submission digests.save": lambda at: subscribe(at.slack, MANAGER, "app"),
    "command /digest pause": lambda at: types_here(at, "/digest pause"),
    "command /digest send now": lambda at: types_here(at, "/digest send now"),
    "command /digest mute": lambda at: types_here(at, "/digest mute coverage"),
    "command /digest unmute": lambda at: types_here(at, "/digest unmute coverage"),
    "action digests.sub.pause": lambda at: chooses_below_a_digest(at, AHEAD, "Pause"),
    "action digests.sub.send": sends_from_the_list,
    "action digests.sub.stop": ends,
    "action digests.sub.mute": lambda at: chooses_below_a_digest(at, REP, "Leave out a section…"),
    "action digests.mute_one": lambda at: mutes_one(at, "Leave out Forecast"),
    "action digests.unmute_one": lambda at: mutes_one(at, "Show Forecast"),
    "submission imports.send": imports,
    **{f"happening channel_{ends}": partial(loses, ends=ends) for ends in ENDS},
    **{f"happening group_{ends}": partial(loses, ends=ends, channel=PRIVATE) for ends in ENDS},
    "command /territory export": lambda at: at.slack.as_(OPS).types("/territory export Canada"),
    "action territory.export": lambda at: on_a_territory(at, "Export the accounts"),
    "command /territory map": lambda at: at.slack.as_(OPS).types("/territory map Canada"),
    "action territory.map": lambda at: on_a_territory(at, "Map"),
    "command /territory change": lambda at: at.slack.as_(OPS).opens("/territory change"),
    "command /territory assign": lambda at: at.slack.as_(OPS).opens("/territory assign Canada"),
    "command /territory edit": lambda at: at.slack.as_(OPS).opens("/territory edit Canada"),
    "action requests.ask": lambda at: on_a_territory(at, "Ask for a change"),
    "action requests.live": lambda at: asks_for(at, kind="Change who holds a territory"),
    "action requests.terms": lambda at: asks_for(at, press="Terms"),
    "submission requests.submit": is_asked,
    "submission requests.approve.send": agrees,
    "submission requests.changes.send": lambda at: says_no(at, "Ask for changes…"),
    "submission requests.reject.send": lambda at: says_no(at, "Reject…"),
    "submission requests.reverse.send": gives_back,
    "action requests.amend": lambda at: comes_back(at, "Change and send again…"),
    "action requests.withdraw": lambda at: comes_back(at, "Withdraw"),
    "action requests.retry": tries_again,
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """Makes copies of the sample company."""
    with contextlib.ExitStack() as stack:
        yield lambda: sample_copy(request, tmp_path_factory.mktemp("copy"), stack)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def again(company: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """Where what is wanted comes five times at once."""
    async with scene(company(), tmp_path_factory.mktemp("again")) as at:
        yield at


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asking(company: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """The same for requests, of which each brings many messages: they have an outbox of their own."""
    async with scene(company(), tmp_path_factory.mktemp("asking")) as at:
        yield at


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def alike(company: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[list[Scene]]:
    """Where it comes once, and where it comes five times at once; both see the same acts."""
    async with (
        scene(company(), tmp_path_factory.mktemp("once"), times=1) as once,
        scene(company(), tmp_path_factory.mktemp("alike")) as many,
    ):
        yield [once, many]


async def does(at: Scene, name: str) -> Counter[str]:
    """The rows that came of it."""
    await at.slack.reset()
    at.door.want(name)
    before = await at.counted()
    await EFFECTS[name](at)
    await at.settle()
    return at.more(before, await at.counted())


async def test_each_effect_is_brought_again_below() -> None:
    known = effects(register_features())
    assert known - set(EFFECTS) == set(), "add one line to EFFECTS: how a person comes to do it"
    assert set(EFFECTS) - known == set(), "these have no effect any more: take their lines out of EFFECTS"


@pytest.mark.parametrize("name", EFFECTS)
async def test_what_comes_again_has_one_effect(again: Scene, asking: Scene, name: str) -> None:
    """Five times at once, and then five times one after another, by turns to either process."""
    again = asking if " requests." in name else again
    done = await does(again, name)
    assert done["inbox"] == len(again.door.acts) > 0, "each act is recorded, and once"
    before = await again.counted()
    await again.door.once_more()
    await again.settle()
    assert again.more(before, await again.counted()) == {}
    assert len(again.door.answers) == 2 * TIMES, "it was not brought at all"
    assert len(set(again.door.answers)) == 1


async def asks(at: Scene) -> None:
    await at.slack.as_(REP).types("how am I doing?", channel="app")


async def looks_for_somebody(at: Scene) -> None:
    assert await (await opened(at.slack, MANAGER)).offered("subject", "ana")


READS: dict[str, Act] = {
    "event message.im": asks,
    "event app_home_opened": lambda at: at.slack.as_(REP).home(),
    "options targets.set.live": looks_for_somebody,
    "command /targets": lambda at: at.slack.as_(REP).types("/targets"),
    "command /turf help": lambda at: at.slack.as_(REP).types("/turf help"),
    "action targets.why": lambda at: presses(at, REP, "Why?"),
}


@pytest.mark.parametrize("name", READS)
async def test_what_only_reads_leaves_nothing_however_often_it_comes(again: Scene, name: str) -> None:
    await again.slack.reset()
    again.door.want(name)
    await READS[name](again)
    await again.door.once_more()
    await again.settle()
    before = await again.counted()
    await again.door.once_more()
    await again.settle()
    assert again.more(before, await again.counted()) == {}
    assert len(again.door.answers) == 3 * TIMES, "it was not brought at all"
    said = [card for card in await direct(again.slack, REP) if card.data.get("user") != again.slack.as_(REP).name]
    assert len([card for card in said if card.blocks]) == (name == "event message.im")


@pytest.mark.slow
@pytest.mark.parametrize("name", EFFECTS)
async def test_what_comes_again_leaves_what_it_leaves_if_it_comes_once(alike: list[Scene], name: str) -> None:
    once, many = [await does(at, name) for at in alike]
    assert many == once
