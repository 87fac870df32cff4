"""`/targets set`: the form, its menus and its preview, and saving."""

from dataclasses import replace

from commands.kit import Call, Errors, Modal, Options, Reply, Turf, command, effect, options, submission
from commands.kit.inputs import Filled
from commands.kit.names import COMPANY, Kind, find_subject
from commands.kit.periods import split_query
from commands.targets.service import as_listed, asker
from commands.targets.setting import service, subjects, views
from commands.targets.setting.form import Form, FormErrors
from commands.targets.setting.service import Changed
from commands.targets.setting.views import Look
from domain import policies
from domain.errors import Busy, NotFound, UsageError
from domain.periods import PeriodKind, containing
from storage.drafts import Draft
from storage.writing import Writing

KIND = "targets/set"


@command(
    "/targets set",
    help="Set the target of a person, a territory or a team (managers and operations)",
    usage="[who] [period]",
    effect=True,
    opens=views.TITLE,
    may=policies.may_set_targets,
    examples=(
        ("/targets set", "an empty form"),
        ("/targets set dana next quarter", "the form for Dana's target of that quarter"),
        ("/targets set territory ohio FY2027", "the form for a territory's yearly target"),
    ),
)
async def set_target(call: Call, repo: Writing) -> Reply:
    policies.require(policies.may_set_targets(as_listed(repo, call.person), call.today))
    return await _opened(call, repo, _asked(call, repo))


@effect("targets.set.open", opens=views.TITLE)
async def set_again(call: Call, repo: Writing) -> Reply:
    """From a concern: the form for the target that it is about."""
    subject, _, rest = call.value.partition("|")
    period, _, metric = rest.partition("|")
    return await _opened(call, repo, Form(subject, period, metric, currency=repo.settings.currency))


async def _opened(call: Call, repo: Writing, form: Form) -> Modal:
    card = await service.card(repo, form, by=call.person, today=call.today, locale=call.locale)
    draft = await repo.drafts.create(call.person.id, KIND, await _content(repo, form))
    return views.form_modal(card, draft, _look(call, repo))


def _asked(call: Call, repo: Writing) -> Form:
    """The form as the command's words fill it in; the next quarter if no period is named."""
    fiscal_start = repo.settings.fiscal_start
    soon = containing(call.today, PeriodKind.QUARTER, fiscal_start).next()
    who, period = split_query(call.text, call.today, fiscal_start, default=soon)
    form = Form(period=period.label, currency=repo.settings.currency)
    if not who:
        return form
    allowed = as_listed(repo, call.person)
    policies.require(policies.may_see_names(allowed, call.today))
    mine = {(choice.kind.value, choice.id) for choice in subjects.settable(repo, by=allowed, today=call.today)}
    known = replace(asker(repo, allowed, call.today), sees=lambda one: (one.kind.value, one.id) in mine)
    found = find_subject(who, repo.company, known)
    if found == COMPANY or found.kind is Kind.COMPANY:
        raise UsageError("Targets are set for a person, a territory or a team, not for the whole company.")
    asked = replace(form, subject=f"{found.kind}:{found.id}")
    service.require_theirs(repo, asked, by=allowed, today=call.today)
    return asked


@options(views.LIVE)
async def offer_subjects(call: Call, turf: Turf) -> Options:
    present = await turf.present(call)
    by = as_listed(present, call.person)
    return Options(subjects.search(present, call.value, by=by, today=call.today))


@effect(views.LIVE)
async def show_preview(call: Call, repo: Writing) -> Reply:
    draft, form = await _draft(call, repo), Form.of(Filled.of(call.view))
    card = await service.card(repo, form, by=call.person, today=call.today, locale=call.locale)
    kept = await repo.drafts.update(draft, call.person.id, await _content(repo, form))
    return views.form_modal(card, kept, _look(call, repo))


@submission(views.SUBMIT, effect=True)
async def save(call: Call, repo: Writing) -> Reply:
    draft, form = await _draft(call, repo), Form.of(Filled.of(call.view))
    if call.view and call.view.metadata != views.metadata(draft):
        raise Busy("The preview is older than what you chose. Press Show preview, look at it, and save again.")
    shown = Form.load(draft.content["form"])
    is_same = shown.key() == form.key()
    return await _saved(call, repo, draft, form, seen=draft.content["seen"] if is_same else 0)


@submission(views.CONFIRM, effect=True)
async def save_anyway(call: Call, repo: Writing) -> Reply:
    draft = await _draft(call, repo)
    if call.view and call.view.metadata != views.metadata(draft):
        raise Busy("This window is older than the form behind it. Start again with /targets set.")
    return await _saved(call, repo, draft, Form.load(draft.content["form"]), seen=draft.content["seen"])


async def _saved(call: Call, repo: Writing, draft: Draft, form: Form, *, seen: int) -> Reply:
    """What became of it; a target that was changed meanwhile is shown before anything is saved."""
    try:
        done = await service.save(repo, form, seen=seen, by=call.person, today=call.today, locale=call.locale)
    except FormErrors as errors:
        return _told(call, errors)
    look = _look(call, repo)
    if isinstance(done, Changed):
        content = {"form": form.dump(), "seen": done.theirs.rev}
        return views.changed_modal(done, await repo.drafts.update(draft, call.person.id, content), look)
    await repo.drafts.delete(draft.id, call.person.id)
    return views.saved_modal(done, look)


def _told(call: Call, errors: FormErrors) -> Reply:
    """Under the fields, if they are shown; the window that asks once more has none."""
    if call.view and call.view.values:
        return Errors(errors.by_field)
    raise UsageError(" ".join(errors.by_field.values()))


async def _draft(call: Call, repo: Writing) -> Draft:
    if call.view is None:
        raise NotFound("This form is no longer there. Start again with /targets set.")
    return await repo.drafts.read(call.view.metadata.partition(":")[0], call.person.id)


async def _content(repo: Writing, form: Form) -> dict[str, object]:
    """What a draft keeps: the form, and the version of the target that it shows."""
    return {"form": form.dump(), "seen": await service.seen(repo, form)}


def _look(call: Call, repo: Writing) -> Look:
    return Look.of(repo.settings, call.locale)
