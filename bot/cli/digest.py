"""`turf digest list`, `preview`, `send` and `stop`."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from bot.cli.running import open_database, run
from bot.settings import Settings

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="digest", help="Who gets a digest when, what it would say, and sending one now.")

Workspace = Annotated[str | None, typer.Option(help="Which workspace, if there are several.")]
Number = Annotated[int, typer.Argument(help="Of the digest, as turf digest list shows it.")]
Line = tuple[str, ...]


@group.command("list", epilog="Example: turf digest list")
def list_digests(workspace: Workspace = None) -> None:
    """All digests: where they go, when, and what comes next."""
    found = run(_listed(Settings.from_env(), workspace))
    _show(found) if found else typer.echo("Nobody has subscribed to a digest yet. In Slack: /digest")


@group.command("preview", epilog="Example: turf digest preview 3")
def preview(number: Number, workspace: Workspace = None) -> None:
    """What a digest would say now, to those who can read its channel now."""
    typer.echo(run(_previewed(Settings.from_env(), number, workspace)))


@group.command("send", epilog="Example: turf digest send 3")
def send(number: Number, workspace: Workspace = None) -> None:
    """Have a digest sent at once by turf worker: one for each local date. The regular ones come all the same."""
    typer.echo(run(_sent(Settings.from_env(), number, workspace)))


@group.command("stop", epilog="Example: turf digest stop 3")
def stop(number: Number, workspace: Workspace = None) -> None:
    """End a digest: nothing more comes, and what was sent stays."""
    typer.echo(run(_stopped(Settings.from_env(), number, workspace)))


async def _listed(settings: Settings, workspace: str | None) -> list[Line]:
    from commands.digests.subscribing.words import when
    from commands.digests.telling_owners import title_of
    from storage.named_channels import named_in
    from storage.revisions import find_workspace
    from storage.store import Store
    from storage.subscriptions import all_subscriptions

    async with open_database(settings) as database:
        async with database.read() as connection:
            here = (await find_workspace(connection, workspace)).id
        async with Store(database).read(here) as repo:
            people, known = repo.company.people, await named_in(repo.connection, here)
            return [
                (
                    str(one.id),
                    _where(one.wish.channel_id, known) or people[one.wish.person_id or 0].name,
                    title_of(repo, one),
                    when(one.schedule),
                    one.state.value,
                    _moment(one.next.due if one.next else None),
                    people[one.wish.owner_id].name,
                )
                for one in await all_subscriptions(repo.connection, here)
            ]


def _where(channel: str | None, known: Mapping[str, str]) -> str:
    """Slack's id, and whose channel that is: the data tell no names of channels, and Slack is not asked."""
    return f"{channel} ({known.get(channel, 'name not known here')})" if channel else ""


def _moment(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M}" if when else "-"


async def _previewed(settings: Settings, number: int, workspace: str | None) -> str:
    async with open_database(settings) as database:
        shown = await _preview_of(settings, database, number, workspace)
    if shown.refused:
        return f"Nothing would be posted now: {shown.refused}"
    thread = ["", "In its thread:", *_texts(shown.thread)] if shown.thread else []
    return "\n".join([*_texts(shown.head), *thread])


async def _preview_of(settings: Settings, database: Any, number: int, workspace: str | None) -> Any:
    """Raises NotAllowed or Unavailable if nobody says who reads its channel."""
    from bot.app import register_features
    from commands.digests.subscribing.preview import preview as previewed
    from commands.kit.turf import local_date
    from storage.revisions import find_workspace
    from storage.store import Store
    from storage.subscriptions import find_subscription

    async with database.read() as connection:
        here = (await find_workspace(connection, workspace)).id
    store = Store(database)
    async with store.read(here) as repo:
        wish = (await find_subscription(repo.connection, here, number)).wish
    audience = await _audience(settings, store, here, wish)
    async with store.read(here) as repo:
        today = local_date(settings.clock().now(), repo.settings.timezone)
        sections = register_features().sections()
        return await previewed(repo, wish, audience, sections, subscription=number, today=today)


async def _audience(settings: Settings, store: Any, workspace: int, wish: Any) -> Any:
    """Who reads it: asked of Slack for a channel. Raises SettingsError without a token, Unavailable."""
    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.outbox.api import SlackApi
    from bot.outbox.audience import Audiences
    from bot.outbox.failures import Failure, Verdict
    from commands.kit.audience import why_not
    from commands.kit.outgoing import Audience, Member
    from domain.errors import NotAllowed, Unavailable

    company = (await store.present(workspace)).company
    if wish.person_id is not None:
        reader = company.people[wish.person_id]
        return Audience([Member(reader.slack_user_id or "", reader)])
    if not settings.bot_token:
        raise NotAllowed("Who reads a channel is asked of Slack: set SLACK_BOT_TOKEN, as turf worker needs it.")
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            settings.bot_token.get_secret_value(), base_url=settings.slack_api_url, session=session, retry_handlers=[]
        )
        api = SlackApi(client)
        try:
            return await Audiences(api, await api.team()).of_channel(wish.channel_id, company)
        except Failure as failure:
            if failure.verdict is Verdict.DEAD:
                return NotAllowed(why_not(failure.reason))
            raise Unavailable(f"Slack does not say who reads that channel ({failure.reason}).") from failure


async def _sent(settings: Settings, number: int, workspace: str | None) -> str:
    from commands.digests.subscribing.answers import what_became
    from commands.digests.subscribing.service import order_now, there_already
    from commands.digests.telling_owners import title_of
    from storage.audit import Occasion
    from storage.revisions import find_workspace
    from storage.store import Store
    from storage.subscriptions import find_subscription
    from storage.writing import write

    now = settings.clock().now()
    async with open_database(settings) as database:
        async with database.read() as connection:
            here = (await find_workspace(connection, workspace)).id
        store = Store(database)
        async with store.read(here) as repo:
            is_there = await there_already(repo, await find_subscription(repo.connection, here, number), now)
        refused, unsure = ("", "") if is_there else await _withheld_now(settings, database, number, workspace)
        if refused:
            return f"Nothing was ordered, for nothing would be posted now: {refused}"
        async with write(store, here, Occasion(None, "cli", now)) as repo:
            known = await find_subscription(repo.connection, here, number)
            sent = await order_now(repo, known, now=now)
            title = title_of(repo, known)
    return f"turf worker sends it now.{unsure}" if sent.is_new else _plain(what_became(sent, title))


async def _withheld_now(settings: Settings, database: Any, number: int, workspace: str | None) -> tuple[str, str]:
    """Why nothing would be posted now; or what to add, where nobody says who reads the channel."""
    from domain.errors import NotAllowed, Unavailable

    try:
        return (await _preview_of(settings, database, number, workspace)).refused, ""
    except (NotAllowed, Unavailable) as error:
        return "", f" Whether its readers may see it shows only then. {error.message}"


async def _stopped(settings: Settings, number: int, workspace: str | None) -> str:
    from commands.digests.subscribing.service import end
    from commands.digests.telling_owners import title_of
    from storage.audit import Occasion
    from storage.revisions import find_workspace
    from storage.store import Store
    from storage.subscriptions import State, find_subscription
    from storage.writing import write

    async with open_database(settings) as database:
        async with database.read() as connection:
            here = (await find_workspace(connection, workspace)).id
        async with write(Store(database), here, Occasion(None, "cli", settings.clock().now())) as repo:
            known = await find_subscription(repo.connection, here, number)
            if known.state is State.ENDED:
                return "It has ended already."
            await end(repo, known)
            return f"Ended: the digest of {title_of(repo, known)}. To have it again: /digest in Slack."


def _texts(blocks: Sequence[Any]) -> Iterator[str]:
    """The words of blocks, without Slack's marks."""
    from commands.kit.blocks import to_json

    for block in to_json(blocks, limit=100):
        inside = [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
        for one in inside:
            if isinstance(one, dict) and isinstance(one.get("text"), str):
                yield _plain(one["text"])


def _plain(words: str) -> str:
    from html import unescape

    return unescape(words.replace("*", ""))


def _show(found: list[Line]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("number", "where", "about", "when", "state", "next (UTC)", "set up by", box=box.SIMPLE_HEAD)
    for line in found:
        table.add_row(*map(Text, line))
    Console(width=None if sys.stdout.isatty() else 160).print(table)
