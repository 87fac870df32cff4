"""Which requests wait for somebody's decision, for their Home tab."""

from collections.abc import AsyncIterator, Sequence
from datetime import date

from commands.kit import Block
from commands.kit.blocks import section
from commands.requests.cards import controls, words
from commands.requests.cards.about import About, about_of, plan_of
from commands.requests.planned import Planned
from domain.company import Person
from domain.policies import Permission, Refusal, has
from domain.requests.model import State
from domain.requests.routing import slot_for
from storage import request_lists
from storage.request_lists import Wanted
from storage.store import Repositories
from templates import render
from templates.numbers import Numbers

MOST = 20
"""So many of the newest that wait for anybody are looked at."""
SHOWN = 5


async def waiting_requests(repo: Repositories, *, by: Person, today: date, locale: str) -> Sequence[Block]:
    """Each with the buttons to decide it; nothing for who decides nothing."""
    found = [one async for one in _theirs(repo, by, today)]
    n = Numbers(repo.settings.currency, locale)
    blocks: list[Block] = []
    for one in found[:SHOWN]:
        said = render(
            "requests/cards/waits.mrkdwn.j2",
            number=one.request.id,
            title=words.title(one),
            deed=words.deed(one, repo, n),
            day=n.full_day(one.request.effective_on),
            requester=words.person(repo, one.request.requester),
        )
        number = one.request.id
        row = controls.row([controls.impact(number), *controls.deciding(number)], of=number)
        blocks += [section(said, id=f"request.{number}"), row]
    return blocks


async def _theirs(repo: Repositories, by: Person, today: date) -> AsyncIterator[About]:
    if not has(by, Permission.DECIDE, today):
        return
    wanted = Wanted(states=frozenset({State.SUBMITTED}))
    page = await request_lists.page(repo.connection, repo.workspace_id, wanted, size=MOST)
    for request in page.requests:
        plan = await plan_of(repo, request, today)
        if isinstance(plan, Planned) and not isinstance(slot_for(by, plan.open, repo.model, today), Refusal):
            yield await about_of(repo, request)
