"""My numbers and Why? below a digest: at the digest's revision, however long ago that was."""

from commands.digests import explaining, views
from commands.digests.buttons import MY_NUMBERS, WHY, WHY_PAGE
from commands.digests.content.making import period_of
from commands.digests.content.sending import number_of, stored
from commands.digests.explaining import WhyPage
from commands.kit import Call, Reply, Turf, action
from commands.targets.service_for_digests import own_numbers


@action(MY_NUMBERS)
async def my_numbers(call: Call, turf: Turf) -> Reply:
    """The clicker's own figures, seen by nobody else."""
    async with turf.read(call) as repo:
        ask, made = await stored(repo, number_of(call.value))
        then = repo if made.revision >= repo.revision else await repo.earlier(made.revision)
        period = period_of(then, ask.today)
        own = await own_numbers(repo, then, call.person, period, was=ask.today, today=call.today, locale=call.locale)
        return views.my_numbers(own, ask, period, locale=call.locale, settings=repo.settings)


@action(WHY, opens="Why?")
async def why(call: Call, turf: Turf) -> Reply:
    return await _explained(call, turf, WhyPage(number_of(call.value)))


@action(WHY_PAGE)
async def turn_page(call: Call, turf: Turf) -> Reply:
    return await _explained(call, turf, WhyPage.decode(call.value))


async def _explained(call: Call, turf: Turf, page: WhyPage) -> Reply:
    async with turf.read(call) as repo:
        found = await explaining.explain(repo, page, by=call.person, today=call.today, locale=call.locale)
        return explaining.why_modal(found)
