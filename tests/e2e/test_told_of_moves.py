"""Who asked for it is told once when an import moves their number: from the click in the menu to the message."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import register_features
from bot.demo.company import MANAGER, REP
from commands.targets.moved.service import MOVED_KIND
from storage.store import Store
from tests.support.command_line import turf as command_line
from tests.support.delivering import deliver
from tests.support.imports import take, write
from tests.support.sample import NOW
from tests.support.setting import direct
from tests.support.slack import Card, SlackClient
from tests.support.turf import Turf

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # An import in between costs seconds; clicks over a socket are tested elsewhere.
    pytest.mark.parametrize("mode", ["http"], indirect=True, scope="module"),
]

TELL, STOP = "Tell me when an import moves my number", "Stop telling me when an import moves my number"
LATER = NOW + timedelta(minutes=5)


async def imports(turf: Turf, folder: Path, *deals: dict[str, object]) -> None:
    """A few minutes later."""
    await take(turf.application.database, write(folder / "later", "deals", *deals), now=LATER)


async def imports_on_the_command_line(turf: Turf, folder: Path, *deals: dict[str, object]) -> None:
    path = write(folder / "later", "deals", *deals)
    done = await asyncio.to_thread(
        command_line, "import", str(path), url=turf.application.database.url, now=LATER, folder=folder
    )
    assert done.returncode == 0, done.stdout + done.stderr


async def worked(turf: Turf) -> int:
    """What a worker does in its next second: it looks, then it sends. How many it told."""
    store = Store(turf.application.database)
    [watch] = [one for one in register_features().watches() if one.id == MOVED_KIND]
    told = await watch.look(store, LATER)
    await deliver(turf, LATER)
    return told


def won(number: int, amount: str, owner: str = REP) -> dict[str, object]:
    return {
        "deal": f"late-{number}", "name": f"Late *{number}*", "owner": owner, "amount": amount, "currency": "USD",
        "status": "won", "stage": "Closed Won", "closed_on": "2026-11-20", "created_on": "2026-10-01",
    }  # fmt: skip


async def moves(slack: SlackClient, who: str = REP) -> list[Card]:
    return [card for card in await direct(slack, who) if "number moved" in card.text]


async def test_opt_in_import_message_and_opt_out(turf: Turf, slack: SlackClient, tmp_path: Path) -> None:
    card = await slack.as_(REP).types("/targets")
    assert (TELL in card.choices, STOP in card.choices) == (True, False)
    said = await card.press(TELL)
    assert said.text.startswith("*From now on you get a direct message")
    assert "You already get" in (await card.press(TELL)).text

    shown = await slack.as_(REP).types("/targets")
    assert (TELL in shown.choices, STOP in shown.choices) == (False, True)
    assert await worked(turf) == 0, "nothing was imported since"

    await imports_on_the_command_line(
        turf, tmp_path, won(1, "62000.50"), won(2, "-100"), won(3, "5000", "carla.romano")
    )
    assert [await worked(turf), await worked(turf)] == [1, 0]
    [told] = await moves(slack)
    assert told.text.startswith("Your Q4 number moved from $")
    assert told.text.endswith("): 2 deals.")
    assert "+$62,000.50" in told.words
    assert "Late ∗1∗: won" in told.words
    assert "-$100.00" in told.words
    assert "In all +$61,900.50." in told.words
    assert "Late ∗3∗" not in told.words
    assert told.buttons == ["Why?", "Stop telling me"]
    assert await moves(slack, MANAGER) == []
    why = await told.press("Why?")
    assert "$62,000.50" in why.words
    await why.close()

    await imports(turf, tmp_path, won(1, "62000.50"), won(2, "-100"))
    assert await worked(turf) == 0, "the same again moves nothing"
    stopped = await told.press("Stop telling me")
    assert stopped.text.startswith("*You get no more messages")
    assert TELL in (await slack.as_(REP).types("/targets")).choices
    await imports(turf, tmp_path, won(4, "700"))
    assert await worked(turf) == 0
    assert len(await moves(slack)) == 1


async def test_it_is_offered_on_one_s_own_card_of_revenue_alone(slack: SlackClient) -> None:
    assert TELL in (await slack.as_(REP).types("/targets last quarter")).choices
    for who, words in ((REP, "new customers"), (REP, "team americas-east"), (MANAGER, ""), (MANAGER, "ana silva")):
        assert TELL not in (await slack.as_(who).types(f"/targets {words}")).choices
