"""How Bolt hands a payload to Turf, and who keeps hold of the work that goes on after the acknowledgement.

Bolt's own listener runner starts the listener and then polls every 10 ms until it has acknowledged, and an exception
just after ack() wipes the acknowledgement. Here the last of Bolt's middlewares asks the dispatcher for the
acknowledgement's body, awaits just that, and the work goes on in a task of its own: nothing polls, and nothing that
happens in the work can reach the acknowledgement any more.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

import structlog
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

log = structlog.get_logger("turf.runner")

Receive = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any] | str]]


class Tasks:
    """The work in hand of one process."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Start `work`; it is held until it ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def drain(self, seconds: float) -> int:
        """Wait until nothing is in hand, including what that started; the number that had to be cancelled at last."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while self._tasks and (left := end - loop.time()) > 0:
            await asyncio.wait(self._tasks, timeout=left)
        unfinished = list(self._tasks)
        for task in unfinished:
            task.cancel()
        if unfinished:
            log.error("work was cut short", tasks=len(unfinished))
            await asyncio.wait(unfinished, timeout=1)
        return len(unfinished)


class Terminal(AsyncMiddleware):
    """The end of Bolt's chain: everything goes to the dispatcher, so that Bolt checks no listener (9 us each)."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse:
        answer = await self._receive(req.body)
        return BoltResponse(status=200, body=answer if isinstance(answer, str) else dict(answer))
