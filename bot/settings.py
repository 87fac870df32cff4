"""Everything that the environment says, read once into one frozen object."""

import os
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from domain.clock import Clock, FileClock, SystemClock
from domain.errors import TurfError

SLACK_API = "https://slack.com/api/"
WHERE_TOKENS = "https://api.slack.com/apps"


class SettingsError(TurfError):
    """`sentences` has one for each missing or wrong value; `message` has them all, a line each."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class Settings(BaseSettings):
    """Turf's configuration. Secrets are never part of its text."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, populate_by_name=True)

    database_url: str = Field("sqlite:///turf.db", alias="DATABASE_URL", repr=False)  # may hold a password
    bot_token: SecretStr | None = Field(None, alias="SLACK_BOT_TOKEN")
    app_token: SecretStr | None = Field(None, alias="SLACK_APP_TOKEN")
    signing_secret: SecretStr | None = Field(None, alias="SLACK_SIGNING_SECRET")
    client_id: str | None = Field(None, alias="SLACK_CLIENT_ID")
    client_secret: SecretStr | None = Field(None, alias="SLACK_CLIENT_SECRET")
    slack_api_url: str = Field(SLACK_API, alias="SLACK_API_URL")
    public_url: str | None = Field(None, alias="TURF_PUBLIC_URL")
    secret_key: SecretStr | None = Field(None, alias="TURF_SECRET_KEY")
    metrics_token: SecretStr | None = Field(None, alias="TURF_METRICS_TOKEN")
    host: str = Field("127.0.0.1", alias="HOST")
    port: int = Field(3000, alias="PORT")
    import_dir: Path | None = Field(None, alias="TURF_IMPORT_DIR")
    clock_file: Path | None = Field(None, alias="TURF_CLOCK_FILE")
    log: Literal["json", "text"] | None = Field(None, alias="TURF_LOG")

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """The settings in `env`; a blank value counts as none. Raises SettingsError with a sentence for each wrong one."""
        given: dict[str, Any] = {alias: env[alias].strip() for alias in _aliases() if env.get(alias, "").strip()}
        if "PORT" in given and "HOST" not in given:
            given["HOST"] = "0.0.0.0"  # a platform that sets PORT reaches the process from outside
        sentences = list(_together(given))
        try:
            made = cls(**given)
        except ValidationError as error:
            raise SettingsError([*(_sentence(problem) for problem in error.errors()), *sentences]) from None
        if sentences:
            raise SettingsError(sentences)
        return made

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **__: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `from_env` passes: no second look at the environment, no .env file."""
        return (init_settings,)

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        scheme, _, rest = value.partition("://")
        if scheme not in ("sqlite", "postgresql", "postgres") or not rest:
            raise ValueError("DATABASE_URL must look like sqlite:///turf.db or postgresql://user:password@host/name.")
        if scheme == "sqlite" and rest.partition("?")[0] in ("/", "/:memory:"):
            raise ValueError("DATABASE_URL must name a file, such as sqlite:///turf.db: memory forgets everything.")
        return value

    @field_validator("bot_token", "app_token")
    @classmethod
    def _token(cls, value: SecretStr | None, info: Any) -> SecretStr | None:
        name, prefix = ("SLACK_BOT_TOKEN", "xoxb-") if info.field_name == "bot_token" else ("SLACK_APP_TOKEN", "xapp-")
        if value and not value.get_secret_value().startswith(prefix):
            raise ValueError(f"{name} must start with {prefix}: copy it from your app's page at {WHERE_TOKENS}.")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _api(cls, value: str) -> str:
        return _url(value, "SLACK_API_URL", "https://slack.com/api/").rstrip("/") + "/"

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str | None) -> str | None:
        return _url(value, "TURF_PUBLIC_URL", "https://turf.example.com").rstrip("/") if value else value

    @field_validator("port")
    @classmethod
    def _port(cls, value: int) -> int:
        if not 0 <= value <= 65535:
            raise ValueError("PORT must be a number from 0 to 65535.")
        return value

    @field_validator("secret_key")
    @classmethod
    def _keys(cls, value: SecretStr | None) -> SecretStr | None:
        from cryptography.fernet import Fernet  # only where there is a key to check: it takes a while to load

        try:
            for key in _split(value):
                Fernet(key)
        except ValueError:
            raise ValueError(
                "TURF_SECRET_KEY must hold keys made by `turf secret`, newest first, separated by commas."
            ) from None
        return value

    @property
    def slack_is_local(self) -> bool:
        """The Web API is on this machine: the local workspace, or a test."""
        return _on_this_machine(self.slack_api_url)

    @property
    def http(self) -> bool:
        """Slack calls us over HTTP."""
        return self.signing_secret is not None

    @property
    def socket(self) -> bool:
        """We call Slack and keep a socket open."""
        return self.app_token is not None

    @property
    def log_format(self) -> Literal["json", "text"]:
        return self.log or ("text" if os.isatty(2) else "json")

    def clock(self) -> Clock:
        return FileClock(self.clock_file) if self.clock_file else SystemClock()

    def require_slack(self) -> None:
        """Raises SettingsError unless the bot can be reached by Slack and can answer: for `turf serve`."""
        sentences = []
        if not self.http and not self.socket:
            sentences.append(
                "Set SLACK_SIGNING_SECRET (Basic Information, App Credentials) for HTTP, or SLACK_APP_TOKEN (App-Level Tokens, with "
                f"connections:write) for Socket Mode: both are on your app's page at {WHERE_TOKENS}."
            )
        if not self.bot_token:
            sentences.append(
                f"Set SLACK_BOT_TOKEN to the Bot User OAuth Token (OAuth & Permissions) from your app's page at {WHERE_TOKENS}."
            )
        if self.client_id:
            sentences.append(
                "Turf can't be installed into several workspaces yet: unset SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, "
                "and set SLACK_BOT_TOKEN for one workspace."
            )
        if sentences:
            raise SettingsError(sentences)


def _aliases() -> list[str]:
    return [field.alias for field in Settings.model_fields.values() if field.alias]


def _split(keys: SecretStr | None) -> list[str]:
    return [key.strip() for key in keys.get_secret_value().split(",") if key.strip()] if keys else []


def _url(value: str, name: str, example: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise ValueError(f"{name} must be a web address such as {example}.")
    return value


def _on_this_machine(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _together(given: Mapping[str, str]) -> Iterator[str]:
    """What is wrong about values that only make sense with others."""
    if "TURF_CLOCK_FILE" in given and not _on_this_machine(given.get("SLACK_API_URL", SLACK_API)):
        yield "TURF_CLOCK_FILE is for the demo and tests: unset it, or set SLACK_API_URL to the local workspace (127.0.0.1)."
    if ("SLACK_CLIENT_ID" in given) != ("SLACK_CLIENT_SECRET" in given):
        yield "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together: set both or neither."
    if "SLACK_CLIENT_ID" in given and "TURF_SECRET_KEY" not in given:
        yield "TURF_SECRET_KEY is needed to store the tokens of an OAuth install: make one with `turf secret`."


_SENTENCES = {"PORT": "PORT must be a number from 0 to 65535.", "TURF_LOG": "TURF_LOG must be json or text."}


def _sentence(problem: Any) -> str:
    """Pydantic's report as our sentence: ours comes with the error, types have one each."""
    if problem["type"] == "value_error":
        return str(problem["ctx"]["error"])
    name = str(problem["loc"][0])
    return _SENTENCES.get(name, f"{name} has a value that cannot be read.")
