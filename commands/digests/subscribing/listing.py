"""`/digest list`: the digests that somebody looks after; for operations all of them."""

from collections.abc import Sequence

from commands.digests.content.sending import number_of
from commands.digests.subscribing import service, words
from commands.digests.subscribing.answers import notification
from commands.digests.subscribing.controls import LIST_PAGE, menu_of
from commands.digests.telling_owners import is_here, title_of, why_it_rests
from commands.kit import Block, Call, Message, Reply, Turf, action, command
from commands.kit.blocks import actions, button, section
from commands.targets.service import as_listed
from domain import policies
from storage import subscriptions
from storage.store import Repositories
from storage.subscriptions import State, StoredSubscription
from templates import name, render

SHOWN = 20
"""So many stand on one page."""


@command(
    "/digest list",
    help="The digests that you look after, and when each comes next (operations: all)",
    may=policies.may_see_figures,
)
async def list_digests(call: Call, turf: Turf) -> Reply:
    return await _page(call, turf)


@action(LIST_PAGE)
async def turn_page(call: Call, turf: Turf) -> Reply:
    """What was ended or set up meanwhile moves the pages: the last one there is takes the place of one that is gone."""
    return await _page(call, turf, number_of(call.value), replace=True)


async def _page(call: Call, turf: Turf, number: int = 0, *, replace: bool = False) -> Message:
    async with turf.read(call) as repo:
        policies.require(policies.may_see_figures(as_listed(repo, call.person), call.today))
        everything = await subscriptions.all_subscriptions(repo.connection, repo.workspace_id)
        mine = [one for one in everything if service.may_change(repo, one, by=call.person, today=call.today)]
        return _message(call, repo, mine, number, replace=replace)


def _message(
    call: Call, repo: Repositories, found: Sequence[StoredSubscription], number: int, *, replace: bool
) -> Message:
    sees_all = bool(policies.may_see_all_digests(as_listed(repo, call.person), call.today))
    pages = max(1, -(-len(found) // SHOWN))
    number = min(number, pages - 1)
    head = render(
        "digests/subscribing/list.mrkdwn.j2", count=len(found), sees_all=sees_all, page=number + 1, pages=pages
    )
    rows = [_row(call, repo, one) for one in found[number * SHOWN :][:SHOWN]]
    return Message(notification(head), [section(head, id="head"), *rows, *_turning(number, pages)], replace=replace)


def _turning(number: int, pages: int) -> list[Block]:
    before = [button("Previous", f"{LIST_PAGE}:previous", value=str(number - 1))] if number else []
    after = [button("Next", f"{LIST_PAGE}:next", value=str(number + 1))] if number + 1 < pages else []
    return [actions(*before, *after, id="turn")] if before or after else []


def _row(call: Call, repo: Repositories, known: StoredSubscription) -> Block:
    wish, people = known.wish, repo.company.people
    owner, reader = people.get(wish.owner_id), people.get(wish.person_id or 0)
    own = wish.person_id in (None, call.person.id)
    paused = service.is_paused(known, call.today)
    until = known.schedule.paused_until
    said = render(
        "digests/subscribing/row.mrkdwn.j2",
        title=title_of(repo, known),
        known=known,
        reader=name(reader.name) if reader else "",
        is_own=wish.person_id == call.person.id,
        owner=name(owner.name) if owner else "",
        owner_left=not is_here(owner, call.today),
        when=words.when(known.schedule),
        next=words.next_time(known.next, known.schedule.zone, call.locale) if known.next else "",
        until=words.weekday_and_day(until, call.locale) if until and paused else "",
        why=why_it_rests(known.why) if known.state is State.RESTING else "",
    )
    return section(said, accessory=menu_of(known.id, paused=paused, own=own), id=f"digest{known.id}")
