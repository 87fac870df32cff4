"""What Slack says: the tokens, their scopes, its clock, the channels that the data names. Ten seconds in all."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime

from bot.doctor.channels import examine_channels
from bot.doctor.data import Data
from bot.doctor.finding import Finding, State, age_in_words
from bot.doctor.questions import Answer, Questions
from bot.manifest import SCOPES
from bot.settings import WHERE_TOKENS, Settings
from domain.errors import Unavailable

AHEAD_WARN = timedelta(seconds=60)
AHEAD_FAIL = timedelta(minutes=4)
"""Slack's requests are refused once the clocks are five minutes apart."""
REINSTALL = "Add them under OAuth & Permissions (or update the app from `turf manifest`), then reinstall the app."


async def examine_slack(settings: Settings, data: Data, machine: Callable[[], float]) -> AsyncIterator[Finding]:
    """`machine` is this machine's clock."""
    async with Questions(settings.slack_api_url) as slack:
        try:
            async for finding in _asked(slack, settings, data, machine):
                yield finding
        except Unavailable as error:
            yield Finding("Slack", State.FAIL, error.message, "Check SLACK_API_URL and the way out to the internet.")


async def _asked(
    slack: Questions, settings: Settings, data: Data, machine: Callable[[], float]
) -> AsyncIterator[Finding]:
    bot, app = settings.bot_token, settings.app_token
    me = await slack.ask("auth.test", bot.get_secret_value()) if bot else None
    if me is None:
        yield Finding("Slack", State.WARN, "no token, not asked", f"Set SLACK_BOT_TOKEN: {WHERE_TOKENS}")
    else:
        for finding in _bot(me, data, machine()):
            yield finding
    if app:
        yield _app(await slack.ask("apps.connections.open", app.get_secret_value()))
    if bot and me and not me.error:
        for finding in await examine_channels(slack, bot.get_secret_value(), str(me.body.get("user")), data.channels):
            yield finding


def _bot(me: Answer, data: Data, now: float) -> Iterator[Finding]:
    """The bot's token, as `auth.test` answers it."""
    if me.error:
        said, remedy = f"Slack refuses the token: {me.error}.", f"Copy the Bot User OAuth Token anew: {WHERE_TOKENS}"
        yield Finding("Slack", State.FAIL, said, remedy)
    else:
        said = f"the token belongs to {me.body.get('user')} in {me.body.get('team')}"
        yield _team(str(me.body.get("team_id")), said, data)
        yield _scopes(me.header.get("x-oauth-scopes"))
    yield _clock(me.header.get("date"), now)


def _team(team: str, said: str, data: Data) -> Finding:
    if data.teams and team not in data.teams:
        remedy = f"Take the token of the app in {' or '.join(sorted(data.teams))}, or another database."
        return Finding("Slack", State.FAIL, f"{said} ({team}), the data to another Slack team", remedy)
    return Finding("Slack", State.OK, said)


def _scopes(told: str | None) -> Finding:
    if told is None:
        return Finding("scopes", State.OK, "Slack did not tell them")
    granted = {scope.strip() for scope in told.split(",")}
    lacking = [scope for scope in SCOPES if scope not in granted]
    if lacking:
        return Finding("scopes", State.FAIL, f"missing: {', '.join(lacking)}", REINSTALL)
    return Finding("scopes", State.OK, f"all {len(SCOPES)} granted")


def _clock(told: str | None, now: float) -> Finding:
    """Slack's `Date` beside this machine's clock."""
    try:
        theirs = parsedate_to_datetime(told or "").timestamp()
    except ValueError:
        return Finding("clock", State.OK, "Slack did not tell the time")
    apart = timedelta(seconds=round(now - theirs))
    if abs(apart) <= AHEAD_WARN:
        return Finding("clock", State.OK, "as Slack's")
    said = f"{age_in_words(abs(apart))} {'ahead of' if apart > timedelta() else 'behind'} Slack's"
    remedy = (
        "Let NTP set this machine's clock (timedatectl set-ntp true): from 5 minutes on, Slack's requests are refused."
    )
    return Finding("clock", State.FAIL if abs(apart) >= AHEAD_FAIL else State.WARN, said, remedy)


def _app(answer: Answer) -> Finding:
    """The app-level token, as `apps.connections.open` answers it; the address that it gives is not used."""
    if answer.error == "too_many_websockets":
        remedy = "Each `turf serve` takes two of ten: stop one of them."
        return Finding("app token", State.WARN, "as many connections as Slack allows are open", remedy)
    if answer.error:
        remedy = (
            "Switch Socket Mode on, and make a new app-level token with the scope connections:write "
            f"(Basic Information, App-Level Tokens): {WHERE_TOKENS}"
        )
        return Finding("app token", State.FAIL, f"Slack refuses SLACK_APP_TOKEN: {answer.error}", remedy)
    return Finding("app token", State.OK, "Slack gives a connection")
