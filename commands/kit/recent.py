"""What is kept in memory for a while: answers to deliveries, and what Slack or the database said of someone."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")

KEPT = 4096


class Recent(Generic[T]):
    """The answers to the last deliveries of this process."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._answers: dict[str, asyncio.Future[T]] = {}

    async def once(self, delivery: str, answer: Callable[[], Awaitable[T]]) -> T:
        """`answer()`, or what it gave (or is about to give) for the same delivery. An empty key is never the same."""
        if not delivery:
            return await answer()
        known = self._answers.get(delivery)
        if known is not None:
            return await asyncio.shield(known)
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._answers[delivery] = future
        if len(self._answers) > self._kept:
            del self._answers[next(iter(self._answers))]
        try:
            made = await answer()
        except BaseException:
            del self._answers[delivery]
            future.cancel()
            raise
        future.set_result(made)
        return made


class Kept(Generic[K, T]):
    """Values that are good for some seconds."""

    def __init__(self, seconds: float, clock: Callable[[], float], kept: int = KEPT) -> None:
        self._seconds = seconds
        self._clock = clock
        self._kept = kept
        self._values: dict[K, tuple[float, T]] = {}

    def get(self, key: K) -> T | None:
        entry = self._values.get(key)
        return entry[1] if entry and entry[0] > self._clock() else None

    def put(self, key: K, value: T) -> None:
        self._values.pop(key, None)
        self._values[key] = (self._clock() + self._seconds, value)
        if len(self._values) > self._kept:
            del self._values[next(iter(self._values))]

    def drop(self, key: K) -> None:
        self._values.pop(key, None)
