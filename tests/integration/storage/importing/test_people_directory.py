"""Who a Slack user is, by the address that Slack knows."""

from pathlib import Path

import pytest

from domain.errors import NotAllowed
from storage.database import Database
from storage.store import PeopleDirectory, Store
from tests.support.imports import take, write


async def test_an_address_leads_to_one_person_or_to_nobody(database: Database, tmp_path: Path) -> None:
    people = [
        {"person": "ana", "name": "Ana", "role": "rep", "email": "Ana@x.example"},
        {"person": "ben", "name": "Ben", "role": "rep", "email": "both@x.example"},
        {"person": "cy", "name": "Cy", "role": "ops", "email": "BOTH@x.example"},
        {"person": "dee", "name": "Dee", "role": "ops", "email": "dee@x.example", "slack_user_id": "U4"},
    ]
    report = await take(database, write(tmp_path, "people", *people))
    assert [note for note in report.notes if "e-mail" in note] == [
        "2 people have the e-mail both@x.example: Slack can't tell them apart without their slack_user_id."
    ]
    directory = PeopleDirectory(Store(database))
    found = await directory.by_email(1, "ana@x.example")
    assert found is not None
    assert found.key == "ana"
    assert await directory.by_email(1, "nobody@x.example") is None
    # Whoever has the address of someone whose Slack user is known is somebody else.
    assert await directory.by_email(1, "dee@x.example") is None
    with pytest.raises(NotAllowed, match="Several people"):
        await directory.by_email(1, "both@x.example")
