"""The HTTP transport, from the signature to the answer in the conversation."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.app import Application
from commands.kit import Call, Errors, Message, Modal, Nothing, Options, Reply, Turf
from commands.kit.blocks import Column, Number, section, table
from commands.kit.identity import FOR_MEMBERS
from commands.kit.registry import ActionHandler, Command, OptionsHandler, Registry, Submission
from domain.errors import Ambiguous, Busy, NotFound, UsageError
from tests.support.fake_slack import FakeSlack, Sender, click, command_form
from tests.support.transport import FakeDirectory, sending_to

Handler = Callable[[Call, Turf], Coroutine[Any, Any, Reply]]


def says(text: str) -> Handler:
    async def handler(call: Call, turf: Turf) -> Reply:
        return Message(text)

    return handler


def raises(error: Exception) -> Handler:
    async def handler(call: Call, turf: Turf) -> Reply:
        raise error

    return handler


def command(registry: Registry, path: str, handler: Handler, usage: str = "") -> None:
    registry.add(Command(path, handler, help="For the test", usage=usage))


async def answer(slack: FakeSlack, sender: Sender, text: str = "/hello") -> dict[str, Any]:
    """What one command brings into the conversation."""
    before = len(slack.responses)
    name, _, rest = text.partition(" ")
    response = await sender.form(command_form(name, rest, slack=slack))
    assert (response.status_code, response.text) == (200, "")
    await slack.until(lambda: len(slack.responses) > before)
    return slack.responses[-1]


def words(message: dict[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False)


async def test_a_command_is_acknowledged_before_its_work_is_done(
    slack: FakeSlack, sender: Sender, registry: Registry
) -> None:
    go_on = asyncio.Event()

    async def waits(call: Call, turf: Turf) -> Reply:
        await go_on.wait()
        return Message(f"hello {call.person.name}, {call.text}")

    command(registry, "/hello", waits)
    response = await sender.form(command_form("/hello", "there", slack=slack))
    assert (response.status_code, response.text, slack.responses) == (200, "", [])

    go_on.set()
    await slack.until(lambda: slack.responses)
    assert slack.responses[0]["text"] == "hello Ana, there"
    assert slack.responses[0]["response_type"] == "ephemeral"


async def test_an_exception_right_after_the_acknowledgement_does_not_wipe_it(
    slack: FakeSlack, sender: Sender, registry: Registry
) -> None:
    command(registry, "/hello", raises(RuntimeError("secret detail")))
    message = await answer(slack, sender)
    assert "Something went wrong" in message["text"]
    assert "secret detail" not in words(message)


async def test_a_view_that_cannot_be_built_is_an_error_with_a_reference(
    slack: FakeSlack, sender: Sender, registry: Registry
) -> None:
    async def too_much(call: Call, turf: Turf) -> Reply:
        return Message("x", [section("y")] * 51)

    command(registry, "/hello", too_much)
    assert "reference" in (await answer(slack, sender))["text"]


@pytest.mark.parametrize("error", [UsageError("I don't know a period '<!here> *x*'."), Busy()])
async def test_an_expected_error_is_shown_as_text(
    slack: FakeSlack, sender: Sender, registry: Registry, error: Any
) -> None:
    command(registry, "/hello", raises(error), usage="[who]")
    message = await answer(slack, sender)
    assert message["blocks"][0]["text"] == {"type": "plain_text", "text": error.message}
    assert "<!here>" not in message["text"]
    assert "*x*" not in message["text"]
    assert ("Reference" in words(message)) == isinstance(error, Busy)
    assert ("`/hello [who]`" in words(message)) == isinstance(error, UsageError)


@pytest.mark.parametrize("kind", [NotFound, Ambiguous])
async def test_near_names_are_buttons_that_ask_again(
    slack: FakeSlack, sender: Sender, registry: Registry, kind: Any
) -> None:
    async def looks_up(call: Call, turf: Turf) -> Reply:
        if "Ohio" in call.text:
            return Message(f"{call.command} {call.text}")
        raise kind("I don't know a territory 'Ohoi'.", ["Ohio", "Ohio North"], asked="Ohoi")

    command(registry, "/hello", looks_up)
    buttons = (await answer(slack, sender, "/hello ohoi 2026Q3"))["blocks"][1]["elements"]
    assert [button["text"]["text"] for button in buttons] == ["Ohio", "Ohio North"]

    await sender.interaction(click(buttons[0]["action_id"], buttons[0]["value"], slack=slack))
    await slack.until(lambda: len(slack.responses) == 2)
    assert slack.responses[-1]["text"] == "/hello Ohio 2026Q3"


async def test_the_same_delivery_twice_is_done_once(slack: FakeSlack, sender: Sender, registry: Registry) -> None:
    command(registry, "/hello", says("once"))
    command(registry, "/end", says("end"))
    form = command_form("/hello", slack=slack)
    assert (await sender.form(form)).text == (await sender.form(form)).text == ""
    await answer(slack, sender, "/end")
    assert [message["text"] for message in slack.responses].count("once") == 1


async def test_turf_targets_is_targets(slack: FakeSlack, sender: Sender, registry: Registry) -> None:
    async def repeats(call: Call, turf: Turf) -> Reply:
        return Message(f"{call.command}: {call.text}")

    command(registry, "/targets", repeats)
    assert (await answer(slack, sender, "/turf Targets Ana Ng  Q3"))["text"] == "/targets: Ana Ng  Q3"


async def test_help_rides_in_the_acknowledgement_once_the_person_is_known(
    slack: FakeSlack, sender: Sender, registry: Registry
) -> None:
    command(registry, "/hello", says("hello"), usage="[who]")
    assert "`/hello [who]`" in (await answer(slack, sender, "/turf help"))["text"]

    again = (await sender.form(command_form("/turf", "help", slack=slack))).json()
    assert again["response_type"] == "ephemeral"
    assert "`/hello [who]`" in again["text"]
    assert len(slack.responses) == 1


async def test_an_unknown_sub_command_gets_the_help(slack: FakeSlack, sender: Sender, registry: Registry) -> None:
    command(registry, "/training expiring", says("x"))
    await answer(slack, sender, "/turf help")
    message = (await sender.form(command_form("/training", "exspiring", slack=slack))).json()
    assert "I don't know `/training exspiring`" in message["text"]
    assert "`/training expiring`" in message["text"]


async def test_newer_blocks_are_tried_once_for_a_workspace(
    slack: FakeSlack, sender: Sender, registry: Registry
) -> None:
    columns: list[Column[int]] = [Column("Deal", str), Column("Amount", lambda n: Number(n, str(n)))]

    async def shows(call: Call, turf: Turf) -> Reply:
        return Message("2 deals", [table(columns, [1, 2], caption="Deals")], fallback=[section("1 and 2")])

    command(registry, "/deals", shows)
    assert (await answer(slack, sender, "/deals"))["blocks"][0]["type"] == "data_table"
    slack.refuse_newer_blocks = True
    assert (await answer(slack, sender, "/deals"))["blocks"][0]["type"] == "section"
    slack.refuse_newer_blocks = False
    assert (await answer(slack, sender, "/deals"))["blocks"][0]["type"] == "section"


# Modals


async def test_a_modal_opens_before_any_work(slack: FakeSlack, sender: Sender, registry: Registry) -> None:
    go_on = asyncio.Event()

    async def explains(call: Call, turf: Turf) -> Reply:
        await go_on.wait()
        return Modal("Why?", [section(f"because of {call.value}")])

    registry.add(ActionHandler("hello.why", explains, opens="Why?"))
    await sender.interaction(click("hello.why:2", "deal 7", slack=slack))
    await slack.until(lambda: slack.called("views.open"))
    assert "One moment" in words(slack.called("views.open")[0]["view"])
    assert not slack.called("views.update")

    go_on.set()
    await slack.until(lambda: slack.called("views.update"))
    assert "because of deal 7" in words(slack.called("views.update")[0]["view"])


async def test_an_error_is_shown_in_the_modal_that_waits(slack: FakeSlack, sender: Sender, registry: Registry) -> None:
    registry.add(ActionHandler("hello.why", raises(Busy()), opens="Why?"))
    await sender.interaction(click("hello.why", slack=slack))
    await slack.until(lambda: slack.called("views.update"))
    assert Busy().message in words(slack.called("views.update")[0]["view"])


async def test_a_modal_that_cannot_open_is_said_in_the_conversation(
    slack: FakeSlack, sender: Sender, registry: Registry
) -> None:
    registry.add(ActionHandler("hello.why", says("never shown"), opens="Why?"))
    slack.down = True
    await sender.interaction(click("hello.why", slack=slack))
    await slack.until(lambda: slack.responses)
    assert "Slack does not answer" in slack.responses[0]["text"] or "did not do" in slack.responses[0]["text"]


async def test_a_modal_for_an_outsider_does_not_wait_forever(
    slack: FakeSlack, sender: Sender, registry: Registry
) -> None:
    registry.add(ActionHandler("hello.why", says("secret"), opens="Why?"))
    slack.add_user("U2", is_restricted=True)
    await sender.interaction(click("hello.why", user="U2", slack=slack))
    await slack.until(lambda: slack.called("views.update"))
    assert "not to guests" in words(slack.called("views.update")[0]["view"])


async def test_a_page_replaces_the_modal_that_was_clicked_in(
    slack: FakeSlack, sender: Sender, registry: Registry
) -> None:
    async def turns(call: Call, turf: Turf) -> Reply:
        return Modal("Why?", [section(f"page {call.value} of {call.view.metadata if call.view else ''}")])

    registry.add(ActionHandler("hello.page", turns))
    view = {"id": "V9", "hash": "h1", "callback_id": "", "private_metadata": "Q3", "state": {"values": {}}}
    payload = click("hello.page", "2", view=view)
    payload.pop("response_url")
    await sender.interaction(payload)
    await slack.until(lambda: slack.called("views.update"))
    updated = slack.called("views.update")[0]
    assert (updated["view_id"], updated["hash"]) == ("V9", "h1")
    assert "page 2 of Q3" in words(updated["view"])


def submitted(callback: str, **values: Any) -> dict[str, Any]:
    view = {"id": "V1", "hash": "h", "callback_id": callback, "private_metadata": "", "state": {"values": values}}
    return {**click("x"), "type": "view_submission", "view": view, "actions": None}


async def test_a_submission_is_answered_in_the_acknowledgement(sender: Sender, registry: Registry) -> None:
    async def checks(call: Call, turf: Turf) -> Reply:
        assert call.view
        return Nothing() if call.view.values["amount"]["in"]["value"] == "1" else Errors({"amount": "Type a number."})

    registry.add(Submission("hello.save", checks))
    wrong = await sender.interaction(submitted("hello.save", amount={"in": {"value": "x"}}))
    assert wrong.json() == {"response_action": "errors", "errors": {"amount": "Type a number."}}
    right = await sender.interaction(submitted("hello.save", amount={"in": {"value": "1"}}))
    assert (right.status_code, right.text) == (200, "")


async def test_an_error_in_a_submission_keeps_what_was_typed(sender: Sender, registry: Registry) -> None:
    registry.add(Submission("hello.save", raises(Busy())))
    response = await sender.interaction(submitted("hello.save", amount={"in": {"value": "x"}}))
    assert response.json() == {"response_action": "errors", "errors": {"amount": Busy().message}}


async def test_a_slow_submission_says_that_it_is_working_and_answers_later(
    slack: FakeSlack, sender: Sender, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.kit.dispatch.ANSWER_SECONDS", 0.01)
    monkeypatch.setattr("commands.kit.dispatch.SETTLE_SECONDS", 0)
    go_on = asyncio.Event()

    async def slow(call: Call, turf: Turf) -> Reply:
        await go_on.wait()
        return Message("saved")

    registry.add(Submission("hello.save", slow))
    response = (await sender.interaction(submitted("hello.save"))).json()
    assert response["response_action"] == "update"
    assert "takes a little longer" in words(response["view"])
    go_on.set()
    await slack.until(lambda: slack.called("views.update"))
    assert "saved" in words(slack.called("views.update")[0]["view"])


async def test_a_menu_offers_what_matches(sender: Sender, registry: Registry) -> None:
    async def offers(call: Call, turf: Turf) -> Reply:
        return Options({"1": f"{call.value}na"})

    registry.add(OptionsHandler("who", offers))
    payload = {**click("x"), "type": "block_suggestion", "action_id": "who", "block_id": "b", "value": "A"}
    response = await sender.interaction(payload)
    assert response.json() == {"options": [{"text": {"type": "plain_text", "text": "Ana"}, "value": "1"}]}


# Who is asking


@pytest.mark.parametrize("flag", ["is_restricted", "is_ultra_restricted", "is_stranger"])
async def test_outsiders_are_told_that_turf_is_not_for_them(
    slack: FakeSlack, sender: Sender, bot: Application, registry: Registry, flag: str
) -> None:
    command(registry, "/hello", says("hello"))
    slack.add_user("U2", "ana@example.com", **{flag: True})
    await sender.form(command_form("/hello", user="U2", slack=slack))
    await bot.tasks.drain(5)
    assert [answer["text"] for answer in slack.responses] == [FOR_MEMBERS]


@pytest.mark.parametrize("flag", ["deleted", "is_bot"])
async def test_who_is_no_user_any_more_gets_nothing(
    slack: FakeSlack, sender: Sender, bot: Application, registry: Registry, flag: str
) -> None:
    command(registry, "/hello", says("hello"))
    slack.add_user("U2", "ana@example.com", **{flag: True})
    response = await sender.form(command_form("/hello", user="U2", slack=slack))
    await bot.tasks.drain(5)
    assert (response.status_code, response.text, slack.responses) == (200, "", [])


async def test_another_organisation_is_told_without_being_looked_up(
    slack: FakeSlack, sender: Sender, bot: Application, registry: Registry
) -> None:
    command(registry, "/hello", says("hello"))
    assert bot.introduction
    await bot.introduction
    response = await sender.form(command_form("/hello", slack=slack, team_id="T9"))
    await bot.tasks.drain(5)
    assert (response.status_code, slack.called("users.info")) == (200, [])
    assert [answer["text"] for answer in slack.responses] == [FOR_MEMBERS]


async def test_a_stranger_in_the_company_is_told_whom_to_ask(
    slack: FakeSlack, sender: Sender, directory: FakeDirectory, registry: Registry
) -> None:
    command(registry, "/hello", says("hello"))
    directory.people, directory.helpers = [], ["Olga Ops"]
    assert "Ask Olga Ops to add it" in (await answer(slack, sender))["text"]


async def test_slack_is_asked_once_who_someone_is(slack: FakeSlack, sender: Sender, registry: Registry) -> None:
    command(registry, "/hello", says("hello"))
    await answer(slack, sender)
    await answer(slack, sender)
    assert len(slack.called("users.info")) == 1


async def test_a_database_that_is_down_is_said_in_time(
    slack: FakeSlack, sender: Sender, directory: FakeDirectory, registry: Registry
) -> None:
    command(registry, "/hello", says("hello"))
    directory.down = True
    assert "can't reach its data" in (await answer(slack, sender))["text"]


async def test_a_database_that_hangs_is_given_up(
    slack: FakeSlack, sender: Sender, directory: FakeDirectory, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.kit.dispatch.WORK_SECONDS", 0.01)
    command(registry, "/hello", says("hello"))
    directory.hangs = True
    assert "takes too long" in (await answer(slack, sender))["text"]


# The other paths


async def test_health_and_readiness(sender: Sender) -> None:
    assert (await sender.http.get("/healthz")).text == "ok"
    ready = await sender.http.get("/readyz")
    assert (ready.status_code, "turf init" in ready.text) == (503, True)


async def test_metrics_are_for_this_machine(bot: Application, sender: Sender) -> None:
    assert "turf_refused" in (await sender.http.get("/metrics")).text
    assert (await sender.http.get("/metrics", headers={"x-forwarded-for": "8.8.8.8"})).status_code == 401
    async with sending_to(bot, client="8.8.8.8") as outside:
        assert (await outside.http.get("/metrics")).status_code == 401


@pytest.mark.parametrize("path", ["/slack/install", "/slack/oauth_redirect", "/", "/docs"])
async def test_what_is_not_served_is_not_found(sender: Sender, path: str) -> None:
    assert (await sender.http.get(path)).status_code == 404
