"""The Home tab through the outbox: made when it is published, once for several changes, and no trouble for messages."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from commands.kit import Sending
from tests.support.sending import Office, office


@pytest.fixture
async def here(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(sqlite_url, tmp_path) as made:
        yield made


async def change(here: Office) -> int:
    return await here.write(lambda outbox: outbox.home(here.people["ben"], "home"))


async def shown(here: Office) -> Any:
    home = (await here.local.slack.as_("ben").state())["home"]
    return home and home["blocks"][0]["text"]["text"]


async def test_several_changes_publish_it_once(here: Office) -> None:
    assert await change(here) == await change(here) == await change(here)
    assert await here.run() == 1
    assert await shown(here) == "Made 1 times"
    await change(here)
    await here.later(1)
    assert await shown(here) == "Made 2 times"


async def test_a_change_while_it_is_made_has_it_made_again(here: Office) -> None:
    async def once_more(_: Sending) -> None:
        here.post.meanwhile = None
        await change(here)

    here.post.meanwhile = once_more
    await change(here)
    await here.run()
    assert await shown(here) == "Made 2 times"
    assert await here.states() == ["sent"]


async def test_an_answer_that_is_lost_has_it_published_again(here: Office) -> None:
    await here.local.slack.fault("lost_answer", on="views.publish", times=1)
    await change(here)
    await here.settle()
    assert (await here.states(), await shown(here)) == (["sent"], "Made 2 times")


async def test_what_slack_refuses_is_dropped_and_holds_up_no_message(here: Office) -> None:
    await here.local.slack.fault("unavailable", on="views.publish")
    await change(here)
    await here.note("for ben", here.people["ben"])
    await here.run()
    assert (await here.texts("app", "ben"), await here.states()) == (["for ben"], ["waiting", "sent"])
    await here.settle(600, times=60)
    assert await here.states() == ["dropped", "sent"]
