"""The walk around targets while everything at Slack fails in turn: each effect is there exactly once, and people hear what to do."""

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.insisting import PATIENCE, Insisting
from tests.support.slack import SlackClient
from tests.support.turf import running_turf

Fault = Callable[[SlackClient], Awaitable[None]]
ONCE = {
    "versions": 1,
    "notices": 1,
    "audited": {"targets.set": 1, "targets.read": 1, "targets.concern": 1, "targets.share": 1, "targets.export": 1},
    "outbox": {
        ("targets/published", "sent"),
        ("targets/notice", "sent"),
        ("targets/concern", "sent"),
        ("targets/shared", "sent"),
        ("targets/share_told", "dropped"),
        ("targets/export", "sent"),
        ("targets/kept", "sent"),
        ("home/refresh", "sent"),
    },
    "the rep's messages": ["Marcus Chen published your target for Q1 2027."],
    "answered": ["You have read this", "You raised a concern"],
    "the manager's messages": [
        "Ana Silva raised a concern about a target.",
        "Kept for you: Marcus Chen and team",
        "The rows behind Marcus Chen and team",
    ],
    "files": 1,
    "shared": ["Americas East"],
}
METHODS = (
    *("users.info", "views.open", "views.push", "views.update", "response_url"),
    *("conversations.open", "conversations.info", "conversations.members", "conversations.history"),
    *("chat.postMessage", "chat.update", "views.publish"),
    *("files.getUploadURLExternal", "upload", "files.completeUploadExternal", "files.info"),
)


def first_fails(kind: str, **more: Any) -> Fault:
    """Before each act: the next call of each method fails."""

    async def switch_on(slack: SlackClient) -> None:
        await slack.faults(clear=True, add=[{"kind": kind, "on": method, "times": 1, **more} for method in METHODS])

    return switch_on


def always(*faults: dict[str, Any], **switches: Any) -> Fault:
    """From the first act on."""
    on: list[bool] = []

    async def switch_on(slack: SlackClient) -> None:
        if not on:
            on.append(True)
            await slack.faults(add=list(faults), **switches)

    return switch_on


def jumping(seconds: float) -> Fault:
    """The clock jumps before each act."""

    async def switch_on(slack: SlackClient) -> None:
        await slack.advance(seconds)

    return switch_on


FAST = {
    "first call: connection dies after acceptance": first_fails("lost_answer"),
}
SLOW = {
    "no fault": always(),
    "older client": always(newer_blocks=False),
    "first call: 500": first_fails("error"),
    "first call: 503": first_fails("unavailable"),
    "first call: connection refused": first_fails("refused"),
    "first call: 429": first_fails("rate_limited", retry_after=7),
    "storm of 429": always({"kind": "rate_limited", "chance": 0.3, "retry_after": 5}, seed=1),
    "storm of 500": always({"kind": "error", "chance": 0.3}, seed=2),
    "connections dying after acceptance": always({"kind": "lost_answer", "chance": 0.3}, seed=3),
    "everything at once": always(
        {"kind": "lost_answer", "chance": 0.15},
        {"kind": "error", "chance": 0.1},
        {"kind": "refused", "chance": 0.1},
        {"kind": "rate_limited", "chance": 0.1, "retry_after": 3},
        seed=4,
    ),
    "an outage of ten minutes": always({"kind": "unavailable", "lasts": 600}),
    "slow answers": always({"kind": "delay", "seconds": 0.8}),
    "late deliveries": always({"kind": "late", "seconds": 2}),
    "doubled events": always({"kind": "doubled"}, {"kind": "lost_ack"}),
    "late files": always({"kind": "files_late", "seconds": 30}),
    "the clock goes on by an hour": jumping(3_600),
    "the clock goes back by an hour": jumping(-3_600),
    "the clock goes on by two days": jumping(2 * 86_400),
}
DAYS = [
    *(pytest.param(fault, id=name) for name, fault in FAST.items()),
    *(pytest.param(fault, id=name, marks=pytest.mark.slow) for name, fault in SLOW.items()),
]


@pytest.mark.parametrize("fault", DAYS)
async def test_each_effect_is_there_once(sample_file: Path, tmp_path: Path, fault: Fault) -> None:
    copy = shutil.copyfile(sample_file, tmp_path / "turf.db")
    async with (
        running_turf(f"sqlite:///{copy}", tmp_path, worker=True) as turf,
        SlackClient(turf.slack.base_url, patience=PATIENCE) as slack,
    ):
        people = Insisting(turf, slack, fault)
        await people.walk()
        assert await people.counted() == ONCE
        assert people.misled == []
        assert [words for words in people.heard if not _helps(words)] == []


def _helps(words: str) -> bool:
    """Whole sentences, with no word of the machine's."""
    said = words.partition("\nReference")[0]
    machine = ("traceback", "exception", "none", "status", "{", "error")
    return said.endswith(".") and " " in said and not any(word in said.casefold() for word in machine)
