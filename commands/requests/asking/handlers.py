"""The form to ask for a change: opened by a command, a shortcut or a button; its menus, its preview, and sending it."""

from dataclasses import dataclass, replace

from commands.kit import Call, Errors, Modal, Options, Reply, Turf, action, command, effect, options, shortcut
from commands.kit.inputs import Filled
from commands.kit.names import find_territory
from commands.kit.registry import Registry, Submission
from commands.requests.asking import accounts, choices, views
from commands.requests.asking.card import Asking, Card, card, counted, followed, read, shown
from commands.requests.asking.filling import form_of, renamed
from commands.requests.asking.form import KINDS, Form, FormErrors, Found, default_day
from commands.requests.asking.previewing import REFUSALS, refused, sees_figures
from commands.requests.stepping import Steps
from commands.requests.submitting import Submitting, changeable
from domain import policies
from domain.company import Person
from domain.errors import NotAllowed, NotFound
from domain.requests.model import RequestKind
from domain.requests.rights import may_ask_for_any
from storage.drafts import Draft, Drafts
from storage.notes import read_note
from storage.request_policies import read_policy
from storage.store import Known, Repositories
from storage.writing import Writing
from templates.numbers import Numbers

DRAFT = "requests/ask"


@command(
    "/territory change",
    help="Ask for a change: accounts, who holds a territory, cover, rules, splits, merges, targets",
    usage="[territory]",
    effect=True,
    opens=views.TITLE,
    may=may_ask_for_any,
    examples=(
        ("/territory change", "an empty form"),
        ("/territory change ohio", "the form for accounts of Ohio"),
    ),
)
async def ask(call: Call, repo: Writing) -> Reply:
    return await _opened(call, repo, RequestKind.MOVE, _named(call, repo))


@command(
    "/territory assign",
    help="Ask for another holder of a territory",
    usage="[territory]",
    effect=True,
    opens=views.TITLE,
    may=may_ask_for_any,
)
async def assign(call: Call, repo: Writing) -> Reply:
    return await _opened(call, repo, RequestKind.REP, _named(call, repo))


@command(
    "/territory edit",
    help="Ask for another rule of a territory",
    usage="[territory]",
    effect=True,
    opens=views.TITLE,
    may=may_ask_for_any,
)
async def edit(call: Call, repo: Writing) -> Reply:
    return await _opened(call, repo, RequestKind.BOUNDARY, _named(call, repo))


def _named(call: Call, repo: Known) -> str:
    """The territory that was typed. Raises NotFound or Ambiguous with better names, NotAllowed for who may not see them."""
    policies.require(policies.may_see_names(_listed(repo, call), call.today))
    return str(find_territory(call.text, repo.company).id) if call.text.strip() else ""


@shortcut(
    "requests_ask",
    name=views.TITLE,
    help="Ask for a change of territories or targets",
    opens=views.TITLE,
    effect=True,
)
async def ask_by_shortcut(call: Call, repo: Writing) -> Reply:
    return await _opened(call, repo, RequestKind.MOVE, "")


@effect("requests.ask", opens=views.TITLE)
async def ask_from_card(call: Call, repo: Writing) -> Reply:
    """From a card's button: `kind|territory`, either of which may be empty."""
    kind, _, territory = call.value.partition("|")
    return await _opened(call, repo, RequestKind(kind) if kind in KINDS else RequestKind.MOVE, territory)


async def _opened(call: Call, repo: Writing, kind: RequestKind, territory: str) -> Modal:
    policies.require(may_ask_for_any(_listed(repo, call), call.today))
    known = territory.isdecimal() and int(territory) in repo.company.territories
    own = territory if known else _own(repo, call)
    day = default_day(kind, call.today, repo.model.calendar).isoformat()
    form = Form(kind=kind.value, territory=own, effective_on=day, currency=repo.settings.currency)
    draft = await repo.drafts.create(call.person.id, DRAFT, _content(form, Found(), 0))
    made = await card(repo, form, Found(), await _asking(call, repo, 0))
    return views.form_modal(made, draft, _numbers(call, repo))


@effect("requests.amend", opens=views.TITLE)
async def amend(call: Call, repo: Writing) -> Reply:
    """From a request that was asked to be changed: the form as it was sent."""
    if not call.value.isdecimal():
        raise NotFound("This button is from another version of Turf. See /territory requests.")
    seen = await changeable(repo, int(call.value), by=_listed(repo, call))
    asking = await _asking(call, repo, seen.id)
    reason = await read_note(repo.connection, repo.workspace_id, seen.reason)
    default, currency = asking.policy.terms(seen.effective_on), repo.settings.currency
    form, found = form_of(seen.change, seen.effective_on, reason, default=default, currency=currency)
    form = renamed(form, (await card(repo, form, found, asking)).rules)
    draft = await repo.drafts.create(call.person.id, DRAFT, _content(form, found, seen.id))
    return views.form_modal(await card(repo, form, found, asking), draft, _numbers(call, repo))


def _own(repo: Known, call: Call) -> str:
    """The one territory that somebody holds; empty if there are several or none."""
    held = [
        one.id
        for one in repo.company.territories.values()
        if call.person.id in repo.model.lines.holders_on(one.id, call.today)
    ]
    return str(held[0]) if len(held) == 1 else ""


@options(views.LIVE)
async def offer(call: Call, turf: Turf) -> Reply:
    """Territories, people, accounts, or whom a target is for, by the field that is typed into."""
    name = call.action.id.partition(":")[2] if call.action else ""
    if name.startswith("accounts."):
        return await _offer_accounts(call, turf, name.partition(".")[2])
    present = await turf.present(call)
    policies.require(policies.may_see_names(_listed(present, call), call.today))
    if name in ("person", "cover"):
        return Options(choices.people(present, call.value, call.today, or_nobody=name == "person"))
    if name == "subject":
        return Options(choices.subjects(present, call.value, call.today))
    return Options(choices.territories(present, call.value, call.today))


async def _offer_accounts(call: Call, turf: Turf, territory: str) -> Options:
    if not territory.isdecimal():
        return Options({})
    async with turf.read(call) as repo:
        by = _listed(repo, call)
        return Options(await accounts.search(repo, int(territory), call.value, by=by, today=call.today))


@effect(views.LIVE)
async def follow(call: Call, repo: Writing) -> Reply:
    """The form after a choice that others follow, or a rule that finds accounts."""
    draft, before, found = await _draft(call, repo)
    asking = await _asking(call, repo, draft.content["request"])
    form = await followed(repo, before, before.filled(Filled.of(call.view)), asking)
    made, found = await counted(repo, form, found, asking)
    return await _again(call, repo, draft, made, found)


@effect(views.TERMS)
async def show_terms(call: Call, repo: Writing) -> Reply:
    """Open them, or put them away: then the policy's hold again."""
    draft, before, found = await _draft(call, repo)
    asking = await _asking(call, repo, draft.content["request"])
    form = before.filled(Filled.of(call.view))
    opened = None if form.terms else views.opened_terms(await card(repo, form, found, asking))
    return await _again(call, repo, draft, await card(repo, replace(form, terms=opened), found, asking), found)


@action(views.LOOK)
async def look(call: Call, turf: Turf) -> Reply:
    """What it would do. Found before the draft is written, so that nobody waits for it."""
    async with turf.read(call) as repo:
        draft, before, found = await _draft(call, repo)
        asking = await _asking(call, repo, draft.content["request"])
        made, found = await shown(repo, before.filled(Filled.of(call.view)), found, asking)
    async with turf.write(call) as writing:
        # Whoever clicks quickly has changed it meanwhile: what was in the form at the last click holds.
        draft = await writing.drafts.read(draft.id, call.person.id)
        return await _again(call, writing, draft, made, found)


@dataclass(frozen=True, slots=True)
class Sending:
    """Takes what was filled in and sends it."""

    submitting: Submitting

    async def send(self, call: Call, repo: Writing) -> Reply:
        draft, before, found = await _draft(call, repo)
        asking = await _asking(call, repo, draft.content["request"])
        form = before.filled(Filled.of(call.view))
        try:
            wish, _ = await read(repo, form, found, asking)
        except FormErrors as errors:
            return _told(call, errors)
        try:
            sent = await self.submitting.submit(
                repo,
                wish.change,
                effective_on=wish.effective_on,
                reason=form.reason,
                by=asking.by,
                today=call.today,
                again=asking.request or None,
            )
        except REFUSALS as error:
            return _told(call, refused(form, error, sees=sees_figures(repo, wish.change, asking.by, call.today)))
        await repo.drafts.delete(draft.id, call.person.id)
        return views.sent_modal(sent, _numbers(call, repo))


def register(registry: Registry, steps: Steps) -> None:
    registry.add(Submission(views.SUBMIT, Sending(Submitting(steps)).send, effect=True))


def _told(call: Call, errors: FormErrors) -> Errors:
    """At their fields; what has none that is shown stands at the first."""
    shown_at: dict[str, str] = {}
    fields = call.view.values if call.view else {}
    for name, said in errors.by_field.items():
        at = name if name in fields else "kind"
        shown_at[at] = f"{shown_at[at]} {said}" if at in shown_at else said
    return Errors(shown_at)


async def _again(call: Call, repo: Writing, draft: Draft, made: Card, found: Found) -> Modal:
    kept = await repo.drafts.update(draft, call.person.id, _content(made.form, found, made.request))
    return views.form_modal(made, kept, _numbers(call, repo))


async def _draft(call: Call, repo: Repositories) -> tuple[Draft, Form, Found]:
    """What was typed so far. Raises NotFound."""
    if call.view is None:
        raise NotFound("This form is no longer there. Start again with /territory change.")
    drafts = Drafts(repo.connection, repo.workspace_id, call.now)
    draft = await drafts.read(call.view.metadata, call.person.id)
    return draft, Form.load(draft.content["form"]), Found.load(draft.content["found"])


def _content(form: Form, found: Found, request: int) -> dict[str, object]:
    return {"form": form.dump(), "found": found.dump(), "request": request}


async def _asking(call: Call, repo: Repositories, request: int) -> Asking:
    return Asking(_listed(repo, call), call.today, call.locale, (await read_policy(repo)).policy, request)


def _listed(repo: Known, call: Call) -> Person:
    """The person as the list of people has them now. Raises NotAllowed."""
    found = repo.company.people.get(call.person.id)
    if found is None:
        raise NotAllowed("You are no longer in Turf's list of people. Ask sales operations if that is wrong.")
    return found


def _numbers(call: Call, repo: Known) -> Numbers:
    return Numbers(repo.settings.currency, call.locale)
