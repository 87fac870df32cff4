"""`/digest list`: the digests that somebody looks after; for operations all of them."""

from collections.abc import Sequence

from commands.digests.subscribing import service, words
from commands.digests.subscribing.answers import notification
from commands.digests.subscribing.controls import menu_of
from commands.digests.telling_owners import is_here, title_of, why_it_rests
from commands.kit import Block, Call, Message, Reply, Turf, command
from commands.kit.blocks import context, section
from commands.targets.service import as_listed
from domain import policies
from storage import subscriptions
from storage.store import Repositories
from storage.subscriptions import State, StoredSubscription
from templates import name, render

SHOWN = 20
"""So many stand in one message."""


@command(
    "/digest list",
    help="The digests that you look after, and when each comes next (operations: all)",
    may=policies.may_see_figures,
)
async def list_digests(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        policies.require(policies.may_see_figures(as_listed(repo, call.person), call.today))
        everything = await subscriptions.all_subscriptions(repo.connection, repo.workspace_id)
        mine = [one for one in everything if service.may_change(repo, one, by=call.person, today=call.today)]
        return _message(call, repo, mine)


def _message(call: Call, repo: Repositories, found: Sequence[StoredSubscription]) -> Message:
    sees_all = bool(policies.may_see_all_digests(as_listed(repo, call.person), call.today))
    head = render("digests/subscribing/list.mrkdwn.j2", count=len(found), sees_all=sees_all)
    rows = [_row(call, repo, one) for one in found[:SHOWN]]
    rest = len(found) - SHOWN
    more = [context(render("digests/subscribing/list_more.mrkdwn.j2", count=rest), id="more")] if rest > 0 else []
    return Message(notification(head), [section(head, id="head"), *rows, *more])


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
