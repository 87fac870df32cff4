"""What a person does in their client: type, press, choose, submit, close. The page and the tests use this alone."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

from sandbox import payloads, stack
from sandbox.acks import apply_submission
from sandbox.delivery import Ack, Delivery
from sandbox.errors import ApiError, ClientError, DeliveryError
from sandbox.inputs import enter_all, entered, find_element, missing_fields
from sandbox.model import Channel, Json, Message, View
from sandbox.responses import answer_command
from sandbox.seed import UserSeed
from sandbox.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an action: `cause` marks the events that it led to; `error` is Slack's code when it failed."""

    cause: str | None = None
    error: str | None = None
    detail: str | None = None
    errors: dict[str, str] | None = None

    def as_json(self) -> Json:
        body = {"ok": self.error is None, "cause": self.cause, "error": self.error, "detail": self.detail}
        return body | {"errors": self.errors or {}}


@dataclass(slots=True)
class Clients:
    """Everyone's client."""

    ws: Workspace
    delivery: Delivery
    _background: set[asyncio.Task[None]] = field(default_factory=set)

    async def say(self, user: UserSeed, channel: Channel, text: str, thread_ts: str | None = None) -> Outcome:
        """Send what stands in the composer: a slash command or a message. Raises ClientError where one cannot write."""
        if user.id not in channel.members:
            raise ClientError(f"{user.real_name} is not a member of {channel.name}.")
        if text.startswith("/"):
            return await self._command(user, channel, text, thread_ts)
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        message = self.ws.post(channel, user=user.id, text=self._with_mentions(escaped), thread_ts=thread_ts)
        self._tell_app_of(message, channel)
        return Outcome()

    def _with_mentions(self, text: str) -> str:
        """A client turns @name into <@U...> before it sends."""
        names = {user.name: user.id for user in self.ws.users.values()}
        return re.sub(r"@([\w.-]+)", lambda m: f"<@{names[m[1]]}>" if m[1] in names else m[0], text)

    def _tell_app_of(self, message: Message, channel: Channel) -> None:
        inner: Json = {"user": message.user, "type": "message", "ts": message.ts, "text": message.text}
        inner |= {"team": self.ws.seed.team.id, "channel": channel.id, "event_ts": message.ts}
        inner |= {"thread_ts": message.thread_ts} if message.thread_ts else {}
        kind = "im" if channel.is_im else "group" if channel.is_private else "channel"
        if self.ws.app.bot_user_id in channel.members:
            name = "message.groups" if kind == "group" else "message.channels" if kind == "channel" else "message.im"
            self._event(name, inner | {"channel_type": kind})
            if not channel.is_im and f"<@{self.ws.app.bot_user_id}>" in message.text:
                self._event("app_mention", inner | {"type": "app_mention"})

    def _event(self, name: str, inner: Json) -> None:
        """Send an event that the app subscribed to, without making the person wait."""
        if name in self.ws.app.bot_events:
            task = asyncio.create_task(self._deliver_event(payloads.event(self.ws, inner)))
            self._background.add(task)
            task.add_done_callback(self._background.discard)

    async def _deliver_event(self, payload: Json) -> None:
        try:
            await self.delivery.send("event", payload)
        except DeliveryError as error:
            self.ws.refused(f"event {payload['event']['type']}", ApiError(error.code, detail=error.detail))

    async def _command(self, user: UserSeed, channel: Channel, text: str, thread_ts: str | None) -> Outcome:
        name, _, rest = text.strip().partition(" ")
        cause = self.ws.ids.next("I")
        if thread_ts:
            return self._failed(
                user, channel, cause, "command_in_thread", f"{name} is not supported in threads. Sorry!"
            )
        if name not in {command.command for command in self.ws.app.commands}:
            return self._failed(user, channel, cause, "unknown_command", f"{name} is not a valid command.")
        trigger = self.ws.grant_trigger(user.id, cause)
        url = self.ws.grant_response_url(user.id, channel.id, cause)
        form = payloads.command(self.ws, user, channel, name, rest.strip(), trigger=trigger, url=url)
        try:
            ack = await self.delivery.send("command", form, answers=True)
            answer_command(self.ws, url, ack.body)
        except DeliveryError as error:
            words = f'{name} failed with the error "{error.code}"'
            return self._failed(user, channel, cause, error.code, words, error.detail)
        except ApiError as error:
            self.ws.refused(f"acknowledgement of {name}", error)
            words = f'{name} failed with the error "{error.code}"'
            return self._failed(user, channel, cause, error.code, words, str(error.body()))
        return Outcome(cause)

    def _failed(
        self, user: UserSeed, channel: Channel, cause: str, code: str, words: str, detail: str | None = None
    ) -> Outcome:
        self.ws.post(channel, user="USLACKBOT", text=words, visible_to=user.id, system=True, cause=cause)
        return Outcome(cause, code, detail or words)

    async def act(
        self, user: UserSeed, holder: Message | View, block_id: str | None, action_id: str, raw: Any, values: Json
    ) -> Outcome:
        """Press a button or choose something, in a message or a view. Raises ClientError when it is not there."""
        block, element = find_element(holder.blocks, block_id, action_id)
        enter_all(holder.blocks, holder.values, values)
        state = entered(element, raw)
        if element["type"] not in ("button", "overflow"):
            holder.values.setdefault(block["block_id"], {})[action_id] = state
        if block["type"] == "input" and not block.get("dispatch_action"):
            return Outcome()
        cause = self.ws.ids.next("I")
        action = self._action(block, element, state)
        if isinstance(holder, View):
            holder.cause = cause
            trigger = self.ws.grant_trigger(user.id, cause, holder.id if holder.type == "modal" else None)
            payload = payloads.view_action(self.ws, user, holder, action, trigger)
        else:
            trigger = self.ws.grant_trigger(user.id, cause)
            url = self.ws.grant_response_url(user.id, holder.channel, cause, holder.ts)
            payload = payloads.message_action(self.ws, user, holder, action, trigger=trigger, url=url)
        return await self._interaction(payload, cause)

    def _action(self, block: Json, element: Json, state: Json) -> Json:
        action = {"action_id": element["action_id"], "block_id": block["block_id"], **state}
        if element["type"] == "button":
            action["text"] = element["text"]
            action = {name: value for name, value in action.items() if value is not None}
        return action | {"action_ts": f"{self.ws.clock.machine():.6f}"}

    async def _interaction(self, payload: Json, cause: str) -> Outcome:
        try:
            await self.delivery.send("interaction", payload)
        except DeliveryError as error:
            return Outcome(cause, error.code, error.detail)
        return Outcome(cause)

    async def submit(self, user: UserSeed, view: View, values: Json) -> Outcome:
        """Submit a modal: required fields first, then the app's answer."""
        enter_all(view.blocks, view.values, values)
        view.errors = missing_fields(view.blocks, view.values)
        view.cause = cause = self.ws.ids.next("I")
        if view.errors:
            stack.tell(self.ws, user.id, cause)
            return Outcome(cause, errors=view.errors)
        trigger = self.ws.grant_trigger(user.id, cause, view.id)
        payload = payloads.view_submission(self.ws, user, view, trigger)
        try:
            ack = await self.delivery.send("interaction", payload, answers=True)
            apply_submission(self.ws, user, view, ack.object, cause)
        except DeliveryError as error:
            return Outcome(cause, error.code, error.detail)
        except ApiError as error:
            self.ws.refused("acknowledgement of view_submission", error)
            return Outcome(cause, error.code, str(error.body()))
        return Outcome(cause, errors=view.errors)

    async def close(self, user: UserSeed, view: View, *, all_views: bool = False) -> Outcome:
        """Close a modal; the app is told if it asked for that."""
        cause = self.ws.ids.next("I")
        clears = all_views or view.definition.get("clear_on_close", False)
        if clears:
            stack.close_all(self.ws, user.id, cause)
        else:
            stack.close_top(self.ws, user.id, cause)
        if view.definition.get("notify_on_close"):
            return await self._interaction(payloads.view_closed(self.ws, user, view, cleared=clears), cause)
        return Outcome(cause)

    async def suggest(
        self, user: UserSeed, holder: Message | View, block_id: str, action_id: str, value: str
    ) -> list[Json]:
        """Options of an external select for what was typed; raises DeliveryError."""
        find_element(holder.blocks, block_id, action_id)
        payload = payloads.suggestion(self.ws, user, holder, block_id, action_id, value)
        ack: Ack = await self.delivery.send("interaction", payload, answers=True)
        groups = ack.object.get("option_groups") or []
        return [o for group in groups for o in group["options"]] or list(ack.object.get("options") or [])

    async def open_home(self, user: UserSeed) -> Outcome:
        """Open the app's Home tab."""
        home = self.ws.homes.get(user.id)
        inner: Json = {"type": "app_home_opened", "user": user.id, "tab": "home"}
        inner |= {"channel": self.ws.direct_message(user.id).id, "event_ts": f"{self.ws.clock.machine():.6f}"}
        inner |= {"view": stack.view_json(self.ws, home)} if home else {}
        self._event("app_home_opened", inner)
        return Outcome()

    def dismiss(self, user: UserSeed, message: Message) -> Outcome:
        """Take an ephemeral message out of one's sight. Raises ClientError for other messages."""
        if message.visible_to != user.id:
            raise ClientError("Only a message that only you can see can be dismissed.")
        self.ws.remove(message)
        return Outcome()
