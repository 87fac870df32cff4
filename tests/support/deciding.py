"""Sets targets as a person would, straight through the service, and reads their history."""

import json

from commands.kit.names import Kind, Subject
from commands.targets.setting import service
from commands.targets.setting.form import Form
from commands.targets.setting.history import history, history_message
from commands.targets.setting.service import Changed, Saved
from commands.targets.setting.views import Look
from domain.company import Person
from domain.periods import parse_label
from storage.audit import Occasion
from storage.database import Database
from storage.store import Repositories, Store
from storage.writing import write
from tests.support.sample import NOW, TODAY


def person(repo: Repositories, key: str) -> Person:
    return next(one for one in repo.company.people.values() if one.key == key)


async def set_as(database: Database, who: str, subject: str, **fields: str) -> Saved | Changed:
    """As the form would: `subject` is a person's or a territory's key, or `team:` and an id."""
    async with Store(database).read(1) as repo:
        by = person(repo, who)
        form = Form(subject=named(repo, subject), currency=repo.settings.currency, **fields)
        seen = await service.seen(repo, form)
    async with write(Store(database), 1, Occasion(by.id, "modal", NOW)) as repo:
        return await service.save(repo, form, seen=seen, by=by, today=TODAY, locale="en-US")


def named(repo: Repositories, key: str) -> str:
    if key.startswith("team:"):
        return key
    for kind, group in (("person", repo.company.people), ("territory", repo.company.territories)):
        for one in group.values():
            if one.key == key:
                return f"{kind}:{one.id}"
    raise AssertionError(key)


async def told(database: Database, viewer: str, subject: str, label: str) -> str:
    """The history as someone reads it."""
    async with Store(database).read(1) as repo:
        by = person(repo, viewer)
        kind, _, number = named(repo, subject).partition(":")
        asked = Subject(Kind(kind), int(number), subject)
        page = await history(repo, asked, parse_label(label, 1), by=by, today=TODAY)
        return json.dumps(history_message(page, repo, Look.of(repo.settings, "en-US")).to_json())
