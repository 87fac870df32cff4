"""python -m sandbox --seed FILE.json --port N [--clock-file F] [--exit-with-parent]"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import sys
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from sandbox.clock import Clock, FileClock, SystemClock
from sandbox.errors import SeedError
from sandbox.seed import load_seed
from sandbox.server import build
from sandbox.serving import configured

_HOST = "127.0.0.1"
_PARENT_CHECK_SECONDS = 0.5


class _Server(uvicorn.Server):
    """Says when it answers, and tells open event streams to end when it is asked to stop."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            sys.stdout.write(f"workspace ready: http://{_HOST}:{sockets[0].getsockname()[1]}/\n")
            sys.stdout.flush()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.stop()
        super().handle_exit(sig, frame)

    def stop(self) -> None:
        app = self.config.app
        if isinstance(app, Starlette):
            app.state.stopping = True
        self.should_exit = True


async def serve(app: Starlette, listening: socket.socket, *, parent: int | None) -> None:
    """Serve until SIGTERM or SIGINT, or until process `parent` is no longer ours."""
    config = configured(app, log_level="warning", timeout_graceful_shutdown=2)
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    while not running.done():
        if parent is not None and os.getppid() != parent:
            server.stop()
        await asyncio.wait([running], timeout=_PARENT_CHECK_SECONDS if parent else None)
    await running


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local Slack workspace in the browser.")
    parser.add_argument("--seed", type=Path, required=True, help="JSON file with team, users, channels and app")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument(
        "--clock-file", type=Path, help="file with the time: an ISO 8601 instant, or seconds ahead such as +86400"
    )
    parser.add_argument("--slowness", type=float, default=1.0, help="stretch Slack's deadlines of 3 s (busy machines)")
    parser.add_argument(
        "--exit-with-parent", action="store_true", help="end when the process that started this one ends"
    )
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Run the workspace; returns the exit code."""
    args = _arguments(argv)
    parent = os.getppid() if args.exit_with_parent else None
    try:
        seed = load_seed(args.seed)
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((_HOST, args.port))
    except SeedError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"Port {args.port} cannot be used: {error.strerror}. Choose another with --port.\n")
        return 1
    clock: Clock = FileClock(args.clock_file) if args.clock_file else SystemClock()
    app = build(seed, f"http://{_HOST}:{listening.getsockname()[1]}", clock, slowness=args.slowness)
    asyncio.run(serve(app, listening, parent=parent))
    return 0


if __name__ == "__main__":
    sys.exit(main())
