"""How much of a digest its readers may be told: with its parts, a total, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from commands.digests.content.facts import Before
from commands.digests.content.making import period_of, sight_of
from commands.digests.content.model import Ask, Ended, Made
from commands.kit.names import Kind
from commands.kit.outgoing import Audience, Dropped
from commands.targets import service
from commands.targets.service import Sight
from commands.targets.service_of_audiences import sight_of_all
from commands.targets.service_of_changes import require_tellable_total
from domain import policies
from domain.company import Person, PersonId
from domain.errors import NotAllowed
from storage.store import Repositories

HELD = "Fewer people than a total needs have changed it since it was told last, and an empty digest is not wanted."

NARROWED = "Not everyone who reads it may see the figures of everybody that it is about."


@dataclass(frozen=True, slots=True)
class Extent:
    """What may be told: as known at `revision`, on the day `today`; compared with `before`, if there is anything."""

    revision: int
    today: date
    sight: Sight
    before: Before | None
    ended: Ended | None
    is_held: bool = False

    @property
    def is_total(self) -> bool:
        return self.sight is Sight.TOTAL


async def extent(repo: Repositories, ask: Ask, made: Made, audience: Audience, *, on: date) -> Extent | Dropped:
    """What those who can read it may be told by their rights `on` a day; Dropped, with a sentence for who wanted the digest, if nothing."""
    sight = sight_of_all(repo, ask.subject, audience, today=on)
    if sight is not None:
        return _whole(repo, ask, made, sight)
    try:
        if ask.reader is not None:
            _require_near(repo, ask, ask.reader, on)
        await require_tellable_total(repo, ask.subject, period_of(repo, ask.today), today=ask.today)
    except NotAllowed as error:
        return Dropped(error.message)
    return _total(ask, made)


def _whole(repo: Repositories, ask: Ask, made: Made, sight: Sight) -> Extent | Dropped:
    """Figures of a team are nothing to compare with one's own: the difference would be the others'."""
    own = Sight.OWN in (sight, sight_of(ask))
    if (
        own
        and sight_of(ask) is Sight.ALL
        and service.has_team(repo, ask.subject, period_of(repo, ask.today), Sight.ALL)
    ):
        return Dropped(NARROWED)
    before = _before(ask, made)
    alone = ask.last is not None and bool(ask.last.figures["own"])
    if not own:
        return Extent(made.revision, ask.today, Sight.ALL, before, made.figures["ended"])
    ended = made.figures["ended"] if sight_of(ask) is Sight.OWN else None
    return Extent(made.revision, ask.today, Sight.OWN, before if alone else None, ended)


def _total(ask: Ask, made: Made) -> Extent | Dropped:
    told, ended, why = made.figures["told"], made.figures["ended"], made.figures["untold"]
    if told is None:
        return Dropped(why or policies.TOO_SMALL.reason)
    if why is not None and ask.skip_when_empty:
        return Dropped(HELD)
    before = None
    if told["was"] is not None and told["since"] is not None:
        before = Before(told["was"], date.fromisoformat(told["since"]))
    tellable = ended if ended and ended["tellable"] else None
    day = date.fromisoformat(told["today"])
    return Extent(told["revision"], day, Sight.TOTAL, before, tellable, is_held=why is not None)


def may_name(repo: Repositories, audience: Audience, *, on: date) -> Callable[[PersonId | None], bool]:
    """Whether each reader may see a person's figures on a day."""
    readers = [member.person for member in audience.members]

    def sees(reader: Person | None, person: PersonId) -> bool:
        return reader is not None and bool(policies.may_see_person(reader, person, repo.model.lines, on))

    return lambda person: person is None or all(sees(reader, person) for reader in readers)


def _before(ask: Ask, made: Made) -> Before | None:
    compared = ask.last
    if compared is None or compared.figures["period"] != made.figures["period"]:
        return None
    was = compared.figures
    return Before(was["credited"] + was["overlay"], compared.today, was["forecast"], was["target"])


def _require_near(repo: Repositories, ask: Ask, reader: Person, on: date) -> None:
    """Raises NotAllowed for who is not in the team and does not lead it."""
    reader = service.as_listed(repo, reader)
    if ask.subject.kind is Kind.TEAM:
        policies.require(policies.may_see_team_total(reader, ask.subject.id, repo.model.lines, on))
    else:
        service.allow(repo, ask.subject, by=reader, today=on)
