"""/turf roles: operations say who may do what."""

import pytest

from bot.demo.company import MANAGER, OPS, REP
from storage.audit import AUDIT
from tests.support.slack import SlackClient
from tests.support.turf import Turf

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def give(slack: SlackClient, who: str, role: str) -> object:
    modal = await slack.as_(OPS).opens("/turf roles")
    await modal.search("Who", who[:6])
    modal.fill("Role", role)
    return await modal.submit()


@pytest.mark.parametrize("who", [REP, MANAGER])
async def test_only_operations_give_roles(slack: SlackClient, who: str) -> None:
    assert "may not give people roles" in (await slack.as_(who).types("/turf roles")).text


async def test_a_role_is_given_and_taken_back(slack: SlackClient, turf: Turf) -> None:
    modal = await slack.as_(OPS).opens("/turf roles")
    assert "*Operations:* Kaito Zimmer, Maren Bergman, Olga Petrova" in modal.words
    await modal.close()
    done = await give(slack, "Ana Silva", "Manager: also those of everyone who reports to them")
    assert done.text == "Ana Silva is a manager now (before: a rep)."
    assert (await give(slack, "Ana Silva", "Manager: also those of everyone who reports to them")).text.endswith(
        "already."
    )
    assert (await give(slack, "Ana Silva", "Rep: their own figures")).text.startswith("Ana Silva is a rep now")
    async with turf.application.database.read() as connection:
        rows = (await connection.execute(AUDIT.select().where(AUDIT.c.action == "role"))).all()
    assert [(row.via, row.before, row.after) for row in rows] == [
        ("modal", '{"role": "rep"}', '{"role": "manager"}'),
        ("modal", '{"role": "manager"}', '{"role": "rep"}'),
    ]
