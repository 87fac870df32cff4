"""`/targets` and the buttons of its card."""

from typing import NamedTuple

from commands.kit import Call, Reply, Turf, action, command
from commands.kit.names import Subject
from commands.kit.reply import Message
from commands.targets import controls, service, views, why, why_views
from commands.targets.query import TargetsQuery
from commands.targets.reference import CardReference
from commands.targets.service import Sight
from commands.targets.why import WhyPage
from domain.company import Metric
from domain.periods import Period
from storage.store import Present


@command(
    "/targets", help="Where you, a person, a team or a territory stands against target", usage="[who] [period] [metric]"
)
async def show_targets(call: Call, turf: Turf) -> Reply:
    present = await turf.present(call)
    ask = TargetsQuery.parse(call.text, today=call.today, fiscal_start=present.settings.fiscal_start)
    asked = Asked(service.asked_about(present, ask, call.person), ask.period, ask.metric)
    return await _card(call, turf, present, asked)


@action(controls.PERIOD)
@action(controls.METRIC)
async def show_another(call: Call, turf: Turf) -> Reply:
    """The same card of another period, or of another metric."""
    reference = CardReference.decode(call.value)
    present = await turf.present(call)
    period = reference.parsed_period(present.settings.fiscal_start)
    asked = Asked(reference.subject(present.company), period, reference.metric)
    return await _card(call, turf, present, asked, replace=True)


class Asked(NamedTuple):
    subject: Subject
    period: Period
    metric: Metric


async def _card(call: Call, turf: Turf, present: Present, asked: Asked, *, replace: bool = False) -> Message:
    """Whoever has the same sight of a subject sees the same card, so one that was made for this state is shown again.

    Which totals someone sees depends on what else they do.
    """
    sight = service.allow(present, asked.subject, by=call.person, today=call.today)
    is_same_for_all = sight is not Sight.TOTAL
    key = "card", asked, sight, call.today, call.locale, replace, present.fresh_at
    if is_same_for_all and key in present.kept:
        kept: Message = present.kept[key]
        return kept
    async with turf.read(call) as repo:
        card = await service.allowed(repo, *asked, by=call.person, today=call.today)
        made = views.targets_card(card, locale=call.locale, settings=repo.settings, replace=replace)
    if is_same_for_all and card.fresh_at == present.fresh_at and repo.revision == present.revision:
        present.remember(key, made)
    return made


@action(controls.WHY, opens="Why?")
async def explain(call: Call, turf: Turf) -> Reply:
    return await _explained(call, turf, WhyPage(CardReference.decode(call.value)))


@action(why_views.PAGE)
async def turn_page(call: Call, turf: Turf) -> Reply:
    return await _explained(call, turf, WhyPage.decode(call.value))


async def _explained(call: Call, turf: Turf, page: WhyPage) -> Reply:
    async with turf.read(call) as repo:
        answer = await why.explain(repo, page=page, by=call.person, today=call.today)
        return why_views.why_modal(answer, locale=call.locale, settings=repo.settings)
