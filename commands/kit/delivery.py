"""How a reply reaches the person: through the response_url, or into a view."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from commands.kit.blocks import JSON, Block, section
from commands.kit.payload import DIRECT, HOME_OPENED, Request
from commands.kit.recent import Kept
from commands.kit.reply import Home, Message, Modal, Reply, answer_to_post
from commands.kit.turf import Slack
from domain.errors import Unavailable
from templates import render

CLICK_SECONDS = 60
"""How long it matters which of several clicks in a view was the last one."""
PLAIN_SECONDS = 24 * 3600
"""How long a workspace that refused a newer block is spared another attempt."""


@dataclass(frozen=True, slots=True)
class LastClick:
    """In a view: its request, and what holds while an answer is on its way."""

    reference: str
    updating: asyncio.Lock


class Delivery:
    """Sends replies. Raises Unavailable if Slack does not take them."""

    def __init__(self, slack: Slack, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._slack = slack
        self._plain: Kept[str, bool] = Kept(PLAIN_SECONDS, clock)
        self._last: Kept[str, LastClick] = Kept(CLICK_SECONDS, clock)

    def received(self, request: Request) -> None:
        """Remember which click in a view was the last one."""
        if request.view:
            known = self._last.get(request.view.id)
            updating = known.updating if known else asyncio.Lock()
            self._last.put(request.view.id, LastClick(request.reference, updating))

    async def open_loading(self, request: Request, title: str) -> str:
        """A view that says that the answer is on its way; on top of the modal that was clicked in, if it was one.

        Empty if another process has opened it.
        """
        loading = Modal(title, [section(render("kit/loading.mrkdwn.j2"))])
        return await self._slack.open_view(request.trigger_id, loading.to_json(), push=request.modal is not None)

    async def send(self, request: Request, reply: Reply, *, opened: str = "", title: str = "Turf") -> None:
        """Deliver `reply`; `opened` is the loading view that waits for it, `title` stands over a message shown there."""
        match reply:
            case Home():
                await self._slack.publish_home(request.user_id, reply.to_json())
            case Message() if request.name == HOME_OPENED:
                await self._slack.publish_home(request.user_id, as_home(reply).to_json())
            case Message() if request.name == DIRECT:
                await self._post(request, reply)
            case Message() if opened:
                await self._slack.update_view(opened, as_modal(reply, title).to_json())
            case Message() if request.response_url:
                await self._respond(request, reply)
            case Message(replace=True) if request.modal:
                modal = as_modal(reply, title)
                await self._slack.update_view(request.modal.id, modal.to_json(), hash=request.modal.hash)
            case Message():
                await self._slack.open_view(
                    request.trigger_id, as_modal(reply, title).to_json(), push=request.modal is not None
                )
            case Modal() if opened:
                await self._slack.update_view(opened, reply.to_json())
            case Modal(follows=True) if request.modal:
                await self._follow(request, request.modal.id, reply)
            case Modal() if request.modal:
                await self._slack.update_view(request.modal.id, reply.to_json(), hash=request.modal.hash)
            case Modal():
                await self._slack.open_view(request.trigger_id, reply.to_json(), push=False)
            case _:
                return

    async def _follow(self, request: Request, view: str, reply: Modal) -> None:
        """The answer to the last of several clicks stays: a click's hash is that of the view before earlier answers."""
        last = self._last.get(view)
        async with last.updating if last else asyncio.Lock():
            last = self._last.get(view)
            if last is None or last.reference == request.reference:
                await self._slack.update_view(view, reply.to_json())

    async def _respond(self, request: Request, message: Message) -> None:
        async def send(plain: bool) -> bool:
            return await self._slack.respond(request.response_url, message.to_bytes(plain=plain))

        await self._newer_or_older(request, message, send)

    async def _post(self, request: Request, message: Message) -> None:
        async def send(plain: bool) -> bool:
            return await self._slack.post(request.channel_id, answer_to_post(message, plain=plain))

        await self._newer_or_older(request, message, send)

    async def _newer_or_older(
        self, request: Request, message: Message, send: Callable[[bool], Awaitable[bool]]
    ) -> None:
        # Whether the newer blocks work depends on the workspace and is only known by trying.
        choice = message.fallback is not None
        plain = choice and bool(self._plain.get(request.team_id))
        if await send(plain):
            return
        if not choice or plain:
            raise Unavailable("Slack did not take my answer. Try again in a minute.")
        self._plain.put(request.team_id, True)
        if not await send(True):
            raise Unavailable("Slack did not take my answer. Try again in a minute.")


def as_modal(message: Message, title: str) -> Modal:
    """A message in a view, where the newer blocks of messages are not allowed."""
    return Modal(title, _for_a_view(message))


def as_home(message: Message) -> Home:
    return Home(_for_a_view(message))


def _for_a_view(message: Message) -> Sequence[Block]:
    blocks = message.fallback if message.fallback is not None else message.blocks
    return blocks or [section(message.text)]


def working_view(title: str) -> JSON:
    """What a submitted modal turns into when the answer takes longer than Slack waits."""
    return Modal(title, [section(render("kit/working.mrkdwn.j2"))]).to_json()


def done_view(title: str) -> Modal:
    return Modal(title, [section(render("kit/done.mrkdwn.j2"))])


def nothing_view(title: str) -> Modal:
    """What a loading view turns into if there is no answer."""
    return Modal(title, [section(render("kit/nothing.mrkdwn.j2"))])
