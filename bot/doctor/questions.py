"""Asking Slack, ten seconds in all."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import aiohttp

from domain.errors import Unavailable

SECONDS = 10.0
"""For all questions together."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack says to one question, with the header of the answer (names in any case)."""

    body: Mapping[str, Any]
    header: Mapping[str, str]

    @property
    def error(self) -> str:
        """Slack's word for why not; empty if it did as it was asked."""
        return "" if self.body.get("ok") else str(self.body.get("error") or "no reason given")


class Questions:
    """Asks with one of our tokens at a time. All questions together have `SECONDS`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._end = time.monotonic() + SECONDS
        self._session = aiohttp.ClientSession()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def ask(self, method: str, token: str, **arguments: str) -> Answer:
        """Raises Unavailable if there is no answer in time, or Slack wants us to wait."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise Unavailable(f"{SECONDS:g} seconds were not enough.")
        try:
            async with self._session.post(
                f"{self._url}{method}",
                data=arguments,
                headers={"Authorization": f"Bearer {token}"},
                timeout=aiohttp.ClientTimeout(total=left),
            ) as response:
                if response.status == 429:
                    raise Unavailable("Slack asks to wait.")
                return Answer(_object(await response.json()), response.headers)
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
            raise Unavailable("Slack does not answer.") from error


def _object(body: Any) -> Mapping[str, Any]:
    """Raises ValueError for what Slack never answers."""
    if not isinstance(body, dict):
        raise ValueError("not an object")
    return body
