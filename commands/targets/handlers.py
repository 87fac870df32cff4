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
from storage.store import Present


@command("/targets", help="Where you, a person, a team or a territory stands against target", usage="[who] [period]")
async def show_targets(call: Call, turf: Turf) -> Reply:
    present = await turf.present(call)
    ask = TargetsQuery.parse(call.text, today=call.today, fiscal_start=present.settings.fiscal_start)
    return await _card(call, turf, present, service.asked_about(present, ask, call.person), ask.period)


@action(views.PERIOD)
async def show_other_period(call: Call, turf: Turf) -> Reply:
    reference = CardReference.decode(call.value)
    present = await turf.present(call)
    period = reference.parsed_period(present.settings.fiscal_start)
    return await _card(call, turf, present, reference.subject(present.company), period, replace=True)


async def _card(
    call: Call, turf: Turf, present: Present, subject: Subject, period: Period, *, replace: bool = False
) -> Message:
    """Whoever has the same sight of a subject sees the same card, so one that was made for this state is shown again.

    Which totals someone sees depends on what else they do.
    """
    sight = service.allow(present, subject, by=call.person, today=call.today)
    is_same_for_all = sight is not Sight.TOTAL
    key = "card", subject, sight, period, call.today, call.locale, replace, present.fresh_at
    if is_same_for_all and key in present.kept:
        kept: Message = present.kept[key]
        return kept
    async with turf.read(call) as repo:
        card = await service.allowed(repo, subject, period, by=call.person, today=call.today)
        made = views.targets_card(card, locale=call.locale, settings=repo.settings, replace=replace)
    if is_same_for_all and card.fresh_at == present.fresh_at and repo.revision == present.revision:
        present.remember(key, made)
    return made


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
