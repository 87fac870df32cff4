"""`/targets` and the buttons of its card."""

from commands.kit import Call, Reply, Turf, action, command
from commands.targets import service, views, why, why_views
from commands.targets.query import TargetsQuery
from commands.targets.reference import CardReference
from commands.targets.why import WhyPage


@command("/targets", help="Where you, a person, a team or a territory stands against target", usage="[who] [period]")
async def show_targets(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        ask = TargetsQuery.parse(call.text, today=call.today, fiscal_start=repo.settings.fiscal_start)
        card = await service.card(repo, ask=ask, by=call.person, today=call.today)
        return views.targets_card(card, locale=call.locale, settings=repo.settings)


@action(views.PERIOD)
async def show_other_period(call: Call, turf: Turf) -> Reply:
    reference = CardReference.decode(call.value)
    async with turf.read(call) as repo:
        card = await service.again(repo, reference=reference, by=call.person, today=call.today)
        return views.targets_card(card, locale=call.locale, settings=repo.settings, replace=True)


@action(views.WHY, opens="Why?")
async def explain(call: Call, turf: Turf) -> Reply:
    return await _explained(call, turf, WhyPage(CardReference.decode(call.value)))


@action(why_views.PAGE)
async def turn_page(call: Call, turf: Turf) -> Reply:
    return await _explained(call, turf, WhyPage.decode(call.value))


async def _explained(call: Call, turf: Turf, page: WhyPage) -> Reply:
    async with turf.read(call) as repo:
        answer = await why.explain(repo, page=page, by=call.person, today=call.today)
        return why_views.why_modal(answer, locale=call.locale, settings=repo.settings)
