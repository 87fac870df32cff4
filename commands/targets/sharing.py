"""What of a card may be shared with everybody in a channel, and the card that they see.

All of it if each of them may see it; else only a total that may be told to anyone: the team's, the next level up, or the
company's. It is asked for the preview, and again right before it is posted.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from commands.kit.names import COMPANY, Kind, Subject
from commands.kit.outgoing import Audience
from commands.targets import service
from commands.targets.channel_totals import WHOLE, require_tellable
from commands.targets.reference import CardReference
from commands.targets.service import Sight, TargetsCard, as_listed
from commands.targets.service_of_audiences import sight_of_all
from domain import policies
from domain.company import Metric, Person, TeamId
from domain.errors import NotAllowed
from domain.lines import upwards
from domain.periods import Period
from storage.store import Known, Repositories


@dataclass(frozen=True, slots=True)
class Share:
    """What is shared, and by whom. `sight` is TOTAL for what names no person, account or deal."""

    subject: CardReference
    sight: Sight
    by: int

    @property
    def arguments(self) -> dict[str, Any]:
        """As it waits in the outbox: ids only."""
        return {"card": self.subject.encoded, "sight": self.sight.value, "by": self.by}

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> "Share":
        return cls(CardReference.decode(arguments["card"]), Sight(arguments["sight"]), int(arguments["by"]))


async def choose(
    repo: Repositories, reference: CardReference, *, by: Person, audience: Audience, today: date
) -> tuple[Share, TargetsCard]:
    """As much of what a card is about as everybody in the channel may see. Raises NotAllowed if there is nothing."""
    subject, period = reference.subject(repo.company), reference.parsed_period(repo.settings.fiscal_start)
    service.allow(repo, subject, by=by, today=today)
    sight = sight_of_all(repo, subject, audience, today=today, more=[by])
    if sight is not None:
        return await _shared(repo, subject, period, reference.metric, sight, by=by, today=today)
    refused: NotAllowed | None = None
    for total in _totals(repo, subject, today):
        try:
            await _require_total(repo, total, period, reference.metric, by=by, today=today)
        except NotAllowed as error:
            refused = refused or error
            continue
        return await _shared(repo, total, period, reference.metric, Sight.TOTAL, by=by, today=today)
    raise refused or NotAllowed(
        "Not everyone in this channel may see these figures, and no team's total stands for them. Nothing can be shared."
    )


async def require(repo: Repositories, share: Share, *, audience: Audience, today: date) -> TargetsCard:
    """The card of what was previewed, if it may still be shown to everybody in the channel. Raises NotAllowed."""
    subject = share.subject.subject(repo.company)
    period = share.subject.parsed_period(repo.settings.fiscal_start)
    by = _person(repo, share.by)
    if share.sight is Sight.TOTAL:
        await _require_total(repo, subject, period, share.subject.metric, by=by, today=today)
    else:
        sight = sight_of_all(repo, subject, audience, today=today, more=[by])
        if sight not in (share.sight, Sight.ALL):
            raise NotAllowed("Not everyone in the channel may see these figures any more.")
    return (await _shared(repo, subject, period, share.subject.metric, share.sight, by=by, today=today))[1]


def _person(repo: Known, number: int) -> Person:
    found = repo.company.people.get(number)
    if found is None:
        raise NotAllowed("Who shared this is no longer in Turf's list of people.")
    return found


async def _shared(
    repo: Repositories, subject: Subject, period: Period, metric: Metric, sight: Sight, *, by: Person, today: date
) -> tuple[Share, TargetsCard]:
    made = await service.build(repo, subject=subject, period=period, metric=metric, today=today, sight=sight)
    card = service.without_parts(made) if sight is Sight.TOTAL else made
    if card.score.is_empty:
        raise NotAllowed("There is nothing to share yet: nothing was credited in this period, and no target is set.")
    return Share(CardReference.of(card), sight, by.id), card


async def _require_total(
    repo: Repositories, subject: Subject, period: Period, metric: Metric, *, by: Person, today: date
) -> None:
    """Raises NotAllowed unless the sharer sees this total, and it may be told to anyone."""
    by = as_listed(repo, by)
    if subject.kind is Kind.COMPANY:
        policies.require(policies.may_see_company(by, today))
    else:
        policies.require(policies.may_see_team_total(by, subject.id, repo.model.lines, today))
    await require_tellable(repo, subject.id if subject.kind is Kind.TEAM else WHOLE, period, metric, today=today)


def _totals(repo: Known, subject: Subject, today: date) -> Iterator[Subject]:
    """The totals that may stand for a subject, the nearest first: its team, the teams above that, the company."""
    if subject.kind is not Kind.COMPANY:
        for team in upwards(repo.company.teams, _team_of(repo, subject, today)):
            yield Subject(Kind.TEAM, team, repo.company.teams[team].name)
    yield COMPANY


def _team_of(repo: Known, subject: Subject, today: date) -> TeamId | None:
    """The team that a subject is, that a person leads or is in, or that works a territory."""
    lines = repo.model.lines
    match subject.kind:
        case Kind.TEAM:
            return subject.id
        case Kind.TERRITORY:
            return lines.team_of_territory(subject.id)
        case _:
            return _top(repo, lines.teams_led(subject.id)) or lines.team_of(subject.id, today)


def _top(repo: Known, teams: Iterable[TeamId]) -> TeamId | None:
    """The one that the others are below of; the first by number if there are several."""
    found = set(teams)
    return min((team for team in found if repo.company.teams[team].parent not in found), default=None)
