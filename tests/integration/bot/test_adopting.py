"""The first requests of a Slack team reach several processes at once: each of them knows its workspace."""

import asyncio
from pathlib import Path

from bot.app import Adopting, build
from tests.support.company_of_two import two_people
from tests.support.fake_slack import TEAM, FakeSlack
from tests.support.transport import settings_for


async def test_who_comes_second_finds_the_workspace_that_the_first_one_took(
    slack: FakeSlack, database_url: str, tmp_path: Path
) -> None:
    await two_people(database_url, tmp_path)
    bots = [build(settings_for(slack, DATABASE_URL=database_url)) for _ in range(3)]
    for bot in bots:
        bot.identity.team = TEAM
    try:
        found = await asyncio.gather(*(Adopting(bot.store, bot).workspace(TEAM) for bot in bots))
    finally:
        for bot in bots:
            await bot.database.close()
    assert [one and one.id for one in found] == [1, 1, 1]
