"""Asks for changes of territories as a person would, in the local workspace."""

from datetime import date

from bot.app import register_features
from commands import requests as feature
from commands.kit.registry import Registry
from domain.company import Person
from domain.requests.model import State
from storage import requests
from storage.requests import Request
from storage.writing import Writing
from tests.support.slack import SlackClient, View


async def submitted(repo: Writing, seen: Request, by: Person, today: date) -> Request:
    """On its way, and nothing more."""
    assert await requests.transit(repo.connection, repo.workspace_id, seen, State.SUBMITTED, now=repo.occasion.now)
    return await requests.read(repo.connection, repo.workspace_id, seen.id)


def features() -> Registry:
    """All features, and requests whose first step does nothing else."""
    registry = register_features()
    feature.register(registry, submitted)
    return registry


async def opened(slack: SlackClient, who: str, text: str = "") -> View:
    return await slack.as_(who).opens(f"/territory change {text}".strip())


async def chooses(form: View, name: str, value: object) -> View:
    """The form after a choice that it follows; what was filled in before stays."""
    after = await form.select(name, value)  # type: ignore[arg-type]
    return kept(form, after)


async def finds(form: View, name: str, typed: str) -> View:
    """The form after the first of what is offered for what is typed was taken."""
    [first, *_] = await form.offered(name, typed)
    return await chooses(form, name, first)


async def looks(form: View) -> View:
    return kept(form, await form.press("Show preview"))


async def sends(form: View) -> View:
    after = await form.submit()
    assert isinstance(after, View)
    return kept(form, after)


def kept(before: View, after: object) -> View:
    assert isinstance(after, View)
    blocks = {block["block_id"] for block in after.blocks}
    after.typed = {name: value for name, value in before.typed.items() if name in blocks}
    return after
