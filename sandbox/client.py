"""What a person does in their client: type, press, choose, submit, close. The page and the tests use this alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sandbox import builtin, payloads, stack
from sandbox.acks import apply_submission
from sandbox.delivery import Ack, Delivery
from sandbox.errors import ApiError, ClientError, DeliveryError
from sandbox.inputs import enter_all, entered, find_element, missing_fields
from sandbox.membership import join, leave
from sandbox.messages import check_thread, tell_app
from sandbox.model import Channel, Json, Message, View
from sandbox.responses import answer_command
from sandbox.seed import UserSeed
from sandbox.uploads import check_chosen
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

    async def say(self, user: UserSeed, channel: Channel, text: str, thread_ts: str | None = None) -> Outcome:
        """Send what stands in the composer: a slash command or a message. Raises ClientError where one cannot write."""
        if user.id not in channel.members:
            raise ClientError(f"{user.real_name} is not a member of {channel.name}.")
        if channel.is_archived:
            raise ClientError(f"{channel.name} is archived.")
        if text.startswith("/"):
            return await self._command(user, channel, text, thread_ts)
        try:
            check_thread(channel, thread_ts)
        except ApiError as error:
            raise ClientError("That message is no longer there.") from error
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        message = self.ws.post(channel, user=user.id, text=self._with_mentions(escaped), thread_ts=thread_ts)
        self.read(user, channel)
        tell_app(self.ws, message)
        return Outcome()

    def _with_mentions(self, text: str) -> str:
        """A client turns @name into <@U...> before it sends."""
        names = {user.name: user.id for user in self.ws.users.values()}
        return re.sub(r"@([\w.-]+)", lambda m: f"<@{names[m[1]]}>" if m[1] in names else m[0], text)

    def _escaped(self, text: str) -> str:
        """What a command's text becomes where the app asked for escaping: people and channels by their ids."""
        people = {user.name: user.id for user in self.ws.users.values()}
        channels = {channel.name: channel.id for channel in self.ws.channels.values() if not channel.is_im}
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        text = re.sub(r"@([\w.-]+)", lambda m: f"<@{people[m[1]]}|{m[1]}>" if m[1] in people else m[0], text)
        return re.sub(r"#([\w-]+)", lambda m: f"<#{channels[m[1]]}|{m[1]}>" if m[1] in channels else m[0], text)

    def read(self, user: UserSeed, channel: Channel) -> Outcome:
        """Remember that a person has seen everything in a channel."""
        if channel.messages:
            self.ws.reads[user.id, channel.id] = channel.messages[-1].ts
        return Outcome()

    def join(self, user: UserSeed, channel: Channel, guest: str | None) -> Outcome:
        """Join a channel, or with `guest` bring someone in, the app by its bot user. Raises ClientError."""
        if guest is not None:
            if user.id not in channel.members:
                raise ClientError(f"{user.real_name} is not a member of {channel.name}.")
            join(self.ws, channel, self.ws.person(guest), inviter=user.id)
        elif channel.is_private:
            raise ClientError(f"{channel.name} is private: someone who is in has to invite you.")
        else:
            join(self.ws, channel, user)
        return Outcome()

    def leave(self, user: UserSeed, channel: Channel) -> Outcome:
        """Leave a channel."""
        leave(self.ws, channel, user)
        return Outcome()

    async def shortcut(self, user: UserSeed, callback_id: str, message: Message | None) -> Outcome:
        """Use a shortcut: a global one, or one in the menu of a message. Raises ClientError when there is none."""
        kind = "message" if message else "global"
        known = {(shortcut.callback_id, shortcut.type) for shortcut in self.ws.app.shortcuts}
        if (callback_id, kind) not in known or not self.ws.has_scope("commands"):
            raise ClientError(f"The app has no {kind} shortcut {callback_id!r}.")
        if message is not None and message.ephemeral:
            raise ClientError("A message that only you can see has no shortcuts.")
        cause = self.ws.ids.next("I")
        trigger = self.ws.grant_trigger(user.id, cause)
        if message is None:
            return await self._interaction(payloads.global_shortcut(self.ws, user, callback_id, trigger), cause)
        url = self.ws.grant_response_url(user.id, message.channel, cause)
        payload = payloads.message_shortcut(self.ws, user, callback_id, message, trigger=trigger, url=url)
        return await self._interaction(payload, cause)

    async def _command(self, user: UserSeed, channel: Channel, text: str, thread_ts: str | None) -> Outcome:
        name, _, rest = text.strip().partition(" ")
        cause = self.ws.ids.next("I")
        if name in builtin.NAMES and not thread_ts:
            return self._built_in(user, channel, cause, name, rest)
        command = next((known for known in self.ws.app.commands if known.command == name), None)
        if thread_ts:
            return self._failed(
                user, channel, cause, "command_in_thread", f"{name} is not supported in threads. Sorry!"
            )
        if self.ws.token_error or command is None or not self.ws.has_scope("commands"):
            return self._failed(user, channel, cause, "unknown_command", f"{name} is not a valid command.")
        trigger = self.ws.grant_trigger(user.id, cause)
        url = self.ws.grant_response_url(user.id, channel.id, cause)
        rest = self._escaped(rest.strip()) if command.should_escape else rest.strip()
        form = payloads.command(self.ws, user, channel, name, rest, trigger=trigger, url=url)
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

    def _built_in(self, user: UserSeed, channel: Channel, cause: str, name: str, text: str) -> Outcome:
        """The app hears of no such command, only of who comes and goes."""
        try:
            builtin.run(self.ws, user, channel, name, text)
        except ApiError as error:
            return self._failed(user, channel, cause, error.code, error.extra["words"])
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
        check_chosen(self.ws, user, holder.blocks, values)
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
        """Submit a modal: required fields first, then the app's answer. Raises ClientError for files that are not theirs."""
        check_chosen(self.ws, user, view.blocks, values)
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

    def open_home(self, user: UserSeed, tab: str = "home") -> Outcome:
        """Open the app's Home tab, or its messages."""
        home = self.ws.homes.get(user.id)
        inner: Json = {"type": "app_home_opened", "user": user.id, "tab": tab}
        inner |= {"channel": self.ws.direct_message(user.id).id, "event_ts": f"{self.ws.clock.now():.6f}"}
        inner |= {"view": stack.view_json(self.ws, home)} if home and tab == "home" else {}
        self.ws.emit("app_home_opened", inner)
        return Outcome()

    def dismiss(self, user: UserSeed, message: Message) -> Outcome:
        """Take an ephemeral message out of one's sight. Raises ClientError for other messages."""
        if message.visible_to != user.id:
            raise ClientError("Only a message that only you can see can be dismissed.")
        self.ws.remove(message)
        return Outcome()
