"""Files that a person uploads into a modal: what the client refuses, what the app may ask for and what it gets."""

from typing import Any

import pytest

from sandbox import uploads
from sandbox.errors import ClientError
from sandbox.inputs import enter_all
from sandbox.stack import find_view, view_json
from tests.support.slack_rules import proves
from tests.support.slack_world import World

Json = dict[str, Any]


def form(**element: Any) -> Json:
    words = {"type": "plain_text", "text": "Files"}
    field = {"type": "file_input", "action_id": "value", **element}
    block = {"type": "input", "block_id": "files", "label": words, "element": field}
    return {"type": "modal", "title": words, "submit": words, "blocks": [block]}


def opened(world: World, **element: Any) -> Any:
    answer = world.call("views.open", trigger_id=world.trigger(), view=form(**element))
    assert answer["ok"], answer
    return find_view(world.ws, view_id=answer["view"]["id"])


def take(world: World, view: Any, name: str = "deals.csv", content: bytes = b"deal\n1\n", who: str = "UMONA") -> Json:
    person = world.ws.person(who)
    return uploads.take(world.ws, person, view, block_id="files", action_id="value", name=name, content=content)


def entered(world: World, view: Any, ids: list[str]) -> Json:
    raw = {"files": {"value": ids}}
    uploads.check_chosen(world.ws, world.ws.person("UMONA"), view.blocks, raw)
    enter_all(view.blocks, view.values, raw)
    state: Json = view_json(world.ws, view)["state"]["values"]["files"]["value"]
    return state


@proves("file_input.scope")
def test_an_app_asks_for_files_only_if_it_may_read_them():
    world = World()
    world.app(bot_scopes=tuple(s for s in world.ws.app.bot_scopes if s != "files:read"))
    refused = world.call("views.open", trigger_id=world.trigger(), view=form())
    assert (refused["error"], refused["needed"]) == ("missing_scope", "files:read")
    assert opened(World()).values == {"files": {"value": {"type": "file_input", "files": []}}}


@proves("file_input.kind")
def test_a_file_is_of_a_kind_that_is_asked_for():
    world = World()
    view = opened(world, filetypes=["csv", "xlsx"])
    assert take(world, view, "Deals.CSV")["size"] == 7
    for name in ("deals.pdf", "deals", "", "../deals.csv"):
        with pytest.raises(ClientError):
            take(world, view, name)
    assert take(world, opened(world), "deals.pdf")


@proves("file_input.bytes")
def test_a_file_is_not_too_large():
    world = World()
    view = opened(world)
    assert take(world, view, content=b"x" * 10_000_000)
    with pytest.raises(ClientError, match="larger than 10 MB"):
        take(world, view, content=b"x" * 10_000_001)


@proves("file_input.own")
def test_people_hand_in_their_own_files():
    world = World()
    view = opened(world, max_files=2)
    mine, theirs = take(world, view)["id"], take(world, view, who="UBEN")["id"]
    for ids in ([theirs], ["FNONE"], [mine] * 3):
        with pytest.raises(ClientError):
            entered(world, view, ids)
    assert len(entered(world, view, [mine])["files"]) == 1


@proves("file_input.state")
def test_the_state_holds_whole_files():
    world = World()
    view = opened(world)
    file = take(world, view)["id"]
    (found,) = entered(world, view, [file])["files"]
    assert found == world.call("files.info", file=file)["file"]
    assert (found["name"], found["size"], found["user"], found["filetype"]) == ("deals.csv", 7, "UMONA", "csv")
