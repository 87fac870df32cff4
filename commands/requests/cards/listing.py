"""`/territory requests`: what is open, what is one's own, what a territory is in."""

from commands.kit import Call, Message, Reply, Turf, action, command
from commands.kit.blocks import Block, action_menu, actions, button, section
from commands.kit.names import find_territory
from commands.requests.cards import controls, words
from commands.requests.cards.about import About, about_of
from commands.requests.cards.handlers import UNKNOWN, listed, numbers
from domain import policies
from domain.company import Person
from domain.errors import NotFound
from domain.requests.model import State
from storage import request_lists
from storage.request_lists import Page, Wanted
from storage.store import Known, Repositories
from templates import render
from templates.numbers import Numbers

PAGE = "requests.page"
SIZE = 10
OPEN = frozenset(state for state in State if state.is_open)


@command(
    "/territory requests",
    help="Requests for changes: those that are open, yours, or those about a territory",
    usage="[open|mine|name]",
    may=policies.may_see_figures,
    examples=(
        ("/territory requests", "those that are open"),
        ("/territory requests mine", "those that you asked for or decided, or that name you"),
        ("/territory requests new england", "all that were about that one"),
    ),
)
async def list_requests(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        return await _page(call, repo, call.text.strip(), None)


@action(PAGE)
async def older(call: Call, turf: Turf) -> Reply:
    before, _, typed = call.value.partition("|")
    if not before.isdecimal():
        raise NotFound(UNKNOWN)
    async with turf.read(call) as repo:
        return await _page(call, repo, typed, int(before), replace=True)


async def _page(call: Call, repo: Repositories, typed: str, before: int | None, *, replace: bool = False) -> Message:
    by = listed(repo, call)
    policies.require(policies.may_see_figures(by, call.today))
    wanted = _wanted(repo, typed, by)
    found = await request_lists.page(repo.connection, repo.workspace_id, wanted, before=before, size=SIZE)
    rows = [await about_of(repo, one) for one in found.requests]
    n = numbers(call, repo)
    head = render("requests/cards/list.mrkdwn.j2", count=found.count, which=_which(typed, repo))
    blocks = [section(head, id="head"), *(_row(one, repo, n) for one in rows), *_turning(found, typed)]
    return Message(head, blocks, replace=replace)


def _wanted(repo: Known, typed: str, by: Person) -> Wanted:
    """Raises NotFound and Ambiguous with names that would work."""
    match typed.lower():
        case "" | "open":
            return Wanted(states=OPEN)
        case "mine":
            return Wanted(person=by.id)
    return Wanted(territories=frozenset({find_territory(typed, repo.company).id}))


def _which(typed: str, repo: Known) -> str:
    match typed.lower():
        case "" | "open":
            return "open"
        case "mine":
            return "of yours"
    return f"about {find_territory(typed, repo.company).name}"


def _row(found: About, repo: Known, n: Numbers) -> Block:
    """What a channel may see of it; the rest is behind See impact."""
    state = found.request.state
    said = render(
        "requests/cards/row.mrkdwn.j2",
        number=found.request.id,
        title=words.title(found),
        deed=None if found.is_confidential else words.deed(found, repo, n),
        day=n.full_day(found.request.effective_on),
        state=words.STATES[state] if found.is_confidential else words.became(found, n),
    )
    return section(said, accessory=action_menu(_choices(found)), id=f"request.{found.request.id}")


def _choices(found: About) -> dict[str, tuple[str, str]]:
    """At most five fit a menu; who may not is told so."""
    state, value = found.request.state, str(found.request.id)
    choices = {controls.IMPACT: "See impact"}
    if state is State.SUBMITTED:
        choices |= {
            controls.APPROVE: "Approve…",
            controls.CHANGES: "Ask for changes…",
            controls.REJECT: "Reject…",
        }
    if state is State.CHANGES_REQUESTED and found.reverses is None:
        choices[controls.AMEND] = "Change and send again…"
    if state is State.FAILED:
        choices[controls.RETRY] = "Try again"
    if state in controls.WITHDRAWABLE:
        choices[controls.WITHDRAW] = "Withdraw"
    if state is State.EFFECTIVE and found.reverses is None:
        choices[controls.REVERSE] = "Reverse…"
    return {name: (label, value) for name, label in choices.items()}


def _turning(found: Page, typed: str) -> list[Block]:
    if found.before is None:
        return []
    return [actions(button("Older", PAGE, value=f"{found.before}|{typed}"), id="turn")]
