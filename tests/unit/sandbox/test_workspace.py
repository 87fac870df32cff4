"""Rights and rules of the workspace, with a clock that the test sets."""

import json
from pathlib import Path

import pytest

from domain.clock import FileClock as BotsClock
from sandbox import stack
from sandbox.clock import FileClock
from sandbox.delivery import sign
from sandbox.errors import ApiError, ClientError, SeedError
from sandbox.inputs import enter_all, entered, initial_values, missing_fields
from sandbox.model import with_ids
from sandbox.responses import respond
from sandbox.seed import load_seed, parse_seed
from sandbox.workspace import Workspace
from tests.support.local_workspace import ManualClock, seed
from tests.support.slack_rules import proves
from tests.support.toybot import FORM, why_view


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def ws(clock: ManualClock) -> Workspace:
    return Workspace(seed(), clock)


@proves("trigger.seconds")
def test_a_trigger_lives_three_seconds(ws: Workspace, clock: ManualClock):
    in_time, late = ws.grant_trigger("UMONA", "I1"), ws.grant_trigger("UMONA", "I1")
    clock.at += 3.0
    assert ws.use_trigger(in_time.id).user == "UMONA"
    clock.at += 0.01
    with pytest.raises(ApiError, match="expired_trigger_id"):
        ws.use_trigger(late.id)


def test_a_trigger_is_exchanged_once(ws: Workspace):
    trigger = ws.grant_trigger("UMONA", "I1")
    ws.use_trigger(trigger.id)
    with pytest.raises(ApiError, match="exchanged_trigger_id"):
        ws.use_trigger(trigger.id)
    with pytest.raises(ApiError, match="invalid_trigger_id"):
        ws.use_trigger("12345.98765.abcd2358fdea")


def test_a_refused_view_does_not_use_up_the_trigger(ws: Workspace):
    trigger = ws.grant_trigger("UMONA", "I1")
    with pytest.raises(ApiError, match="invalid_arguments"):
        stack.open_view(ws, {"type": "modal"}, trigger.id)
    assert stack.open_view(ws, why_view(), trigger.id).user == "UMONA"


@proves("response_url.uses", "response_url.seconds")
def test_a_response_url_serves_five_times_in_thirty_minutes(ws: Workspace, clock: ManualClock):
    url = ws.grant_response_url("UMONA", "CGEN", "I1")
    clock.at += 1800
    for _ in range(5):
        ws.use_response_url(url.id)
    with pytest.raises(ApiError, match="used_url"):
        ws.use_response_url(url.id)
    late = ws.grant_response_url("UMONA", "CGEN", "I1")
    clock.at += 1800.01
    with pytest.raises(ApiError, match="expired_url"):
        ws.use_response_url(late.id)
    with pytest.raises(ApiError, match="no_such_url"):
        ws.use_response_url("elsewhere")


def test_what_a_response_does(ws: Workspace):
    general = ws.channel("general")
    command = ws.grant_response_url("UMONA", "CGEN", "I1")
    respond(ws, command, {"text": "mine"})
    respond(ws, command, {"text": "ours", "response_type": "in_channel"})
    assert [m.text for m in ws.visible("UMONA", general)] == ["mine", "ours"]
    assert [m.text for m in ws.visible("UBEN", general)] == ["ours"]
    url = ws.grant_response_url("UMONA", "CGEN", "I2", ws.visible("UMONA", general)[0].ts)
    respond(ws, url, {"text": "mine, later", "replace_original": True})
    assert [m.text for m in ws.visible("UMONA", general)] == ["mine, later", "ours"]
    respond(ws, url, {"delete_original": True})
    assert [m.text for m in ws.visible("UMONA", general)] == ["ours"]
    with pytest.raises(ApiError, match="no_text"):
        respond(ws, url, {})


@proves("response.replace", "response.delete")
def test_a_command_has_nothing_to_replace_or_delete(ws: Workspace):
    url = ws.grant_response_url("UMONA", "CGEN", "I1")
    respond(ws, url, {"text": "looking"})
    respond(ws, url, {"text": "found", "replace_original": True})
    assert [m.text for m in ws.visible("UMONA", ws.channel("general"))] == ["looking", "found"]
    with pytest.raises(ApiError, match="message_not_found"):
        respond(ws, url, {"delete_original": True})


def test_three_stacked_views_and_no_more(ws: Workspace):
    stack.open_view(ws, why_view(), ws.grant_trigger("UMONA", "I").id)
    for _ in range(2):
        top = ws.stacks["UMONA"][-1]
        stack.push_view(ws, why_view(), ws.grant_trigger("UMONA", "I", top.id).id)
    with pytest.raises(ApiError, match="push_limit_reached"):
        stack.push_view(ws, why_view(), ws.grant_trigger("UMONA", "I", "V").id)
    assert len({view.root_id for view in ws.stacks["UMONA"]}) == 1


def test_pushing_needs_a_window(ws: Workspace):
    with pytest.raises(ApiError, match="not_found"):
        stack.push_view(ws, why_view(), ws.grant_trigger("UMONA", "I").id)


def test_a_hash_guards_an_update(ws: Workspace):
    view = stack.open_view(ws, why_view(), ws.grant_trigger("UMONA", "I").id)
    first = view.hash
    update = {"view_id": view.id, "external_id": None}
    stack.update_view(ws, why_view(2), **update, seen_hash=first)
    with pytest.raises(ApiError, match="hash_conflict"):
        stack.update_view(ws, why_view(3), **update, seen_hash=first)
    stack.update_view(ws, why_view(3), **update, seen_hash=None)
    with pytest.raises(ApiError, match="not_found"):
        stack.update_view(ws, why_view(), view_id="VNONE", external_id=None, seen_hash=None)


def test_home_has_a_hash_too(ws: Workspace):
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = stack.publish_home(ws, home, "UMONA", None).hash
    stack.publish_home(ws, home, "UMONA", first)
    with pytest.raises(ApiError, match="hash_conflict"):
        stack.publish_home(ws, home, "UMONA", first)


def test_an_external_id_is_used_once(ws: Workspace):
    named = why_view() | {"external_id": "mine"}
    stack.open_view(ws, named, ws.grant_trigger("UMONA", "I").id)
    with pytest.raises(ApiError, match="duplicate_external_id"):
        stack.open_view(ws, named, ws.grant_trigger("UBEN", "I").id)


def test_typed_input_survives_an_update_where_the_field_stays(ws: Workspace):
    view = stack.open_view(ws, FORM, ws.grant_trigger("UMONA", "I").id)
    enter_all(view.blocks, view.values, {"amount": {"value": "12"}, "who": {"value": "Ben Okoro"}})
    without_who = FORM | {"blocks": [b for b in FORM["blocks"] if b["block_id"] != "who"]}
    stack.update_view(ws, without_who, view_id=view.id, external_id=None, seen_hash=None)
    assert view.values["amount"]["value"]["value"] == "12"
    assert "who" not in view.values


def test_state_values_have_slack_s_shape():
    values = initial_values(FORM["blocks"])
    assert values["from"]["value"] == {"type": "datepicker", "selected_date": "2026-10-01"}
    assert values["spread"]["value"]["selected_option"]["value"] == "by-season"
    assert values["tell"]["value"] == {"type": "checkboxes", "selected_options": []}
    assert set(missing_fields(FORM["blocks"], values)) == {"amount", "who"}
    with pytest.raises(ClientError, match="no option 'Nobody'"):
        entered(FORM["blocks"][1]["element"], "Nobody")


def test_ids_that_an_app_left_out_are_filled_in_the_same_way_each_time():
    blocks = [{"type": "actions", "elements": [{"type": "button"}]}, {"type": "divider"}]
    assert with_ids(blocks) == with_ids(blocks)
    assert with_ids(blocks)[0] == {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "b0-a0"}],
        "block_id": "b0",
    }
    assert "block_id" not in blocks[0]


def test_timestamps_grow_even_when_the_clock_does_not(ws: Workspace, clock: ManualClock):
    first = ws.ids.ts(clock.now())
    clock.at -= 100
    assert float(ws.ids.ts(clock.now())) > float(first)


def test_the_signature_is_slack_s():
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
        b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
        b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    known = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert sign("8f742231b10e8888abcd99yyyzzz85a5", 1531420618, body) == known


def test_a_clock_file(tmp_path):
    file = tmp_path / "clock"
    clock = FileClock(file)
    assert abs(clock.now() - clock.machine()) < 5
    file.write_text("2026-03-31T10:00:00+02:00\n")
    assert clock.now() == 1774944000.0
    file.write_text("2026-03-31T08:00:00")
    assert (clock.now(), clock.stands) == (1774944000.0, True)


@pytest.mark.parametrize("at_first", [None, "", "+0", "-3600.5"])
def test_a_clock_file_whose_time_goes_on(tmp_path: Path, at_first: str | None):
    file = tmp_path / "clock"
    if at_first is not None:
        file.write_text(at_first)
    clock, bot = FileClock(file), BotsClock(file)
    assert abs(clock.now() - clock.machine() + (3600.5 if at_first == "-3600.5" else 0)) < 5
    for instant in (1774944000.0, clock.machine() - 7_000, clock.machine() + 1e7):
        clock.set(instant)
        assert not clock.stands
        assert instant <= clock.now() < instant + 5
        assert abs(bot.now().timestamp() - clock.now()) < 5
    clock.set(None)
    assert abs(bot.now().timestamp() - clock.machine()) < 5


def test_what_is_wrong_with_a_seed_is_said(tmp_path):
    data = json.loads(seed().model_dump_json())
    parse_seed(json.dumps(data))
    data["channels"][0]["members"].append("UNOBODY")
    with pytest.raises(SeedError, match="names a member UNOBODY who is not among the users"):
        parse_seed(json.dumps(data))
    with pytest.raises(SeedError, match=r"team.id.*app: Field required"):
        parse_seed('{"team": {"id": "X", "name": "a", "domain": "a"}, "users": []}')
    data = json.loads(seed().model_dump_json()) | {"chanels": []}
    with pytest.raises(SeedError, match="chanels: Extra inputs"):
        parse_seed(json.dumps(data))
    with pytest.raises(SeedError, match="cannot be read"):
        load_seed(tmp_path / "nothing.json")
    data = json.loads(seed().model_dump_json())
    data["app"]["request_url"] = "https://example.com/slack/events"
    with pytest.raises(SeedError, match="request_url"):
        parse_seed(json.dumps(data))
