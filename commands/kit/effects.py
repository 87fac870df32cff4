"""Handlers that change something do it once for each act of a person, however often Slack brings it."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from commands.kit.blocks import JSON, Block, Ready, to_json
from commands.kit.call import Call
from commands.kit.registry import EffectHandler, Handler
from commands.kit.reply import Errors, Message, Modal, Nothing, Reply
from commands.kit.turf import Turf
from templates import Mrkdwn


class _Rejected(Exception):
    """The handler found errors: nothing is to be written."""

    def __init__(self, reply: Errors) -> None:
        super().__init__()
        self.reply = reply


def once(handler: Any, key: str) -> Handler:
    """A handler that runs `handler` in one transaction, unless `key` was recorded before; then it answers the same again."""
    run = cast(EffectHandler, handler)

    async def effect(call: Call, turf: Turf) -> Reply:
        try:
            async with turf.write(call) as repo:
                known = await repo.inbox.answer(key)
                if known is not None:
                    return thaw(known)
                reply = await run(call, repo)
                if isinstance(reply, Errors):
                    raise _Rejected(reply)
                await repo.inbox.keep(key, freeze(reply))
                return reply
        except _Rejected as rejected:
            return rejected.reply

    return effect


def freeze(reply: Reply) -> JSON:
    """A reply as JSON, to be answered again."""
    match reply:
        case Message():
            return {
                "message": reply.text,
                "mrkdwn": isinstance(reply.text, Mrkdwn),
                "blocks": _blocks(reply.blocks),
                "fallback": None if reply.fallback is None else _blocks(reply.fallback),
                "replace": reply.replace,
            }
        case Modal():
            kept = ("submit", "close", "callback", "metadata")
            return {
                "modal": reply.title,
                "blocks": _blocks(reply.blocks),
                **{name: getattr(reply, name) for name in kept},
            }
        case Nothing():
            return {}
        case _:
            raise TypeError(f"{type(reply).__name__} is not the answer of an effect")


def thaw(kept: Mapping[str, Any]) -> Reply:
    """The reply that `freeze` made JSON of."""
    if "message" in kept:
        text = Mrkdwn(kept["message"]) if kept["mrkdwn"] else kept["message"]
        fallback = None if kept["fallback"] is None else _ready(kept["fallback"])
        return Message(text, _ready(kept["blocks"]), fallback, kept["replace"])
    if "modal" in kept:
        more = {name: kept[name] for name in ("submit", "close", "callback", "metadata")}
        return Modal(kept["modal"], _ready(kept["blocks"]), **more)
    return Nothing()


def _blocks(blocks: Sequence[Block]) -> list[JSON]:
    return to_json(blocks, limit=100)


def _ready(blocks: Sequence[JSON]) -> list[Block]:
    return [Ready(block) for block in blocks]
