"""`/digest`: the form, its menus and its preview, and saving."""

from dataclasses import dataclass, replace

from commands.digests.asking import kind_of
from commands.digests.content.sending import number_of
from commands.digests.planning import open_days
from commands.digests.subscribing import scopes, service, views
from commands.digests.subscribing.controls import CHANGE
from commands.digests.subscribing.form import Form, FormErrors, Reader, Where
from commands.digests.subscribing.preview import Preview, audience_of, preview, tellable
from commands.digests.subscribing.times import zones_like
from commands.digests.telling_owners import title_of
from commands.kit import Audience, Call, Errors, Modal, Options, Reply, Turf, action, command, options
from commands.kit.inputs import Filled
from commands.kit.names import Subject
from commands.kit.registry import Registry, Submission
from commands.kit.sections import DigestKind
from domain import policies
from domain.errors import Busy, NotAllowed, NotFound
from domain.schedules import Slot, changed_slot, first_slot
from storage import subscriptions
from storage.store import Repositories
from storage.subscriptions import State, StoredSubscription, Wish
from storage.writing import Writing


def channel_of(call: Call) -> str:
    """The channel in which something was typed; empty for a direct message, which has no audience."""
    return call.channel_id if call.channel_id[:1] in ("C", "G") else ""


@command(
    "/digest",
    help="A digest each week for this channel, or for yourself in our direct messages",
    opens=views.TITLE,
    may=policies.may_see_figures,
    examples=(
        ("/digest", "subscribe this channel, or change its digest"),
        ("/digest preview", "what it would say now"),
        ("/digest pause until 1 Jan", "nothing before that day"),
    ),
)
async def open_form(call: Call, turf: Turf) -> Reply:
    channel = channel_of(call)
    async with turf.read(call) as repo:
        policies.require(policies.may_see_figures(call.person, call.today))
        known = await service.current(repo, channel, call.person)
    return await _opened(call, turf, channel, known)


@action(CHANGE, opens=views.TITLE)
async def change(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        known = await service.there_now(repo, number_of(call.value))
    return await _opened(call, turf, known.wish.channel_id or "", known)


async def _opened(call: Call, turf: Turf, channel: str, known: StoredSubscription | None) -> Modal:
    """The form as it is filled in now. Raises NotAllowed for who may not change what there is."""
    audience = await audience_of(call, turf, channel)
    async with turf.read(call) as repo:
        if known is None:
            form, where = await _empty(call, turf, repo, channel, audience), Where(channel)
        else:
            policies.require(service.may_change(repo, known, by=call.person, today=call.today))
            if known.wish.person_id not in (None, call.person.id):
                raise NotAllowed("What a person gets by direct message they choose themselves. You can pause it.")
            kind = _kind(repo, call, channel, known.wish.scope_kind, known.wish.scope_id)
            form = Form.like(known, list(_titles(turf.registry, kind)))
            where = Where(channel, known.id, known.version)
        return await _modal(call, turf, repo, where, form, known, audience)


async def _empty(call: Call, turf: Turf, repo: Repositories, channel: str, audience: Audience | NotAllowed) -> Form:
    """It begins with what could be posted, if anything could; before the channel can be reached, with what anybody may read."""
    first = None
    if channel:
        readers = Audience([]) if isinstance(audience, NotAllowed) else audience
        first = await _possible(call, turf, repo, channel, readers)
    first = first or next(scopes.choices(repo, channel, by=call.person, today=call.today), None)
    zone = call.person.timezone or repo.settings.timezone
    return Form(scope=scopes.value_of(first) if first else "", zone=zone)


async def _possible(call: Call, turf: Turf, repo: Repositories, channel: str, audience: Audience) -> Subject | None:
    likely = scopes.likely(repo, channel, by=call.person, today=call.today)
    return await tellable(repo, likely, audience, turf.registry.sections(), today=call.today)


def _kind(repo: Repositories, call: Call, channel: str, kind: str, number: int | None) -> DigestKind:
    if channel:
        return DigestKind.CHANNEL
    subject = scopes.chosen(repo, f"{kind}:{number or 0}")
    return kind_of(repo, subject, call.person, call.today) if subject else DigestKind.REP


def _titles(registry: Registry, kind: DigestKind) -> dict[str, str]:
    """The sections that a digest of this kind can do without."""
    return {one.key: one.title for one in registry.sections() if one.title and kind in one.audience}


def _carried_over(registry: Registry, form: Form, kind: DigestKind) -> Form:
    """The form for this kind: what was left out of another kind stays left out, and what that did not have is shown."""
    if form.shown is None or form.shown_of == kind or form.shown_of not in list(DigestKind):
        return form
    left_out = _titles(registry, DigestKind(form.shown_of)).keys() - set(form.shown)
    shown = tuple(key for key in _titles(registry, kind) if key not in left_out)
    return replace(form, shown=shown, shown_of=kind.value)


async def _modal(
    call: Call,
    turf: Turf,
    repo: Repositories,
    where: Where,
    form: Form,
    known: StoredSubscription | None,
    audience: Audience | NotAllowed,
) -> Modal:
    """The form with what it would bring: what is wrong is said in place, and the rest is shown all the same."""
    subject = scopes.chosen(repo, form.scope)
    kind = kind_of(repo, subject, None if where.channel else call.person, call.today) if subject else DigestKind.CHANNEL
    titles, form = _titles(turf.registry, kind), _carried_over(turf.registry, form, kind)
    reader = Reader(call.today, list(titles))
    errors, following, shown = dict[str, str](), None, None
    try:
        wish = reader.wish(form, where, owner=call.person.id, reader=call.person.id)
    except FormErrors as found:
        errors, wish = dict(found.by_field), None
    if wish is not None:
        following = _next(repo, known, wish, call)
        shown = await _shown(call, turf, repo, wish, known, audience)
    is_open = not isinstance(audience, NotAllowed)
    held = is_open and shown is not None and bool(shown.refused)
    instead = None
    if held and where.channel and isinstance(audience, Audience):
        instead = await _possible(call, turf, repo, where.channel, audience)
    card = views.Card(
        where=replace(where, is_open=is_open, held=form.scope if held else ""),
        form=form,
        scope=_label(repo, subject, call),
        instead=_label(repo, instead, call),
        kind=kind,
        sections=titles,
        preview=shown if is_open else Preview(refused=str(audience), is_open=False),
        next=following,
        errors={field: why for field, why in errors.items() if field != "scope" or form.scope},
        owner=_owner(repo, known),
        state=known.state.value if known else "",
        locale=call.locale,
    )
    return views.form_modal(card)


def _label(repo: Repositories, subject: Subject | None, call: Call) -> str:
    return scopes.label_of(repo, subject, call.person, call.today) if subject else ""


def _owner(repo: Repositories, known: StoredSubscription | None) -> str:
    owner = repo.company.people.get(known.wish.owner_id) if known else None
    return owner.name if owner else ""


def _next(repo: Repositories, known: StoredSubscription | None, wish: Wish, call: Call) -> Slot | None:
    days = open_days(repo)
    if known is None or known.state is not State.ACTIVE:
        return first_slot(wish.schedule, call.now, days)
    schedule = replace(wish.schedule, paused_until=known.schedule.paused_until)
    return changed_slot(known.schedule, schedule, known.last_slot, call.now, days)


async def _shown(
    call: Call,
    turf: Turf,
    repo: Repositories,
    wish: Wish,
    known: StoredSubscription | None,
    audience: Audience | NotAllowed,
) -> Preview:
    try:
        service.require_scope(repo, wish, by=call.person, today=call.today)
    except NotAllowed as error:
        return Preview(refused=error.message)
    sections = turf.registry.sections()
    number = known.id if known else None
    return await preview(repo, wish, audience, sections, subscription=number, today=call.today, locale=call.locale)


@options(views.LIVE)
async def offer(call: Call, turf: Turf) -> Reply:
    """Scopes or zones, by the field that is typed into."""
    present = await turf.present(call)
    field = call.action.id.partition(":")[2] if call.action else ""
    if field == "zone":
        first = [one for one in (call.person.timezone, present.settings.timezone) if one]
        return Options(views.zone_choices(call.value, zones_like(call.value, first, call.locale)))
    where = Where.decode(call.view.metadata if call.view else "")
    return Options(scopes.offered(present, where.channel, call.value, by=call.person, today=call.today))


@action(views.LIVE)
async def show_preview(call: Call, turf: Turf) -> Reply:
    where, form = Where.decode(call.view.metadata if call.view else ""), Form.of(Filled.of(call.view))
    audience = await audience_of(call, turf, where.channel)
    async with turf.read(call) as repo:
        known = await _same(repo, where)
        return await _modal(call, turf, repo, where, form, known, audience)


async def _same(repo: Repositories, where: Where) -> StoredSubscription | None:
    if not where.subscription:
        return None
    return await subscriptions.find_subscription(repo.connection, repo.workspace_id, where.subscription)


@dataclass(frozen=True, slots=True)
class Saving:
    """Knows which sections there were to choose from."""

    registry: Registry

    async def save(self, call: Call, repo: Writing) -> Reply:
        return await _save(call, repo, self.registry)


def register(registry: Registry) -> None:
    registry.add(Submission(views.SUBMIT, Saving(registry).save, effect=True))


async def _save(call: Call, repo: Writing, registry: Registry) -> Reply:
    where, form = Where.decode(call.view.metadata if call.view else ""), Form.of(Filled.of(call.view))
    if not where.is_open:
        return Errors({"scope": "I am not in this channel. Invite me with /invite @turf, then press Show preview."})
    try:
        wish = _wish(call, repo, registry, where, form)
        saved = await service.save(
            repo,
            wish,
            subscription=where.subscription,
            version=where.version,
            by=call.person,
            today=call.today,
            now=call.now,
        )
    except FormErrors as errors:
        return Errors(errors.by_field)
    except (NotAllowed, NotFound, Busy) as error:
        return Errors({"scope": error.message})
    held = bool(where.held) and where.held == form.scope
    return views.saved_modal(saved, title_of(repo, saved.known), call.locale, held=held)


def _wish(call: Call, repo: Writing, registry: Registry, where: Where, form: Form) -> Wish:
    """Raises FormErrors."""
    subject = scopes.chosen(repo, form.scope)
    kind = kind_of(repo, subject, None if where.channel else call.person, call.today) if subject else DigestKind.CHANNEL
    reader = Reader(call.today, list(_titles(registry, kind)))
    return reader.wish(_carried_over(registry, form, kind), where, owner=call.person.id, reader=call.person.id)
