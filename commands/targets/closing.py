"""What gets someone there: the open deals of the rest of a period, the fewest that close the gap, and what-if."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from commands.kit.names import Kind
from commands.targets import service, why
from commands.targets.pipeline import first_day_left, stage_rates
from commands.targets.reference import CardReference
from commands.targets.service import TargetsCard
from domain.closing import Candidate, fewest
from domain.company import Person, PersonId
from domain.errors import NotFound
from domain.exchange import MissingRate
from domain.forecast import Chance, OpenDeal
from storage import ledger
from storage.ledger import OpenLine
from storage.store import Repositories

PAGE = 20
"""Deals that are shown at once."""
MOST = 200
"""Deals that can be ticked: what is ticked travels with the window."""


@dataclass(frozen=True, slots=True)
class ClosingState:
    """What the window carries: the card as it was when it was opened, the page (from 0), and the ids of ticked deals."""

    reference: CardReference
    page: int = 0
    ticked: frozenset[int] | None = None
    """None before anything was shown: then the fewest are ticked."""

    @property
    def encoded(self) -> str:
        return json.dumps([self.reference.encoded, self.page, sorted(self.ticked or ())], separators=(",", ":"))

    @classmethod
    def decode(cls, value: str) -> "ClosingState":
        """Raises NotFound for what no window of ours carries."""
        try:
            reference, page, ticked = json.loads(value)
            return cls(CardReference.decode(reference), max(int(page), 0), frozenset(map(int, ticked)))
        except (ValueError, TypeError) as error:
            raise NotFound("This window is from another version of Turf. Ask again with /targets.") from error


@dataclass(frozen=True, slots=True)
class ClosingDeal:
    """An open deal with what of it is the subject's; `amount` in minor units of the workspace's currency."""

    line: OpenLine
    people: tuple[PersonId, ...]
    amount: int
    chance: Chance

    @property
    def id(self) -> int:
        return self.line.id

    @property
    def closes_on(self) -> date:
        return self.line.expected_close_on or date.max


@dataclass(frozen=True, slots=True)
class Closing:
    """`deals` close in the rest of the period, the suggested ones first. `unknown` of them have no amount in money.

    `later` close after the period.
    """

    state: ClosingState
    card: TargetsCard
    deals: tuple[ClosingDeal, ...]
    suggested: frozenset[int]
    overdue: tuple[ClosingDeal, ...]
    later: tuple[ClosingDeal, ...]
    unknown: int
    names: dict[PersonId, str]
    is_own: bool

    @property
    def missing(self) -> int | None:
        """What is to go; None where there is no target, 0 or less once it is met."""
        standing = self.card.score.standing
        return None if standing.target is None else standing.target - standing.achieved

    @property
    def ticked(self) -> int:
        """What the ticked deals add up to."""
        return sum(deal.amount for deal in self.deals if deal.id in (self.state.ticked or ()))

    @property
    def has_foreign(self) -> bool:
        """Some amount was converted."""
        return any(deal.line.currency != self.card.currency for deal in self.deals)

    @property
    def shown(self) -> tuple[ClosingDeal, ...]:
        return self.deals[self.state.page * PAGE :][:PAGE]

    @property
    def pages(self) -> int:
        return max(-(-len(self.deals) // PAGE), 1)


async def closing(
    repo: Repositories,
    *,
    state: ClosingState,
    selected: Collection[int] = (),
    turn_to: int | None = None,
    by: Person,
    today: date,
) -> Closing:
    """The window that `by` asks for: what is ticked on its page is `selected`. Raises NotAllowed or NotFound."""
    reference = state.reference
    sight = service.allow(repo, reference.subject(repo.company), by=by, today=today)
    then = repo if reference.revision >= repo.revision else await repo.earlier(reference.revision)
    subject = reference.subject(then.company)
    if subject.kind is not Kind.PERSON:
        raise NotFound("Only a person's card shows what gets them there. Ask for one with /targets.")
    period = reference.parsed_period(then.settings.fiscal_start)
    card = await service.build(then, subject=subject, period=period, today=reference.today, sight=sight)
    whose = why.whose_open(repo, then, card, today)
    lines = await ledger.open_lines(*then.at, whose, today=reference.today, since=date.min, until=date.max)
    made = await _sorted(then, card, lines, state)
    return replace(_ticked(made, selected, turn_to), is_own=by.id == subject.id)


def _ticked(made: Closing, selected: Collection[int], turn_to: int | None) -> Closing:
    """With what was ticked elsewhere kept, and what is ticked on this page taken over."""
    if made.state.ticked is None:
        return replace(made, state=replace(made.state, ticked=made.suggested))
    here = {deal.id for deal in made.shown}
    known = {deal.id for deal in made.deals}
    ticked = (made.state.ticked - here) | (here & set(selected))
    page = made.state.page if turn_to is None else min(max(turn_to, 0), made.pages - 1)
    return replace(made, state=replace(made.state, ticked=frozenset(ticked & known), page=page))


async def _sorted(repo: Repositories, card: TargetsCard, lines: Sequence[OpenLine], state: ClosingState) -> Closing:
    """The lines by when they close, those of the rest of the period with the fewest that close the gap in front."""
    today, since, until = card.today, first_day_left(card.score.standing.progress), card.period.end
    all_, unknown = await _deals(repo, lines, card.today)
    inside = [deal for deal in all_ if since <= deal.closes_on < until]
    candidates = [Candidate(deal.line.deal, deal.amount, deal.chance.share, deal.closes_on) for deal in inside]
    target = card.score.standing.target
    chosen = fewest(candidates, target - card.score.standing.achieved) if target is not None else ()
    keys = {one.key for one in chosen}
    front = sorted((deal for deal in inside if deal.line.deal in keys), key=lambda deal: (-deal.amount, deal.line.deal))
    deals = (*front, *(deal for deal in inside if deal.line.deal not in keys))[:MOST]
    return Closing(
        state=state,
        card=card,
        deals=deals,
        suggested=frozenset(deal.id for deal in front) & {deal.id for deal in deals},
        overdue=tuple(deal for deal in all_ if deal.closes_on < today),
        later=tuple(deal for deal in all_ if deal.closes_on >= until),
        unknown=sum(since <= day < until for day in unknown),
        names={person.id: person.name for person in repo.company.people.values()},
        is_own=False,
    )


async def _deals(repo: Repositories, lines: Iterable[OpenLine], today: date) -> tuple[list[ClosingDeal], list[date]]:
    """Each deal once, soonest first, and the days of those whose amount is not known in the workspace's currency."""
    rates = await stage_rates(repo, today)
    parts: defaultdict[int, list[OpenLine]] = defaultdict(list)
    for line in lines:
        parts[line.id].append(line)
    deals: list[ClosingDeal] = []
    unknown: list[date] = []
    for some in parts.values():
        first = some[0]
        amounts = [_base(repo, line, today) for line in some]
        known = [amount for amount in amounts if amount is not None]
        if len(known) < len(amounts):
            unknown.append(first.expected_close_on or date.max)
            continue
        people = tuple(dict.fromkeys(line.person for line in some if line.person is not None))
        chance = rates.chance(OpenDeal(sum(known), first.expected_close_on, first.stage, first.probability))
        deals.append(ClosingDeal(first, people, sum(known), chance))
    return deals, unknown


def _base(repo: Repositories, line: OpenLine, today: date) -> int | None:
    """What a part is worth at the latest rate."""
    exchange = repo.model.exchange
    try:
        quote = exchange.latest(line.currency, today)
    except MissingRate:
        return None
    return None if line.amount is None else exchange.convert(line.amount, line.currency, quote)
