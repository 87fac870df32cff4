"""`turf demo`."""

import asyncio
import signal
from typing import Annotated

import typer

from bot.cli.running import run
from bot.demo.company.personas import LEADER, MANAGER, REP
from domain.clock import SystemClock

app = typer.Typer()

WELCOME = """
Ready: {url}

  {url}?as={rep}        a rep: type /targets, then press Why?
  {url}?as={manager}      a manager: /targets shows the team; try /targets New York last quarter
  {url}?as={leader}    the leader: /targets all
  /turf help lists what there is; /invite @turf brings the bot into a channel.
  /digest in #americas, Subscribe; set the clock at the bottom left to Monday 09:00: the digest comes.

The same figures on the command line, in another terminal:
  DATABASE_URL={database_url} turf report targets --by team

Ctrl-C ends it; nothing is kept.
"""


@app.command("demo", epilog="Examples: turf demo | turf demo --socket --port 9000")
def demo(
    socket: Annotated[bool, typer.Option("--socket", help="Socket Mode instead of signed HTTP.")] = False,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Where the page is: 8080, or a free one, unless you say.")
    ] = None,
) -> None:
    """Try the whole product on this machine, without a Slack account.

    Invents a company with 9,000 deals, imports it, and starts the real bot and a local workspace with a page in the browser.
    """
    run(_demo(port, socket=socket))


async def _demo(port: int | None, *, socket: bool) -> None:
    task = asyncio.current_task()
    assert task
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await _show(port, socket=socket)
    except asyncio.CancelledError:
        _say("Ended.")  # that is how one leaves a demo


async def _show(port: int | None, *, socket: bool) -> None:
    from bot.demo.run import demo as running_demo

    async with running_demo(SystemClock(), _say, port=port, socket=socket) as made:
        people = {"rep": REP, "manager": MANAGER, "leader": LEADER}
        _say(WELCOME.format(url=made.url, database_url=made.database_url, **people))
        await made.ended()


def _say(line: str) -> None:
    typer.echo(line)
