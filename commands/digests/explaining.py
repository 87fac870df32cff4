"""Why? below a digest: both bridges deal by deal, to the minor unit, and the rule that chose what to do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from commands.digests.buttons import WHY_PAGE
from commands.digests.content.context import contextual
from commands.digests.content.facts import DigestContext
from commands.digests.content.sections.ahead import Recommended, recommended
from commands.digests.content.sections.movement import Seen, deal_of, label, seen
from commands.digests.content.sending import stored
from commands.digests.content.story import Bridge, Step, Teller
from commands.digests.content.teller import tell
from commands.digests.content.words import signed
from commands.kit import Block, Modal
from commands.kit.blocks import actions, button, context, divider, section, select
from commands.kit.outgoing import Audience, Dropped, Member
from commands.targets import service
from commands.targets.service import TargetsCard
from commands.targets.service_for_digests import CARD_WHY, Why, consists_of, why_content
from domain import policies
from domain.company import Person
from domain.errors import NotAllowed, NotFound
from storage.store import Repositories
from templates import Mrkdwn, render
from templates.numbers import Numbers

LINES = 15
LEADS_ON = "My numbers below the digest shows yours, and /targets what else you may see."


class Part(StrEnum):
    """What is explained."""

    CREDITED = "credited"
    FORECAST = "forecast"
    ACTION = "action"


PARTS = {Part.CREDITED: "What was booked", Part.FORECAST: "What moved the forecast", Part.ACTION: "What to do, and why"}


@dataclass(frozen=True, slots=True)
class WhyPage:
    """One page of one part of a digest's explanation; `page` counts from 0."""

    digest: int
    part: Part = Part.CREDITED
    page: int = 0

    @property
    def encoded(self) -> str:
        return f"{self.digest}|{self.part}|{self.page}"

    @classmethod
    def decode(cls, value: str) -> "WhyPage":
        """Raises NotFound for what no window of ours carries."""
        try:
            digest, part, page = value.split("|")
            return cls(int(digest), Part(part), max(int(page), 0))
        except ValueError as error:
            raise NotFound(
                "This button is from another version of Turf. Type /digest for what there is now."
            ) from error

    def at(self, part: Part, page: int = 0) -> "WhyPage":
        return replace(self, part=part, page=page)


@dataclass(frozen=True, slots=True)
class Explained:
    """`bridge` is that of the page's part, None where there is nothing to compare with; `elsewhere` is what people did who
    are no longer below the viewer, None on a page without that line; `now` is the card of today. `consists` is what the
    figures are made of, where nothing can be compared."""

    page: WhyPage
    pages: int
    context: DigestContext
    bridge: Bridge | None
    steps: Sequence[Step]
    elsewhere: int | None
    recommended: Recommended
    now: TargetsCard
    consists: Why | None = None


async def explain(
    repo: Repositories, page: WhyPage, *, by: Person, today: date, locale: str, teller: Teller = tell
) -> Explained:
    """As far as `by` may see what the digest is about today. Raises NotAllowed or NotFound."""
    by = service.as_listed(repo, by)
    ask, made = await stored(repo, page.digest)
    try:
        service.allow(repo, ask.subject, by=by, today=today)
    except NotAllowed as error:
        raise _refused(error.message, by, today) from error
    audience = Audience([Member(by.slack_user_id or "", by)])
    found = await contextual(repo, replace(ask, reader=None), made, audience, on=today, locale=locale, teller=teller)
    if isinstance(found, Dropped):
        raise NotAllowed(found.reason)
    if found.context.is_total:
        raise _refused("A total has no Why?: it would show what each person contributed.", by, today)
    told = found.context
    bridge = _bridge(told, page.part)
    moved = seen(told, bridge) if bridge else Seen((), 0, 0)
    pages = max(-(-len(moved.steps) // LINES), 1)
    page = replace(page, page=min(page.page, pages - 1))
    now = await service.build(repo, subject=ask.subject, period=told.period, today=today, sight=told.card.sight)
    shown = moved.steps[page.page * LINES :][:LINES]
    elsewhere = moved.elsewhere if moved.hidden and page.page == pages - 1 else None
    consists = None if bridge else await _consists(repo, told, page.part, by, today)
    return Explained(page, pages, told, bridge, shown, elsewhere, recommended(told), now, consists)


def _refused(why: str, by: Person, today: date) -> NotAllowed:
    """With what they may see instead, if they may see any figures."""
    return NotAllowed(f"{why} {LEADS_ON}" if policies.may_see_figures(by, today) else why)


async def _consists(repo: Repositories, told: DigestContext, part: Part, by: Person, today: date) -> Why | None:
    """The card's own Why? of what the digest showed, by the rights of `by`; None where that is not what they may see."""
    if part is Part.ACTION:
        return None
    found = await consists_of(repo, told.card, is_open=part is not Part.CREDITED, by=by, today=today)
    return found if found.card.score.standing == told.card.score.standing else None


def _bridge(told: DigestContext, part: Part) -> Bridge | None:
    story = told.story if told.before else None
    if story is None or part is Part.ACTION:
        return None
    return story.credited if part is Part.CREDITED else story.forecast


def why_modal(found: Explained) -> Modal:
    """One part, with the way to the others."""
    told, n = found.context, found.context.n
    words = render(
        "digests/explained.mrkdwn.j2",
        n=n,
        title=told.card.title,
        period=told.period,
        standing=told.card.score.standing,
        day=n.day(told.today),
        now=found.now.score.standing,
        has_moved=found.now.revision != told.card.revision or found.now.today != told.today,
    )
    return Modal("Why?", [section(words, id="summary"), _controls(found), divider(), *_content(found)])


def _controls(found: Explained) -> Block:
    page = found.page
    choices = {page.at(part).encoded: label for part, label in PARTS.items()}
    turns = [
        button(words, f"{WHY_PAGE}:{way}", value=page.at(page.part, to).encoded)
        for words, way, to in (("Back", "back", page.page - 1), ("More", "on", page.page + 1))
        if 0 <= to < found.pages
    ]
    return actions(select(WHY_PAGE, choices, chosen=page.at(page.part).encoded), *turns, id="parts")


def _content(found: Explained) -> list[Block]:
    told, n = found.context, found.context.n
    if found.page.part is Part.ACTION:
        return [section(_chosen(found), id="action")]
    if found.bridge is None:
        return [context(render("digests/explained_nothing.mrkdwn.j2", found=found), id="nothing"), *_made_of(found)]
    summary = render(
        "digests/explained_sum.mrkdwn.j2", n=n, bridge=found.bridge, change=signed(found.bridge.change, n, exact=True)
    )
    steps = [
        _step(n, step.change, deal_of(told, step), render("digests/happened.mrkdwn.j2", part=str(step.part)))
        for step in found.steps
    ]
    rest = [] if found.elsewhere is None else [_step(n, found.elsewhere, None, None)]
    return [section(summary, id="sum"), *(section(words) for words in [*steps, *rest])]


def _made_of(found: Explained) -> list[Block]:
    """The first lines behind the figures, and the way to all of them."""
    if found.consists is None:
        return []
    lines = why_content(found.consists, found.context.n, found.context.settings)
    way = button("All of it", f"{CARD_WHY}:all", value=found.consists.page.encoded)
    return [*lines, actions(way, id="all")]


def _step(n: Numbers, change: int, deal: str | None, what: Mrkdwn | None) -> Mrkdwn:
    return render("digests/explained_step.mrkdwn.j2", change=signed(change, n, exact=True), deal=deal, what=what)


def _chosen(found: Explained) -> Mrkdwn:
    deals = found.context.story.deals if found.context.story else {}
    chosen = found.recommended
    named = [(label(found.context, deals[one.deal]), one.amount, one.days) for one in chosen.action.deals]
    return render(
        "digests/explained_action.mrkdwn.j2",
        n=found.context.n,
        action=chosen.action,
        now=chosen.situation,
        deals=named,
        period=found.context.period,
    )
