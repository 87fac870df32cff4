"""The walk around targets with people who try again when they are told so, or when nothing happened; and a count of what came of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from bot.demo.company import MANAGER, REP
from bot.demo.workspace import BOT_USER
from storage.audit import AUDIT
from storage.outbox import OPEN, OUTBOX, State
from storage.target_notices import NOTICES
from storage.target_versions import TARGETS
from tests.support.slack import BotFailed, Card, SlackClient, View
from tests.support.turf import Turf

REGION = "americas"
PERIOD = "2027Q1"
TRIES = 12
A_MINUTE = 61
ROUNDS = 200
PATIENCE = 4.0
"""Seconds that a person waits before looking whether anything has happened."""
Json = dict[str, Any]


@dataclass
class Insisting:
    """Two people and what they heard. `fault` switches on what goes wrong, before each act.

    `misled` are the words that asked to try again what was done already.
    """

    turf: Turf
    slack: SlackClient
    fault: Callable[[SlackClient], Awaitable[None]]
    heard: list[str] = field(default_factory=list)
    misled: list[str] = field(default_factory=list)

    async def walk(self) -> None:
        """Everything once: set, read, object, share, export, keep."""
        await self.slack.as_(MANAGER).joins(REGION, guest=BOT_USER)
        await self._do("set", self._set, self._versions)
        await self._do("read", self._read, lambda: self._audited("targets.read"))
        await self._do("concern", self._object, lambda: self._audited("targets.concern"))
        await self._do("share", self._share, lambda: self._audited("targets.share"))
        await self._do("export", self._export, lambda: self._audited("targets.export"))
        await self._do("keep", self._keep, lambda: self._queued("targets/kept"))

    async def _do(self, what: str, act: Callable[[], Awaitable[None]], done: Callable[[], Awaitable[int]]) -> None:
        """An act, again as long as it had no effect, and whatever the worker has to send because of it."""
        await self.fault(self.slack)
        for _ in range(TRIES):
            before = len(self.heard)
            with suppress(BotFailed):
                await act()
            await self.turf.application.tasks.drain(10)
            if await done():
                self.misled += [f"{what}: {words}" for words in self.heard[before:][-1:] if "Try again" in words]
                return await self.settle()
            await self.slack.advance(A_MINUTE)
        raise AssertionError(f"{what}: no effect after {TRIES} tries; heard {self.heard}")

    async def settle(self) -> None:
        """Time passes until nothing waits any more."""
        assert self.turf.worker
        for _ in range(ROUNDS):
            if not any([await self._queued(state=state) for state in OPEN]):
                return
            await self.slack.advance(20)
            self.turf.worker.wake()
            await asyncio.sleep(0.02)
        raise AssertionError(f"something still waits: {await self._rows()}")

    # What people do

    async def _set(self) -> None:
        form = await self._form(self.slack.as_(MANAGER), "/targets set Ana Silva Q1 2027")
        if form is None:
            return
        form.fill("amount", "1.2M")
        form.fill("reason", "New accounts in Boston")
        shown = await form.press("Show preview")
        if self._is_form(shown):
            shown.typed = form.typed
            self._hears(await shown.submit())

    async def _read(self) -> None:
        told = await self._told()
        # What comes of it is seen in the message, once the worker has changed it.
        found = [one for _, one in told._elements() if one["text"]["text"] == "I've read this"]
        assert found, f"no button any more: {told.words}; {await self._actions()}"
        button = found[0]
        click = {"block_id": "answer", "action_id": button["action_id"], "value": button["value"], "values": {}}
        await self.slack.post(f"/_client/{REP}/action", told._where() | click)

    async def _object(self) -> None:
        form = await (await self._told()).press("Raise a concern")
        if self._is_form(form):
            form.fill("concern", "Half of my accounts moved")
            self._hears(await form.submit())

    async def _share(self) -> None:
        form = await (await self._card()).press("Share…")
        if self._is_form(form):
            state = await self.slack.as_(MANAGER).state()
            form = await form.select("Where", next(one["id"] for one in state["channels"] if one["name"] == REGION))
        if self._is_form(form):
            self._hears(await form.submit())

    async def _export(self) -> None:
        form = await (await self._card()).press("Export…")
        if self._is_form(form):
            self._hears(await form.submit())

    async def _keep(self) -> None:
        self._hears(await (await self._card()).press("Keep in my messages"))

    async def _form(self, person: Any, typed: str) -> View | None:
        found = await person._typed(typed, "general")
        return found if self._is_form(found) else None

    def _is_form(self, found: Card | View | None) -> bool:
        """Whether it can be submitted; else its words are kept: they say what was wrong."""
        if isinstance(found, View) and found.data.get("submit"):
            return True
        self._hears(found)
        return False

    def _hears(self, found: Card | View | None) -> None:
        if found is not None:
            self.heard += list(found.errors.values()) if isinstance(found, View) and found.errors else [found.text]

    async def _card(self) -> Card:
        """The card of the team, asked for as often as it takes."""
        for _ in range(TRIES):
            with suppress(BotFailed):
                card = await self.slack.as_(MANAGER).types("/targets")
                if "Share…" in card.buttons:
                    return card
                self._hears(card)
            await self.slack.advance(A_MINUTE)
        raise AssertionError(f"no card after {TRIES} tries; heard {self.heard}")

    async def _told(self) -> Card:
        told = [card for card in await self.slack.as_(REP).messages("app") if not card.ephemeral]
        assert len(told) == 1, f"{len(told)} messages; the outbox has {await self._rows()}"
        return told[0]

    # What came of it

    async def counted(self) -> Json:
        """Every effect, in the database and in the workspace."""
        rep = [one for one in await self.slack.as_(REP).messages("app") if not one.ephemeral]
        manager = [one for one in await self.slack.as_(MANAGER).messages("app") if not one.ephemeral]
        shared = [one for one in await self.slack.as_(REP).messages(REGION) if one.blocks and not one.ephemeral]
        return {
            "versions": await self._versions(),
            "notices": await self._count(select(func.count()).select_from(NOTICES)),
            "audited": await self._actions(),
            "outbox": await self._outbox(),
            "the rep's messages": [one.text for one in rep],
            "answered": [part for part in ("You have read this", "You raised a concern") if part in rep[0].words],
            "the manager's messages": sorted(one.text.partition(",")[0] for one in manager),
            "files": sum(len(one.data.get("files") or []) for one in manager),
            "shared": [one.text.partition(":")[0] for one in shared],
        }

    async def _versions(self) -> int:
        return await self._count(select(func.count()).select_from(TARGETS).where(TARGETS.c.period == PERIOD, TARGETS.c.subject_kind == "person"))  # fmt: skip

    async def _audited(self, action: str) -> int:
        return await self._count(select(func.count()).select_from(AUDIT).where(AUDIT.c.action == action))

    async def _queued(self, kind: str = "", state: State | None = None) -> int:
        query = select(func.count()).select_from(OUTBOX)
        query = query.where(OUTBOX.c.kind == kind) if kind else query
        return await self._count(query if state is None else query.where(OUTBOX.c.state == state))

    async def _actions(self) -> Counter[str]:
        async with self.turf.application.database.read() as connection:
            found = (await connection.execute(select(AUDIT.c.action))).scalars().all()
        return Counter(one for one in found if one.startswith("targets."))

    async def _rows(self) -> list[Any]:
        columns = OUTBOX.c.kind, OUTBOX.c.state, OUTBOX.c.error, OUTBOX.c.next_at
        async with self.turf.application.database.read() as connection:
            return list((await connection.execute(select(*columns).order_by(OUTBOX.c.id))).all())

    async def _outbox(self) -> set[tuple[str, str]]:
        counted = Counter((row.kind, row.state) for row in await self._rows())
        assert all(count == 1 or kind in ("targets/notice", "home/refresh") for (kind, _), count in counted.items()), (
            counted
        )
        return set(counted)

    async def _count(self, query: Any) -> int:
        async with self.turf.application.database.read() as connection:
            return int((await connection.execute(query)).scalar_one())
