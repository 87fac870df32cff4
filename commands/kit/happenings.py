"""Events of the workspace, which no person asks with: what is registered for them, and that it is done once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from commands.kit.call import Happening
from storage.writing import Writing

Reaction: TypeAlias = Callable[[Happening, Writing], Awaitable[None]]
"""What follows from a happening: in one transaction, and once, however often Slack tells of it."""
N = TypeVar("N", bound=Reaction)


@dataclass(frozen=True, slots=True)
class HappeningHandler:
    """Takes note of an event that nobody asks with: `channel_archive`, `group_left`."""

    id: str
    react: Reaction


async def react_once(entry: HappeningHandler, told: Happening, repo: Writing, key: str) -> None:
    """What follows from a happening, unless `key` was recorded before."""
    if await repo.inbox.answer(key) is None:
        await entry.react(told, repo)
        await repo.inbox.keep(key, {})
