"""What everybody who reads along may see of a subject."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from commands.kit.names import Subject
from commands.kit.outgoing import Audience
from commands.targets.service import Sight, allow, as_listed
from domain.company import Person
from domain.errors import NotAllowed
from storage.store import Known

MOST_READERS = 200
"""Of a channel with more members nobody has an overview: totals only."""


class Narrow(StrEnum):
    """Why an audience may see a total only."""

    LARGE = "large"
    PUBLIC = "public"
    OUTSIDERS = "outsiders"
    UNKNOWN = "unknown"
    """Someone in it is not in Turf's list of people."""
    RIGHTS = "rights"


def why_total(audience: Audience) -> Narrow:
    """Why not everyone in an audience that sees a total may see its parts; the first reason that applies."""
    if audience.count > MOST_READERS:
        return Narrow.LARGE
    if audience.is_public:
        return Narrow.PUBLIC
    if audience.has_outsiders:
        return Narrow.OUTSIDERS
    return Narrow.RIGHTS if audience.all_are(lambda person: True) else Narrow.UNKNOWN


def sight_of_all(
    repo: Known, subject: Subject, audience: Audience, *, today: date, more: Iterable[Person] = ()
) -> Sight | None:
    """What each member of an audience, and `more` people, may see of the subject with its parts; None if not everyone may."""
    if audience.count > MOST_READERS or not audience.all_are(lambda person: True):
        return None
    people = [*more, *(member.person for member in audience.members if member.person)]
    try:
        sights = {allow(repo, subject, by=as_listed(repo, person), today=today) for person in people}
    except NotAllowed:
        return None
    if not sights or Sight.TOTAL in sights:
        return None
    return Sight.OWN if Sight.OWN in sights else Sight.ALL
