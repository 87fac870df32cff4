"""`turf doctor` against the local workspace: the tokens, Slack's clock, the worker, the channels; and Slack away."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.doctor import channels, questions
from bot.doctor.examine import examine
from bot.doctor.finding import Finding, State, age_in_words
from bot.manifest import SCOPES
from bot.settings import Settings
from bot.worker import Alive, working
from commands.kit.registry import Registry
from storage.audit import Occasion
from storage.database import Database
from storage.store import Store, adopt
from storage.workers import WORKERS
from storage.writing import write
from tests.support.company_of_two import NOW, two_people
from tests.support.imports import open_at, take
from tests.support.imports import write as file_of
from tests.support.local_workspace import Local, ManualClock, local_workspace

CHANGE = "name another channel in the file of teams or territories, and import it again"
AWAY = "http://127.0.0.1:9"


@pytest.fixture
async def local() -> AsyncIterator[Local]:
    async with local_workspace() as running:
        yield running


async def findings(slack: str, url: str, now: float | None = None, **env: str) -> list[Finding]:
    given = {"DATABASE_URL": url, "SLACK_API_URL": f"{slack}/api/", "SLACK_BOT_TOKEN": "xoxb-toy"} | env
    machine = time.time if now is None else lambda: now
    return [finding async for finding in examine(Settings.from_env(given), machine)]


def of(found: Iterable[Finding], check: str) -> list[tuple[State, str, str]]:
    return [(one.state, one.found, one.remedy) for one in found if one.check == check]


async def test_tokens_scopes_and_clock_are_as_they_should_be(local: Local, sqlite_url: str) -> None:
    found = await findings(local.url, sqlite_url, SLACK_APP_TOKEN="xapp-toy")
    assert of(found, "Slack") == [(State.OK, "the token belongs to toy in Acme Sales", "")]
    assert of(found, "scopes") == [(State.OK, f"all {len(SCOPES)} granted", "")]
    assert of(found, "clock") == [(State.OK, "as Slack's", "")]
    assert of(found, "app token") == [(State.OK, "Slack gives a connection", "")]


async def test_a_wrong_token_is_told_and_the_other_one_still_asked(local: Local, sqlite_url: str) -> None:
    found = await findings(local.url, sqlite_url, SLACK_BOT_TOKEN="xoxb-other", SLACK_APP_TOKEN="xapp-other")
    [(state, said, remedy)] = of(found, "Slack")
    assert (state, said) == (State.FAIL, "Slack refuses the token: invalid_auth.")
    assert "Bot User OAuth Token" in remedy
    [(state, said, remedy)] = of(found, "app token")
    assert (state, said) == (State.FAIL, "Slack refuses SLACK_APP_TOKEN: invalid_auth")
    assert "connections:write" in remedy
    assert (of(found, "scopes"), of(found, "clock")) == ([], [(State.OK, "as Slack's", "")])


async def test_without_a_bot_token_the_app_token_is_asked_all_the_same(local: Local, sqlite_url: str) -> None:
    found = await findings(local.url, sqlite_url, SLACK_BOT_TOKEN="", SLACK_APP_TOKEN="xapp-toy")
    assert of(found, "Slack")[0][:2] == (State.WARN, "no token, not asked")
    assert of(found, "app token")[0][0] is State.OK


async def test_an_app_token_without_its_scope_is_refused(sqlite_url: str) -> None:
    async with local_workspace(scopes=()) as local:
        found = await findings(local.url, sqlite_url, SLACK_APP_TOKEN="xapp-toy")
    assert of(found, "app token")[0][:2] == (State.FAIL, "Slack refuses SLACK_APP_TOKEN: missing_scope")


async def test_missing_scopes_are_named(company: str) -> None:
    without = tuple(scope for scope in SCOPES if scope not in ("files:read", "groups:read"))
    async with local_workspace(bot_scopes=without) as local:
        found = await findings(local.url, company)
    [(state, said, remedy)] = of(found, "scopes")
    assert (state, said) == (State.FAIL, "missing: files:read, groups:read")
    assert "reinstall the app" in remedy
    assert of(found, "channels")[-1][:2] == (State.WARN, "4 not looked up: Slack says missing_scope.")


@pytest.mark.parametrize(
    ("seconds", "state", "said"),
    [
        (-59, State.OK, "as Slack's"),
        (-62, State.WARN, "1 min ahead of Slack's"),
        (125, State.WARN, "2 min behind Slack's"),
        (241, State.FAIL, "4 min behind Slack's"),
        (-3600, State.FAIL, "1 h 0 min ahead of Slack's"),
    ],
)
async def test_a_clock_that_is_wrong_is_told(sqlite_url: str, seconds: int, state: State, said: str) -> None:
    clock = ManualClock()
    async with local_workspace(clock) as local:
        found = await findings(local.url, sqlite_url, now=clock.at - seconds)
    [(was, told, remedy)] = of(found, "clock")
    assert (was, told) == (state, said)
    assert ("NTP" in remedy) == (state is not State.OK)


async def test_slack_away_is_told_once(sqlite_url: str) -> None:
    found = await findings(AWAY, sqlite_url, SLACK_APP_TOKEN="xapp-toy")
    assert of(found, "Slack") == [
        (State.FAIL, "Slack does not answer.", "Check SLACK_API_URL and the way out to the internet.")
    ]
    assert not of(found, "app token")


async def test_a_slack_that_hangs_ends_the_questions_in_time(
    local: Local, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "SECONDS", 0.2)
    await local.slack.fault("delay", on="auth.test", seconds=0.6)
    async with asyncio.timeout(10):
        found = await findings(local.url, sqlite_url)
    assert of(found, "Slack")[0][:2] == (State.FAIL, "Slack does not answer.")


async def test_something_else_that_answers_is_not_slack(local: Local, sqlite_url: str) -> None:
    await local.slack.fault("error", on="auth.test")
    assert of(await findings(local.url, sqlite_url), "Slack")[0][:2] == (State.FAIL, "Slack does not answer.")


# Channels

TEAMS = (
    {"team": "north", "name": "North", "channel": "#general"},
    {"team": "south", "name": "South", "channel": "CRND"},
    {"team": "east", "name": "East", "channel": "deal-desk"},
    {"team": "west", "name": "West", "channel": "#nowhere"},
    {"team": "none", "name": "None", "channel": ""},
)


async def _company(url: str, folder: Path) -> None:
    await two_people(url, folder)
    async with open_at(url) as database:
        await take(database, file_of(folder / "t", "teams", *TEAMS))
        ohio = {"territory": "ohio", "name": "Ohio", "channel": "CRND"}
        await take(database, file_of(folder / "t", "territories", ohio))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doctor")
    asyncio.run(_company(f"sqlite:///{folder}/turf.db", folder))
    return folder / "turf.db"


@pytest.fixture
def company(made: Path, tmp_path: Path) -> str:
    """Teams with channels, and a territory with one of theirs."""
    return f"sqlite:///{shutil.copy(made, tmp_path / 'company.db')}"


async def wait_for(url: str, *channels: str) -> None:
    """Let messages wait, for channels and for a person."""
    async with open_at(url) as database, write(Store(database), 1, Occasion(None, "worker", NOW)) as repo:
        for channel in channels:
            await repo.outbox.post(channel, "note", {})
        await repo.outbox.direct(1, "note", {})


async def test_each_channel_where_the_bot_is_not_has_its_remedy(local: Local, company: str) -> None:
    assert of(await findings(local.url, company), "channels") == [
        (State.WARN, "the bot is in 2 of 4 that the data names", "See below."),
        (
            State.WARN,
            "#nowhere (team West): not there, or private without the bot",
            f"If it is private: /invite @toy there. Otherwise {CHANGE}.",
        ),
        (
            State.WARN,
            "#random (team South, territory Ohio): the bot is not in it",
            "In Slack: /invite @toy in #random",
        ),
    ]


async def test_a_channel_that_messages_wait_for_is_a_failure(local: Local, company: str) -> None:
    await wait_for(company, "CRND", "CRND", "CGEN", "GGONE")
    local.ws.channels["CGEN"].is_archived = True
    said = {text: state for state, text, _ in of(await findings(local.url, company), "channels")}
    assert said["#random (team South, territory Ohio; 2 messages wait): the bot is not in it"] is State.FAIL
    assert said["#general (1 message waits): archived"] is State.FAIL
    assert said["#general (team North): archived"] is State.WARN
    assert said["GGONE (1 message waits): not there, or private without the bot"] is State.FAIL


async def test_many_channels_are_read_by_the_page_and_few_in_one_call(
    local: Local, company: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "PAGE", 1)
    whole = of(await findings(local.url, company), "channels")
    monkeypatch.setattr(channels, "PAGE", 999)
    assert whole == of(await findings(local.url, company), "channels")
    await local.slack.fault("unavailable", on="conversations.list")
    local.ws.channels["CRND"].members.append("UTOY")
    async with open_at(company) as database:
        await take(database, file_of(tmp_path / "u", "teams", {"team": "west", "name": "West", "channel": "random"}))
    assert of(await findings(local.url, company), "channels") == [
        (State.OK, "the bot is in 4 of 4 that the data names", "")
    ]


async def test_what_slack_will_not_say_just_now_is_told(local: Local, company: str) -> None:
    await local.slack.fault("rate_limited", on="conversations.list")
    assert of(await findings(local.url, company), "channels") == [
        (State.OK, "the bot is in 2 of 4 that the data names", ""),
        (State.WARN, "2 not looked up: Slack asks to wait.", "Ask again in a minute: turf doctor"),
    ]


async def test_a_long_list_is_cut(local: Local, company: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await wait_for(company, "GGONE")
    monkeypatch.setattr(channels, "SHOWN", 1)
    assert [(state, said) for state, said, _ in of(await findings(local.url, company), "channels")][1:] == [
        (State.WARN, "#nowhere (team West): not there, or private without the bot"),
        (State.FAIL, "2 more like these"),
    ]


async def test_data_of_another_slack_team_is_told(local: Local, sqlite_url: str, tmp_path: Path) -> None:
    await two_people(sqlite_url, tmp_path)
    async with open_at(sqlite_url) as database:
        await adopt(database, "TOTHER")
    [(state, said, remedy)] = of(await findings(local.url, sqlite_url), "Slack")
    assert (state, said.endswith("(TACME), the data to another Slack team")) == (State.FAIL, True)
    assert "TOTHER" in remedy


# The worker


@asynccontextmanager
async def at_work(url: str, **env: str) -> AsyncIterator[Database]:
    """A worker that has given its first sign of life."""
    given = {"DATABASE_URL": url, "SLACK_API_URL": f"{AWAY}/api/"} | env
    async with open_at(url) as database, working(Settings.from_env(given), Registry()), asyncio.timeout(20):
        while not await signs(database):  # noqa: ASYNC110 - nothing tells us
            await asyncio.sleep(0.01)
        yield database


async def signs(database: Database) -> int:
    async with database.read() as connection:
        return len((await connection.execute(select(WORKERS))).all())


async def test_a_worker_says_that_it_is_alive_and_that_it_has_ended(database_url: str, tmp_path: Path) -> None:
    await two_people(database_url, tmp_path)
    async with at_work(database_url, SLACK_BOT_TOKEN="xoxb-toy"):
        [(state, said, _)] = of(await findings(AWAY, database_url), "worker")
        assert (state, said.startswith("1 at work on ")) == (State.OK, True)
    [(state, said, remedy)] = of(await findings(AWAY, database_url), "worker")
    assert (state, said) == (State.WARN, "none")
    assert "turf worker" in remedy


async def test_a_worker_that_has_nothing_to_send_with_is_told(sqlite_url: str, tmp_path: Path) -> None:
    await two_people(sqlite_url, tmp_path)
    async with at_work(sqlite_url):
        [(state, said, remedy)] = of(await findings(AWAY, sqlite_url), "worker")
    assert (state, said.endswith("without a token to send with")) == (State.WARN, True)
    assert "SLACK_BOT_TOKEN" in remedy


async def test_a_worker_that_was_killed_is_missed(sqlite_url: str, tmp_path: Path) -> None:
    await two_people(sqlite_url, tmp_path)
    async with open_at(sqlite_url) as database:
        await Alive(database, sends=True).beat()
        async with database.write() as connection:
            await connection.execute(WORKERS.update().values(seen_at=datetime.now(UTC) - timedelta(hours=3)))
        [(state, said, _)] = of(await findings(AWAY, sqlite_url), "worker")
        assert (state, said.startswith("none, the last one was seen 3 h 0 min ago on ")) == (State.WARN, True)
        await Alive(database, sends=True).beat()
        assert await signs(database) == 1, "there is one worker on SQLite"


@pytest.mark.parametrize(
    ("seconds", "words"), [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (3_660, "1 h 1 min"), (172_800, "2 days")]
)
def test_ages_in_words(seconds: int, words: str) -> None:
    assert age_in_words(timedelta(seconds=seconds)) == words
