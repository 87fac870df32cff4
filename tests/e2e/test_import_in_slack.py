"""/turf import: files uploaded in a modal, imported by the worker, told in a thread of direct messages."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.demo.company import LEADER, MANAGER, OPS, REP
from commands.imports.service import JOB
from sandbox.inputs import enter_all
from sandbox.payloads import view_submission
from sandbox.stack import find_view
from storage.import_orders import ORDERS
from storage.jobs import JOBS
from tests.support.imports import rows
from tests.support.sample import NOW
from tests.support.slack import Card, SlackClient, View
from tests.support.turf import Turf, running_turf

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow_on_postgresql]
PEOPLE = "person,name,role\nzoe,Zoe Ångström,rep\nyan,*Yan* <!channel>,rep\n"
SECONDS = 40
TIME = [NOW]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def turf(company_url: str, folder: Path, mode: str) -> AsyncIterator[Turf]:
    async with running_turf(company_url, folder, mode, worker=True) as running:  # type: ignore[arg-type]
        yield running


@pytest.fixture
def slack(turf: Turf) -> SlackClient:
    """Nothing is put back: files of the test before may still be on their way."""
    return turf.slack


async def asked(slack: SlackClient, files: dict[str, bytes | str], **filled: object) -> View:
    """Fill in the modal and send it; the view that follows, or the same with its errors."""
    modal = await slack.as_(OPS).opens("/turf import")
    await modal.upload(
        "Files", {name: data if isinstance(data, bytes) else data.encode() for name, data in files.items()}
    )
    for name, value in filled.items():
        modal.fill(name, value)
    view = await modal.submit()
    assert isinstance(view, View)
    return view


async def ended(turf: Turf, replies: int, *words: str) -> tuple[Card, Sequence[Card]]:
    """The last head in the direct messages, once it says the words and has so many replies."""
    slack = turf.slack
    async with asyncio.timeout(SECONDS):
        while True:
            TIME[0] += timedelta(seconds=2)  # messages of a lane leave a second apart
            turf.set_clock(TIME[0])
            heads = [
                card
                for card in await slack.as_(OPS).messages("app")
                if not card.data.get("thread_ts") or card.data["thread_ts"] == card.ts
            ]
            if heads and all(word in heads[-1].words for word in words):
                found = await heads[-1].replies()
                if len(found) >= replies:
                    return heads[-1], found
            await asyncio.sleep(0.1)


async def test_files_become_data_and_the_reconciliation_a_thread(slack: SlackClient, turf: Turf) -> None:
    view = await asked(slack, {"people.csv": PEOPLE})
    assert "I have your file" in view.text
    head, (told,) = await ended(turf, 1, "is done")
    assert head.text == "Your import is done."
    assert "people.csv" in head.words
    assert told.table[0][:3] == ["people", "2", "2"]
    assert "Imported as revision" in told.text
    found = {row["person"]: row["name"] for row in await rows(turf.application.database, "people")}
    assert (found["zoe"], found["yan"]) == ("Zoe Ångström", "*Yan* <!channel>")
    assert await slack.refusals() == []


@pytest.mark.slow
async def test_what_is_rolled_back_says_it_in_the_words_of_the_form(slack: SlackClient, turf: Turf) -> None:
    await asked(slack, {"people.csv": PEOPLE + "xav,Xavier,king\n"}, max_rejects="1%")
    _, replies = await ended(turf, 2, "was rolled back")
    told = "1 of 3 rows were refused, more than the 1% that the form allows under “Roll back if more rows are refused”."
    assert told in replies[0].words
    assert "--" not in replies[0].words


@pytest.mark.slow
async def test_refused_rows_come_as_a_file(slack: SlackClient, turf: Turf) -> None:
    bad = PEOPLE + "xav,Xavier <@U1>,king\n"
    await asked(slack, {"people.csv": bad}, max_rejects="50%")
    _, replies = await ended(turf, 2, "1 row was refused")
    assert "people.csv line 4, role: 'king'" in replies[0].words
    (file,) = replies[1].data["files"]
    assert file["name"].startswith("rejects-")
    assert file["name"].endswith(".csv")


@pytest.mark.slow
async def test_too_many_refusals_write_nothing(slack: SlackClient, turf: Turf) -> None:
    await asked(slack, {"people.csv": "person,name,role\nwim,Wim,king\n"})
    _, replies = await ended(turf, 2, "was rolled back")
    assert "Nothing was imported: 1 of 1 rows were refused" in replies[0].words
    assert "wim" not in {row["person"] for row in await rows(turf.application.database, "people")}


@pytest.mark.slow
async def test_a_dry_run_writes_nothing(slack: SlackClient, turf: Turf) -> None:
    view = await asked(slack, {"people.csv": "person,name,role\nvic,Vic,rep\n"}, how=["dry_run"])
    assert "dry run" in view.text
    _, (told,) = await ended(turf, 1, "Your dry run has ended")
    assert "Dry run: nothing was written." in told.text
    assert "vic" not in {row["person"] for row in await rows(turf.application.database, "people")}


@pytest.mark.slow
async def test_a_broken_file_says_what_to_do(slack: SlackClient, turf: Turf) -> None:
    await asked(slack, {"people.xlsx": b"PK\x03\x04 this is no spreadsheet"})
    head, _ = await ended(turf, 0, "could not be read")
    assert "people.xlsx" in head.words


@pytest.mark.slow
async def test_a_german_export_names_its_kind(slack: SlackClient, turf: Turf) -> None:
    sheet = "person;name;role\r\nuwe;Uwe Müller;rep\r\n".encode("utf-16")
    again = await asked(slack, {"Mitarbeiter März.csv": sheet})
    assert "Which kind is Mitarbeiter März.csv?" in again.errors["kind"]
    again.fill("Kind", "people")
    await again.submit()
    await ended(turf, 1, "is done", "Mitarbeiter März.csv")
    assert "uwe" in {row["person"] for row in await rows(turf.application.database, "people")}


async def test_what_is_wrong_stands_at_its_field(slack: SlackClient) -> None:
    view = await asked(slack, {"people.csv": PEOPLE, "PEOPLE.csv": PEOPLE}, max_rejects="some", max_removed="-1")
    assert set(view.errors) == {"files", "max_rejects", "max_removed"}
    assert "Two files are named people.csv" in view.errors["files"]
    view = await asked(slack, {"people.csv": PEOPLE}, kind="deals")
    assert "named after another kind" in view.errors["kind"]


@pytest.mark.slow
async def test_a_mapping_reads_the_crm_s_own_export(slack: SlackClient, turf: Turf) -> None:
    await asked(slack, {"people.csv": PEOPLE}, mapping="salesforce")
    head, _ = await ended(turf, 0, "could not be read")
    assert "no table that fits" in head.words


@pytest.mark.parametrize("who", [REP, MANAGER, LEADER])
async def test_only_operations_import(slack: SlackClient, who: str) -> None:
    card = await slack.as_(who).types("/turf import")
    assert "may not import" in card.text


async def test_a_sent_form_is_one_import_however_often_it_comes(slack: SlackClient, turf: Turf) -> None:
    modal = await slack.as_(OPS).opens("/turf import")
    await modal.upload("Files", {"people.csv": PEOPLE.encode()})
    payload, before = submission_of(turf, modal), await counted(turf)
    answers = [await turf.application.dispatcher.receive(payload | {"trigger_id": f"t{n}"}) for n in range(5)]
    assert all("I have your file" in json.dumps(answer) for answer in answers)
    forged = payload | {"user": payload["user"] | {"id": slack_id(turf, REP)}, "trigger_id": "forged"}
    forged["view"] = payload["view"] | {"hash": "forged"}
    refused = await turf.application.dispatcher.receive(forged)
    assert "may not import" in json.dumps(refused)
    assert await counted(turf) == [count + 1 for count in before]


async def counted(turf: Turf) -> list[int]:
    """How many imports were asked for, and how many jobs there are of them."""
    async with turf.application.database.read() as connection:
        jobs = select(func.count()).select_from(JOBS).where(JOBS.c.kind == JOB)
        orders = select(func.count()).select_from(ORDERS)
        return [(await connection.execute(query)).scalar_one() for query in (orders, jobs)]


def submission_of(turf: Turf, modal: View) -> dict[str, Any]:
    """What Slack sends when the modal is submitted as it is filled in."""
    ws, person = turf.local, turf.local.person(OPS)
    view = find_view(ws, view_id=modal.data["id"])
    enter_all(view.blocks, view.values, modal.typed)
    payload: dict[str, Any] = view_submission(ws, person, view, ws.grant_trigger(person.id, "I1", view.id))
    return payload


def slack_id(turf: Turf, who: str) -> str:
    return str(turf.local.person(who).id)
