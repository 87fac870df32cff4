"""`/targets` and the buttons of its card."""

from typing import NamedTuple

from commands.kit import Call, Reply, Turf, action, command
from commands.kit.names import Kind, Subject
from commands.kit.reply import Message
from commands.targets import closing, closing_views, controls, service, views, why, why_views
from commands.targets.closing import ClosingState
from commands.targets.moved import service as moved
from commands.targets.query import TargetsQuery
from commands.targets.reference import CardReference
from commands.targets.service import Sight
from commands.targets.why import WhyPage
from domain import policies
from domain.company import Metric
from domain.periods import Period
from storage.store import Present

EXAMPLES = (
    ("/targets", "my own, this quarter"),
    ("/targets last quarter", "my own, the quarter before"),
    ("/targets dana FY2026", "Dana's in that fiscal year"),
    ("/targets my team Q3 2026", "my team's, in a quarter"),
    ("/targets new england meetings", "the meetings in a territory, this quarter"),
    ("/targets new customers Dana T 2026-09", "Dana's new customers in a month: in any order"),
)


@command(
    "/targets",
    help="Where you, a person, a team or a territory stands against target",
    usage="[who] [period] [metric]",
    may=policies.may_see_figures,
    examples=EXAMPLES,
)
async def show_targets(call: Call, turf: Turf) -> Reply:
    present = await turf.present(call)
    ask = TargetsQuery.parse(call.text, today=call.today, fiscal_start=present.settings.fiscal_start)
    asked = Asked(service.asked_about(present, ask, call.person, call.today), ask.period, ask.metric)
    return await _card(call, turf, present, asked)


@action(controls.PERIOD)
@action(controls.METRIC)
async def show_another(call: Call, turf: Turf) -> Reply:
    """The same card of another period, or of another metric."""
    return await _referred_to(call, turf, replace=True)


@action(controls.OPEN)
async def open_row(call: Call, turf: Turf) -> Reply:
    """The card of a row, under the card that it is in."""
    return await _referred_to(call, turf, replace=False)


async def _referred_to(call: Call, turf: Turf, *, replace: bool) -> Reply:
    reference = CardReference.decode(call.value)
    present = await turf.present(call)
    period = reference.parsed_period(present.settings.fiscal_start)
    asked = Asked(reference.subject(present.company), period, reference.metric)
    return await _card(call, turf, present, asked, replace=replace)


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
    is_own = asked.subject.kind is Kind.PERSON and asked.subject.id == call.person.id
    sees_all = bool(policies.may_see_company(service.as_listed(present, call.person), call.today))
    wishes = present.wishes if is_own else 0
    key = "card", asked, sight, is_own, sees_all, wishes, call.today, call.locale, replace, present.fresh_at
    if is_same_for_all and key in present.kept:
        kept: Message = present.kept[key]
        return kept
    async with turf.read(call) as repo:
        card = await service.allowed(repo, *asked, by=call.person, today=call.today)
        told = await moved.offered(repo, card, call.person.id)
        made = views.targets_card(
            card,
            locale=call.locale,
            settings=repo.settings,
            replace=replace,
            is_own=is_own,
            sees_all=sees_all,
            told=told,
        )
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


@action(controls.CLOSING, opens="What gets me there")
async def show_what_closes(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        reference = CardReference.decode(call.value).as_known(call.today, repo.revision)
        made = await closing.closing(repo, state=ClosingState(reference), by=call.person, today=call.today)
        return closing_views.closing_modal(made, locale=call.locale, settings=repo.settings)


@action(closing_views.TICK)
async def count_ticked(call: Call, turf: Turf) -> Reply:
    return await _what_if(call, turf)


@action(closing_views.PAGE)
async def turn_deals(call: Call, turf: Turf) -> Reply:
    return await _what_if(call, turf, turn_to=closing_views.page(call.value))


async def _what_if(call: Call, turf: Turf, turn_to: int | None = None) -> Reply:
    state = ClosingState.decode(call.view.metadata if call.view else "")
    ticked = closing_views.selected(call.view)
    async with turf.read(call) as repo:
        made = await closing.closing(
            repo, state=state, selected=ticked, turn_to=turn_to, by=call.person, today=call.today
        )
        return closing_views.closing_modal(made, locale=call.locale, settings=repo.settings)
