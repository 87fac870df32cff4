"""The servers that `bench.ack` compares, each a process of its own: `python -m bench.ack_servers NAME PORT SLACK_URL`."""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import uvicorn

from commands.kit.turf import Directory
from storage.database import Database

SECRET = "a-signing-secret-for-the-benchmark"
TEAM = "T0001"


def plain_bolt(slack_url: str, *, process_before_response: bool) -> Any:
    """Bolt as its documentation shows it: Starlette in front, one command, a constant answer."""
    from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    client = AsyncWebClient(token="xoxb-bench", base_url=slack_url)
    bolt = AsyncApp(client=client, signing_secret=SECRET, process_before_response=process_before_response)

    @bolt.command("/turf")
    async def answer(ack: Any) -> None:
        await ack("You can ask me for help.")

    handler = AsyncSlackRequestHandler(bolt)

    async def endpoint(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])])


@dataclass(frozen=True)
class _Workspace:
    id: int = 1
    timezone: str = "UTC"


class _Directory:
    async def workspace(self, team_id: str) -> Any:
        return _Workspace()

    async def by_slack_id(self, workspace: int, slack_user_id: str) -> Any:
        from domain.company import Person, Role

        return Person(id=1, key="ana", name="Ana", role=Role.REP)

    async def by_email(self, workspace: int, email: str) -> Any:
        return None

    async def whom_to_ask(self, workspace: int) -> Sequence[str]:
        return ()


class _OneRep(_Directory):
    """Everyone is the same rep of the company at DATABASE_URL."""

    async def by_slack_id(self, workspace: int, slack_user_id: str) -> Any:
        from bot.demo.company import BULK_REP
        from storage.store import Store

        async with Store(Database(os.environ["DATABASE_URL"])).read(1) as repo:
            return next(person for person in repo.company.people.values() if person.key == BULK_REP)


def turf(slack_url: str, directory: Directory) -> Any:
    """Turf with all its features; only who is asking does not come from a database."""
    from bot import logs
    from bot.app import build
    from bot.settings import Settings

    logs.configure("json")
    env = {"SLACK_BOT_TOKEN": "xoxb-bench", "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": slack_url}
    if "DATABASE_URL" in os.environ:
        env["DATABASE_URL"] = os.environ["DATABASE_URL"]
    return build(Settings.from_env(env), directory=directory).asgi


def made(name: str, slack_url: str) -> Any:
    if name == "turf":
        return turf(slack_url, _Directory())
    if name == "turf-data":
        return turf(slack_url, _OneRep())
    return plain_bolt(slack_url, process_before_response=name == "bolt-first")


async def _serve(name: str, port: int, slack_url: str) -> None:
    config = uvicorn.Config(
        made(name, slack_url),
        port=port,
        http="httptools",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    await uvicorn.Server(config).serve()


def main() -> None:
    import uvloop

    name, port, slack_url = sys.argv[1:]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(name, int(port), slack_url))


if __name__ == "__main__":
    main()
