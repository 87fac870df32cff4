"""`/targets` and the buttons of its card."""

from commands.kit import Call, Reply, Turf, action, command
from commands.kit.names import Subject
from commands.kit.reply import Message
from commands.targets import service, views, why, why_views
from commands.targets.query import TargetsQuery
from commands.targets.reference import CardReference
from commands.targets.service import Sight
from commands.targets.why import WhyPage
from domain.periods import Period
from storage import ledger
from storage.store import Repositories


@command("/targets", help="Where you, a person, a team or a territory stands against target", usage="[who] [period]")
async def show_targets(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        ask = TargetsQuery.parse(call.text, today=call.today, fiscal_start=repo.settings.fiscal_start)
        return await _card(call, repo, service.asked_about(repo, ask, call.person), ask.period)


@action(views.PERIOD)
async def show_other_period(call: Call, turf: Turf) -> Reply:
    reference = CardReference.decode(call.value)
    async with turf.read(call) as repo:
        period = reference.parsed_period(repo.settings.fiscal_start)
        return await _card(call, repo, reference.subject(repo.company), period, replace=True)


async def _card(call: Call, repo: Repositories, subject: Subject, period: Period, *, replace: bool = False) -> Message:
    """Whoever may see all of a card sees the same card, so one that was made for this revision is shown again."""

    async def make() -> Message:
        card = await service.allowed(repo, subject, period, by=call.person, today=call.today)
        return views.targets_card(card, locale=call.locale, settings=repo.settings, replace=replace)

    if service.allow(repo, subject, by=call.person, today=call.today) is not Sight.ALL:
        return await make()
    fresh = await ledger.freshness(*repo.at)
    return await repo.remembered(("card", subject, period, call.today, call.locale, replace, fresh), make)


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
