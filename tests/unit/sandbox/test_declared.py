"""What an app did not declare does not reach it: commands, shortcuts, clicks."""

import pytest

from sandbox.client import Clients
from sandbox.delivery import Ack, AppDelivery
from sandbox.errors import ClientError, DeliveryError
from sandbox.seed import ShortcutSeed
from tests.support.slack_rules import proves
from tests.support.slack_world import World

SHORTCUT = ShortcutSeed(name="Note", callback_id="note", type="global")


class Line:
    """Takes what is delivered."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send(self, kind: str, *_: object, **__: object) -> Ack:
        self.sent.append(kind)
        return Ack()


def hands(world: World) -> tuple[Clients, Line]:
    line = Line()
    return Clients(world.ws, line), line


@proves("command.scope")
@pytest.mark.parametrize(
    ("scopes", "text", "error", "sent"),
    [
        (("commands",), "/toy", None, ["command"]),
        (("commands",), "/targets", "unknown_command", []),
        (("chat:write",), "/toy", "unknown_command", []),
    ],
)
async def test_a_command_needs_to_be_declared_and_its_scope(
    scopes: tuple[str, ...], text: str, error: str | None, sent: list[str]
) -> None:
    world = World()
    world.app(bot_scopes=scopes)
    clients, line = hands(world)
    outcome = await clients.say(world.ws.users["UBEN"], world.ws.channels["CGEN"], text)
    assert (outcome.error, line.sent) == (error, sent)


@pytest.mark.parametrize(
    ("scopes", "callback_id", "known"),
    [(("commands",), "note", True), (("commands",), "other", False), (("chat:write",), "note", False)],
)
async def test_so_does_a_shortcut(scopes: tuple[str, ...], callback_id: str, known: bool) -> None:
    world = World()
    world.app(bot_scopes=scopes, shortcuts=(SHORTCUT,))
    clients, line = hands(world)
    ben = world.ws.users["UBEN"]
    if known:
        assert (await clients.shortcut(ben, callback_id, None)).error is None
    else:
        with pytest.raises(ClientError, match="no global shortcut"):
            await clients.shortcut(ben, callback_id, None)
    assert line.sent == (["interaction"] if known else [])


@proves("interaction.on")
@pytest.mark.parametrize(("on", "error"), [(True, "dispatch_failed"), (False, "not_interactive")])
async def test_without_interactivity_nothing_is_clicked(on: bool, error: str) -> None:
    world = World()
    world.app(interactivity=on, request_url=None)
    delivery = AppDelivery(world.ws, world.sockets, None)
    with pytest.raises(DeliveryError) as refused:
        await delivery.send("interaction", {"type": "block_actions"})
    assert refused.value.code == error
