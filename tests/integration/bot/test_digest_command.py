"""`turf digest` on the command line."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.cli.main import main
from bot.demo.company import MANAGER, REP
from domain.errors import NotAllowed
from storage.database import Database
from storage.jobs import JOBS
from storage.outbox import OUTBOX
from storage.store import Store
from storage.subscriptions import Wish
from tests.integration.commands.test_targets_privacy import person
from tests.support.company_of_two import two_people
from tests.support.sample import NOW
from tests.support.subscribing import Desk, mondays


@pytest.fixture
async def desk(sample_url: str) -> Desk:
    database = Database(sample_url)
    desk = Desk(database)
    async with Store(database).read(1) as repo:
        rep, manager = person(repo, REP), person(repo, MANAGER)
        team = next(one for one in repo.company.teams.values() if one.name == "Americas East")
    last = date(2026, 11, 23)
    await desk.subscribe(Wish(None, rep.id, rep.id, "person", rep.id, mondays()), last=last, now=NOW)
    await desk.subscribe(Wish("C0002", None, manager.id, "team", team.id, mondays()), last=last, now=NOW)
    return desk


def typed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, url: str, *words: str) -> str:
    monkeypatch.setattr("sys.argv", ["turf", "digest", *words])
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)
    try:
        main()
    except SystemExit as end:
        said = capsys.readouterr()
        return f"{end.code or 0} {said.out}{said.err}"
    return f"0 {capsys.readouterr().out}"


class Typed:
    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, url: str) -> None:
        self.given = capsys, monkeypatch, url

    async def __call__(self, *words: str) -> str:
        """Commands run loops of their own, so they run on a thread."""

        return await asyncio.to_thread(typed, *self.given, *words)


@pytest.fixture
def turf_digest(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, sample_url: str) -> Typed:
    return Typed(capsys, monkeypatch, sample_url)


async def test_all_are_listed_with_what_comes_next(desk: Desk, turf_digest: Typed) -> None:
    await desk.subscribe(Wish("C0999", None, 1, "company", None, mondays()), last=date(2026, 11, 23), now=NOW)
    said = await turf_digest("list")
    assert "Ana Silva" in said
    assert "C0002 (team Americas)" in said
    assert "C0999 (name not known here)" in said
    assert "every Monday at 09:00 in UTC" in said
    assert "2026-11-30 09:00" in said
    await desk.database.close()


async def test_one_is_previewed(desk: Desk, turf_digest: Typed) -> None:
    said = await turf_digest("preview", "1")
    assert said.startswith("0 You are ")
    assert "SLACK_BOT_TOKEN" in await turf_digest("preview", "2")
    assert "no longer there" in await turf_digest("preview", "99")
    await desk.database.close()


async def test_one_is_sent_once_a_day(desk: Desk, turf_digest: Typed) -> None:
    assert await turf_digest("send", "1") == "0 turf worker sends it now.\n"
    assert "on its way already" in await turf_digest("send", "1")
    [job] = await desk.rows(JOBS.select())
    now = datetime.now(UTC)
    assert job.key == f"1:{now.date()}"
    await desk.runner.run_once(now)
    for state, why, said in (
        ("waiting", None, "it is made, and waits to be posted"),
        ("dropped", "You have left.", "did not appear, and there is one a day. You have left."),
        ("dead", "is_archived", "could not be posted. That channel is archived"),
        ("sent", None, "was sent already"),
    ):
        async with desk.database.write() as connection:
            await connection.execute(OUTBOX.update().values(state=state, error=why))
        assert said in await turf_digest("send", "1")
    await desk.database.close()


async def test_what_would_be_withheld_is_not_ordered(
    desk: Desk, turf_digest: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "shows only then. Who reads a channel is asked of Slack" in await turf_digest("send", "2")

    async def refuses(*_: object) -> NotAllowed:
        return NotAllowed("I am not in that channel.")

    monkeypatch.setattr("bot.cli.digest._audience", refuses)
    said = await turf_digest("send", "1")
    assert said == "0 Nothing was ordered, for nothing would be posted now: I am not in that channel.\n"
    assert [job.key.partition(":")[0] for job in await desk.rows(JOBS.select())] == ["2"]
    await desk.database.close()


async def test_one_is_ended_once(desk: Desk, turf_digest: Typed) -> None:
    assert await turf_digest("stop", "1") == "0 Ended: the digest of Ana Silva. To have it again: /digest in Slack.\n"
    assert await turf_digest("stop", "1") == "0 It has ended already.\n"
    async with desk.database.read() as connection:
        assert (await connection.execute(select(OUTBOX.c.kind))).scalars().all() == ["digests/ended"]
    said = await turf_digest("list")
    assert said.count("every Monday") == 1
    assert "no longer there" in await turf_digest("stop", "99")
    await desk.database.close()


async def test_without_any_it_says_how(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:

    await two_people(sqlite_url, tmp_path)
    said = await Typed(capsys, monkeypatch, sqlite_url)("list")
    assert said == "0 Nobody has subscribed to a digest yet. In Slack: /digest\n"
