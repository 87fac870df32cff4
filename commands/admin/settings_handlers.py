"""`/turf settings` and `/turf roles`."""

from commands.admin import roles, roles_views, settings, settings_views
from commands.kit import Call, Errors, Options, Reply, Turf, command, options, submission
from commands.kit.inputs import Filled
from domain import policies
from domain.changes import settings_from_words
from domain.company import Role
from domain.errors import NotAllowed, NotFound
from storage.writing import Writing


@command(
    "/turf settings",
    help="Business days, holidays, small groups, links to the CRM (operations)",
    may=policies.may_change_settings,
)
async def show_settings(call: Call, turf: Turf) -> Reply:
    present = await turf.present(call)
    return settings_views.settings_modal(settings.shown(present, by=call.person, today=call.today))


@submission(settings_views.SAVE, effect=True)
async def save_settings(call: Call, repo: Writing) -> Reply:
    assert call.view is not None
    values, wrong = settings_from_words(**settings_views.filled(call.view))
    if wrong:
        return Errors(wrong)
    try:
        saved = await settings.save(repo, values, seen=settings_views.seen(call.view), by=call.person, today=call.today)
    except NotFound as error:
        return Errors({"holidays": error.message})
    return settings_views.saved_modal(saved)


@command("/turf roles", help="Who may do what, and changing it (operations)", may=policies.may_set_roles)
async def show_roles(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        return roles_views.roles_modal(await roles.roles(repo, by=call.person, today=call.today))


@options(roles_views.PEOPLE)
async def offer_people(call: Call, turf: Turf) -> Reply:
    found = roles.found(await turf.present(call), call.value, by=call.person, today=call.today)
    return Options({str(person.id): person.name for person in found})


@submission(roles_views.GIVE, effect=True)
async def give_role(call: Call, repo: Writing) -> Reply:
    filled = Filled.of(call.view)
    person, role = int(filled.one("person")), filled.one("role")
    try:
        if role == roles_views.FOLLOW:
            given = await roles.follow_imports(repo, person, by=call.person, today=call.today)
        else:
            given = await roles.give(repo, person, Role(role), by=call.person, today=call.today)
    except (NotAllowed, NotFound) as error:
        return Errors({"person": error.message})
    return roles_views.given_modal(given)
