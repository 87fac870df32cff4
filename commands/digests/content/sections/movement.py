"""Why the figures moved: what was booked, won and lost, and what that did to the forecast."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from commands.digests.content.facts import DigestContext
from commands.digests.content.story import Bridge, Deal, Step
from commands.digests.content.words import signed
from commands.kit import Block, Lines, section
from commands.kit.blocks import section as section_block
from commands.kit.crm import crm_deal
from commands.kit.sections import EVERYONE
from domain.forecast import PipelineForecast
from domain.shapley import Factors
from storage.store import Repositories
from templates import Mrkdwn, name, render

NAMED = 3
"""So many single deals are named in a line; the others are counted."""
ORDER = (
    "won", "returned", "corrected", "moved", "currency", "created", "amount", "slipped", "pulled_in", "lost",
    "probability",
)  # fmt: skip
"""The parts of a bridge as they are read."""


@section("why", order=40, audience=EVERYONE, title="Why it moved")
async def why_it_moved(context: DigestContext, repo: Repositories) -> Lines | None:
    """The parts sum to what was booked."""
    bridge = context.story.credited if context.story else None
    if bridge is None or context.before is None or not bridge.steps:
        return None
    parts = list(parts_of(context, bridge))
    return Lines(render("digests/why.mrkdwn.j2", parts=parts, change=signed(bridge.change, context.n)))


@dataclass(frozen=True, slots=True)
class Seen:
    """The steps whose deals each reader may see today, and what all others together did."""

    steps: tuple[Step, ...]
    elsewhere: int
    hidden: int


def seen(context: DigestContext, bridge: Bridge) -> Seen:
    """Of people who are no longer below a reader nothing stands alone; the largest change comes first."""
    deals = context.story.deals if context.story else {}
    steps = [one for one in bridge.steps if one.deal in deals and context.may_name(deals[one.deal].owner)]
    steps.sort(key=lambda step: (-abs(step.change), step.deal))
    elsewhere = sum(step.change for step in bridge.steps) - sum(step.change for step in steps)
    return Seen(tuple(steps), elsewhere, len(bridge.steps) - len(steps))


def parts_of(context: DigestContext, bridge: Bridge) -> Iterator[Mrkdwn]:
    """Each part in words: a single deal by its name, several as a number. They sum to the change."""
    by_part: defaultdict[str, list[Step]] = defaultdict(list)
    found, named = seen(context, bridge), 0
    for step in found.steps:
        by_part[str(step.part)].append(step)
    for part in sorted(by_part, key=ORDER.index):
        steps = by_part[part]
        alone = len(steps) == 1 and named < NAMED
        named += alone
        yield render(
            "digests/part.mrkdwn.j2",
            part=part,
            count=len(steps),
            deal=deal_of(context, steps[0]) if alone else None,
            change=signed(sum(step.change for step in steps), context.n),
        )
    if found.hidden:
        yield render("digests/elsewhere.mrkdwn.j2", change=signed(found.elsewhere, context.n))


def deal_of(context: DigestContext, step: Step) -> str:
    """The deal of a step that is seen, with the way to the CRM."""
    return label(context, context.story.deals[step.deal]) if context.story else ""


def label(context: DigestContext, deal: Deal) -> str:
    """What people call it: the account, else the deal's own name; with the way to the CRM."""
    return crm_deal(context.settings, deal.key, name(deal.account or deal.name or deal.key))


@section("won_lost", order=50, audience=EVERYONE, title="Won and lost")
async def won_and_lost(context: DigestContext, repo: Repositories) -> Lines | None:
    story = context.story
    if story is None or not (story.won or story.lost):
        return None
    largest = next((deal for deal in story.won if deal.amount), None)
    words = render(
        "digests/won_lost.mrkdwn.j2",
        n=context.n,
        won=len(story.won),
        won_amount=_sum(story.won),
        largest=label(context, largest) if largest and context.may_name(largest.owner) else None,
        largest_amount=largest.amount if largest else None,
        lost=len(story.lost),
        lost_amount=_sum(story.lost),
        reasons=Counter(deal.reason or "no reason given" for deal in story.lost).most_common(NAMED),
    )
    return Lines(words, thread=[_apart(context, story.apart)] if story.apart else [])


def _apart(context: DigestContext, found: Factors) -> Block:
    """What the wins differ by from those of as many days before, told apart, with what they were told apart from."""
    n = context.n
    parts = {
        name: signed(part, n)
        for name, part in (("volume", found.volume), ("rate", found.win_rate), ("size", found.size))
    }
    words = render("digests/apart.mrkdwn.j2", **parts, change=signed(found.change, n), deals=found.deals)
    return section_block(words, id="apart")


def _sum(deals: Sequence[Deal]) -> int:
    return sum(deal.amount or 0 for deal in deals)


@section("forecast", order=60, audience=EVERYONE, title="Forecast")
async def forecast(context: DigestContext, repo: Repositories) -> Lines | None:
    """Where the open deals lead by their chances, and what moved that; the parts sum to the change."""
    found, standing = context.card.outlook.by_pipeline, context.card.score.standing
    if not isinstance(found, PipelineForecast) or context.card.score.is_empty:
        return None
    bridge = context.story.forecast if context.story and context.before else None
    words = render(
        "digests/forecast.mrkdwn.j2",
        n=context.n,
        forecast=found.weighted,
        share=Fraction(found.weighted, standing.target) if standing.target else None,
        was=context.before.forecast if context.before else None,
        parts=list(parts_of(context, bridge)) if bridge else [],
        change=signed(bridge.change, context.n) if bridge else None,
    )
    return Lines(words)
