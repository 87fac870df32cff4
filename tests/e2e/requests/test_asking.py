"""/territory change: the one form for every kind of change, what it shows before it is sent, and what it refuses."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.company import MANAGER, OPS, PARTNER, REP
from commands.requests.cards.follows import follows
from commands.requests.deciding import Deciding
from commands.requests.stepping import Steps
from domain.requests.model import Cover, MoveAccounts, State
from storage import requests
from storage.audit import Occasion
from storage.requests import Request
from storage.writing import write
from tests.support.asking import chooses, features, kept_typing, looks, opened, sends
from tests.support.divided import divided
from tests.support.sample import NOW, TODAY
from tests.support.slack import SlackClient, View
from tests.support.turf import Turf, running_turf

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def turf(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Turf]:
    folder = tmp_path_factory.mktemp("requests")
    async with running_turf(f"sqlite:///{divided(sample_file, folder)}", folder, registry=features()) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def slack(turf: Turf) -> SlackClient:
    await turf.slack.reset()
    return turf.slack


async def kept(turf: Turf, number: int) -> Request:
    async with turf.application.store.read(1) as repo:
        return await requests.read(repo.connection, 1, number)


def number_of(sent: View) -> int:
    found = re.search(r"Sent: request (\d+)", sent.words)
    assert found, (sent.errors, sent.words)
    return int(found[1])


async def test_a_manager_moves_accounts_within_their_team_at_once(turf: Turf, slack: SlackClient) -> None:
    form = await opened(slack, MANAGER, "New England")
    await form.search_several("accounts", "", "")
    picked = form.typed["accounts"]
    await form.search("to", "new york")
    form.fill("reason", "Closer to her other customers")
    shown = await looks(form)
    assert "*2 accounts* from New England to New York: " in shown.words, shown.words
    assert "*Who decides:* nobody else has to" in shown.words
    sent = await sends(shown)
    assert "Nobody else has to agree" in sent.words
    found = await kept(turf, number_of(sent))
    assert found.state is State.SCHEDULED
    assert isinstance(found.change, MoveAccounts)
    assert {str(one) for one in found.change.accounts} == {one["value"] for [some] in [picked.values()] for one in some}
    again = await opened(slack, OPS, "New England")
    again.fill("accounts", next(iter(picked.values())))
    await again.search("to", "germany")
    again.fill("reason", "No, there")
    assert f"are in request {found.id} already" in (await sends(again)).errors["accounts"]


async def test_a_rep_asks_and_the_manager_decides(turf: Turf, slack: SlackClient) -> None:
    form = await chooses(await opened(slack, REP), "kind", "cover")
    assert "New England" in form.words, "the territory that somebody holds is filled in"
    await form.search("person", "carla")
    form.fill("until", "2026-12-18")
    form.fill("reason", "I am away")
    shown = await looks(form)
    assert "*New England:* Carla Romano stands in up to Dec 18, 2026" in shown.words, shown.words
    assert "*Who decides:* Marcus Chen" in shown.words
    found = await kept(turf, number_of(await sends(shown)))
    assert found.state is State.SUBMITTED
    assert found.effective_on == TODAY + timedelta(days=1)
    assert isinstance(found.change, Cover)
    assert found.change.until == date(2026, 12, 19)


async def test_another_holder_a_split_and_a_target(turf: Turf, slack: SlackClient) -> None:
    form = await chooses(await opened(slack, OPS, "Germany"), "kind", "rep")
    await form.search("person", "nobody")
    form.fill("reason", "She leaves")
    shown = await looks(form)
    assert re.search(r"\*Germany:\* nobody instead of [A-Z]", shown.words), shown.words
    assert "Nobody will hold it" in shown.words
    split = await chooses(await opened(slack, OPS, "Mid-Atlantic"), "kind", "split")
    await split.search_several("accounts", "", "", "")
    split.fill("name", "Delaware")
    split.fill("key", "delaware")
    await split.search("person", "carla")
    split.fill("reason", "It grows")
    assert "*3 accounts* from Mid-Atlantic to Delaware: " in (await looks(split)).words
    target = await chooses(await opened(slack, REP), "kind", "target")
    await target.search("subject", "ana silva")
    target.fill("period", "2027Q2")
    target.fill("amount", "900k")
    target.fill("reason", "More customers there")
    words = (await looks(target)).words
    assert "*Ana Silva (person)*, Q2 2027" in words, words
    assert "*$900,000.00 of target more*" in words
    months = [Decimal(one.replace(",", "")) for one in re.findall(r"2027: \$([\d,.]+\d)", words)]
    assert len(months) == 3
    assert sum(months) == 900_000


async def test_a_rule_says_who_comes_and_who_goes(slack: SlackClient) -> None:
    form = await chooses(await opened(slack, OPS, "New England"), "kind", "boundary")
    form = await chooses(form, "rule", "Massachusetts")
    form.fill("reason", "Try it")
    [field] = [block for block in form.blocks if block["block_id"] == "conditions"]
    assert field["element"]["initial_value"] == "country = US\nregion = Massachusetts"
    assert "These are the conditions as they are" in (await looks(form)).words
    form.fill("conditions", "")
    ends = (await looks(form)).words
    assert "*1 account* from no territory to New York: Hooli" in ends, ends
    form = await chooses(form, "rule", "-")
    form.fill("rule_name", "zoos")
    form.fill("conditions", "country = PE; MC")
    taken = await looks(form)
    assert "*1 account* from Canada to no territory: Stark Retail" in taken.words, taken.words
    form.fill("conditions", "country = JP\nindustry = none of ours")
    assert "No account changes its territory by this" in (await looks(form)).words


async def test_accounts_by_a_rule_are_counted_and_kept(slack: SlackClient) -> None:
    form = await opened(slack, MANAGER, "Mid-Atlantic")
    form = await chooses(form, "by_rule", "country = XX")
    assert "No account of this territory is like that" in form.words
    form = await chooses(form, "by_rule", "country = US; Canada; employees min = 1")
    count = re.search(r"The rule finds \*(\d+) accounts", form.words)
    assert count, form.words
    await form.search("to", "new england")
    form.fill("reason", "By industry")
    form.fill("effective_on", "2027-02-01")
    shown = await looks(form)
    assert f"*{count[1]} accounts* from Mid-Atlantic to New England" in shown.words, shown.words


async def test_terms_start_from_the_policy_and_say_what_is_wrong(slack: SlackClient) -> None:
    form = await opened(slack, MANAGER, "New York")
    assert "the target goes along, by revenue of the last 12 months" in form.words
    assert not [block for block in form.blocks if block["block_id"].startswith("terms_")]
    form = kept_typing(form, await form.press("Terms"))
    form = await chooses(form, "terms_basis", "typed")
    await form.search_several("accounts", "")
    await form.search("to", "new england")
    form.fill("reason", "Balance")
    form.fill("terms_typed", "900M")
    form.fill("terms_hold_within", "a while")
    wrong = await sends(form)
    assert set(wrong.errors) == {"terms_hold_until", "terms_hold_within"}
    wrong.fill("terms_hold_within", "")
    again = await sends(wrong)
    assert "of the target is left from that day on" in again.errors["terms_target"]
    hidden = kept_typing(again, await again.press("Hide terms"))
    assert "the target goes along, by revenue" in hidden.words


async def test_what_a_rep_may_not_know_is_not_said(slack: SlackClient) -> None:
    form = await opened(slack, REP, "New York")
    assert await form.offered("accounts", "") == []
    [found, *_] = await form.offered("accounts", "co")
    form.fill("accounts", [found])
    await form.search("to", "new england")
    form.fill("reason", "They asked for me")
    shown = await looks(form)
    assert "*1 account* from New York to New England" in shown.words, shown.words
    assert "How much that is, whoever decides will see" in shown.words
    assert "$" not in shown.words
    ruled = await chooses(await opened(slack, REP, "New York"), "by_rule", "country = US")
    assert "accounts*" not in ruled.words


async def test_everything_that_is_wrong_is_said_at_its_field(slack: SlackClient) -> None:
    empty = await opened(slack, MANAGER, "Mid-Atlantic")
    empty.fill("reason", "x")
    await empty.search("to", "mid-atl")
    assert set((await sends(empty)).errors) == {"accounts"}
    await empty.search_several("accounts", "")
    assert "are in Mid-Atlantic already" in (await sends(empty)).errors["to"]
    await empty.search("to", "new york")
    empty.fill("effective_on", "2024-01-01")
    assert "days back" in (await sends(empty)).errors["effective_on"]
    other = await opened(slack, REP, "Germany")
    [first, *_] = await other.offered("accounts", "a b") or await other.offered("accounts", "co")
    other.fill("accounts", [first])
    await other.search("to", "france")
    other.fill("reason", "x")
    assert "You can ask for changes of your own territories" in (await sends(other)).errors["kind"]


async def test_what_was_typed_stays_and_partners_have_no_form(slack: SlackClient) -> None:
    said = await slack.as_(PARTNER).opens("/territory change")
    assert not said.data.get("submit"), said.words
    form = await chooses(await opened(slack, OPS, "Germany"), "kind", "split")
    form.fill("name", "Bavaria")
    form = await chooses(form, "kind", "merge")
    form = await chooses(form, "kind", "split")
    [field] = [block for block in form.blocks if block["block_id"] == "name"]
    assert field["element"]["initial_value"] == "Bavaria"


async def test_a_request_that_was_to_be_changed_is_sent_again(turf: Turf, slack: SlackClient) -> None:
    form = await opened(slack, REP)
    [first, second, *_] = await form.offered("accounts", "s")
    form.fill("accounts", [first])
    await form.search("to", "germany")
    form.fill("reason", "They moved")
    number = number_of(await sends(await looks(form)))
    deciding = Deciding(Steps(follows()))
    async with write(turf.application.store, 1, Occasion(None, "button", NOW)) as repo:
        by = next(one for one in repo.company.people.values() if one.name == "Marcus Chen")
        await deciding.ask_for_changes(repo, number, by=by, today=TODAY, comment="Which other ones?")
    card = await slack.as_(OPS).types(f"/territory again {number}")
    assert "Only who asked for this may change it" in (await card.press("Change it")).words
    again = await (await slack.as_(REP).types(f"/territory again {number}")).press("Change it")
    assert "They moved" in again.json
    again.fill("accounts", [first, second])
    sent = await sends(again)
    assert number_of(sent) == number
    found = await kept(turf, number)
    assert (found.state, found.turn) == (State.SUBMITTED, 2)
    assert isinstance(found.change, MoveAccounts)
    assert len(found.change.accounts) == 2
    late = await (await slack.as_(REP).types(f"/territory again {number}")).press("Change it")
    assert "Nobody asks for changes of this request now" in late.words


def forged(value: str) -> dict[str, object]:
    return {"text": {"type": "plain_text", "text": "x"}, "value": value}


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("move", {"territory": "999", "to": "1x"}, "territory"),
        ("rep", {"person": "999"}, "person"),
        ("merge", {"to": "-1"}, "to"),
        ("target", {"subject": "team:999"}, "subject"),
        ("target", {"subject": "territory:999"}, "subject"),
        ("target", {"subject": "person:999"}, "subject"),
    ],
)
async def test_ids_that_no_menu_has_are_refused(
    slack: SlackClient, kind: str, typed: dict[str, str], field: str
) -> None:
    form = await chooses(await opened(slack, OPS, "Germany"), "kind", kind)
    for name, value in typed.items():
        form.fill(name, forged(value))
    for name, text in {"amount": "5k", "reason": "x"}.items():
        if kind == "target" or name == "reason":
            form.fill(name, text)
    if kind == "target":
        form.fill("period", "2027Q1")
    shown = await looks(form)
    assert "*Not yet:*" in shown.words
    assert field in (await sends(shown)).errors
