"""The environment: one sentence for each wrong value, and no secret in any text."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.doctor.examine import examine
from bot.doctor.finding import State
from bot.settings import Settings, SettingsError
from domain.clock import FileClock, SystemClock

SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-hidden",
    "SLACK_APP_TOKEN": "xapp-hidden",
    "SLACK_SIGNING_SECRET": "hidden",
    "TURF_METRICS_TOKEN": "hidden",
    "DATABASE_URL": "postgresql://turf:hidden@db/turf",
}


def sentences(**env: str) -> list[str]:
    with pytest.raises(SettingsError) as error:
        Settings.from_env(env)
    return error.value.sentences


def test_nothing_set_is_the_defaults() -> None:
    settings = Settings.from_env({})
    assert (settings.database_url, settings.host, settings.port) == ("sqlite:///turf.db", "127.0.0.1", 3000)
    assert settings.slack_api_url == "https://slack.com/api/"
    assert isinstance(settings.clock(), SystemClock)


def test_blank_counts_as_none() -> None:
    assert not Settings.from_env({"SLACK_SIGNING_SECRET": " "}).http


def test_a_platform_that_sets_the_port_reaches_the_process() -> None:
    assert Settings.from_env({"PORT": "8080"}).host == "0.0.0.0"
    assert Settings.from_env({"PORT": "8080", "HOST": "127.0.0.1"}).host == "127.0.0.1"


def test_secrets_are_in_no_text() -> None:
    settings = Settings.from_env(SECRETS)
    assert "hidden" not in f"{settings!r} {settings}"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DATABASE_URL", "mysql://x", "sqlite:///"),
        ("SLACK_BOT_TOKEN", "hidden", "xoxb-"),
        ("SLACK_APP_TOKEN", "hidden", "xapp-"),
        ("SLACK_API_URL", "slack", "web address"),
        ("SLACK_API_URL", "http://[1", "web address"),
        ("TURF_PUBLIC_URL", "ftp://x", "web address"),
        ("TURF_SECRET_KEY", "hidden", "turf secret"),
        ("PORT", "many", "0 to 65535"),
        ("PORT", "70000", "0 to 65535"),
        ("TURF_LOG", "xml", "json or text"),
        ("TURF_CLOCK_FILE", "clock", "SLACK_API_URL"),
        ("SLACK_CLIENT_SECRET", "hidden", "SLACK_CLIENT_ID"),
    ],
)
def test_a_wrong_value_has_one_sentence(name: str, value: str, expected: str) -> None:
    [sentence] = sentences(**{name: value})
    assert name in sentence
    assert expected in sentence
    assert sentence.endswith(".")
    assert "hidden" not in sentence


def test_all_wrong_values_are_told_at_once() -> None:
    assert len(sentences(PORT="x", TURF_LOG="x", SLACK_BOT_TOKEN="x", TURF_CLOCK_FILE="x")) == 4


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/api/", "http://localhost:9/api", "http://[::1]:9/api/"])
def test_a_clock_file_is_for_the_local_workspace(url: str, tmp_path: Path) -> None:
    settings = Settings.from_env({"TURF_CLOCK_FILE": str(tmp_path / "clock"), "SLACK_API_URL": url})
    assert settings.clock() == FileClock(tmp_path / "clock")
    assert settings.slack_api_url.endswith("/api/")


@pytest.mark.parametrize("url", ["https://slack.com/api/", "http://127.0.0.1.example.com/api/", "http://10.0.0.1/api/"])
def test_a_clock_file_is_refused_elsewhere(url: str) -> None:
    assert sentences(TURF_CLOCK_FILE="clock", SLACK_API_URL=url)


def test_serving_needs_a_transport_and_a_token() -> None:
    with pytest.raises(SettingsError, match="SLACK_SIGNING_SECRET") as error:
        Settings.from_env({}).require_slack()
    assert len(error.value.sentences) == 2
    Settings.from_env({"SLACK_SIGNING_SECRET": "x", "SLACK_BOT_TOKEN": "xoxb-1"}).require_slack()
    both = Settings.from_env({"SLACK_SIGNING_SECRET": "x", "SLACK_APP_TOKEN": "xapp-1", "SLACK_BOT_TOKEN": "xoxb-1"})
    assert (both.http, both.socket) == (True, True)


def test_oauth_needs_a_key() -> None:
    assert "TURF_SECRET_KEY" in sentences(SLACK_CLIENT_ID="1", SLACK_CLIENT_SECRET="2")[0]


def test_what_can_t_be_done_yet_stops_the_start() -> None:
    oauth = {"SLACK_CLIENT_ID": "1", "SLACK_CLIENT_SECRET": "2", "TURF_SECRET_KEY": Fernet.generate_key().decode()}
    settings = Settings.from_env({"SLACK_SIGNING_SECRET": "x", "SLACK_BOT_TOKEN": "xoxb-1", **oauth})
    with pytest.raises(SettingsError, match="several workspaces yet: unset SLACK_CLIENT_ID"):
        settings.require_slack()


async def test_the_doctor_tells_what_does_nothing_yet(tmp_path: Path) -> None:
    key, address = Fernet.generate_key().decode(), f"sqlite:///{tmp_path}/turf.db"
    env = {"TURF_SECRET_KEY": key, "DATABASE_URL": address}
    found = {finding.found: finding.state async for finding in examine(Settings.from_env(env))}
    assert found["TURF_SECRET_KEY does nothing yet"] is State.WARN
    without = [finding.found async for finding in examine(Settings.from_env({"DATABASE_URL": address}))]
    assert "TURF_SECRET_KEY does nothing yet" not in without


async def test_the_doctor_looks_into_the_import_folder(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("deal,status\n")
    for folder, state, said in (
        (tmp_path, State.OK, f"{tmp_path}, 1 file waiting"),
        (tmp_path / "gone", State.WARN, f"{tmp_path / 'gone'} is missing"),
    ):
        settings = Settings.from_env({"TURF_IMPORT_DIR": str(folder), "DATABASE_URL": f"sqlite:///{tmp_path}/turf.db"})
        found = [finding async for finding in examine(settings) if finding.check == "import folder"]
        assert [(one.state, one.found) for one in found] == [(state, said)]
