"""What a digest may be about: what somebody may see at least a total of."""

from collections.abc import Iterator, Mapping
from datetime import date

from commands.digests.content.sending import subject_of
from commands.digests.subscribing.form import parse_scope
from commands.kit.names import COMPANY, Kind, Subject
from commands.targets import service
from domain.company import Person, TeamId
from domain.errors import NotFound
from domain.lines import upwards
from storage.store import Known
from templates import name, visible

OFFERED = 100
_KINDS = {Kind.TEAM: "team", Kind.TERRITORY: "territory"}


def value_of(subject: Subject) -> str:
    return f"{subject.kind}:{subject.id}"


def label_of(repo: Known, subject: Subject, by: Person, today: date) -> str:
    """As a menu shows it."""
    if subject.kind is Kind.COMPANY:
        return "The whole company"
    if subject.kind is Kind.PERSON and subject.id == by.id:
        return "Me, and everyone who reports to me" if repo.model.lines.below(by.id, today) else "Me"
    return f"{name(subject.name)} ({_KINDS.get(subject.kind, 'person')})"


def chosen(repo: Known, value: str) -> Subject | None:
    """The subject of a menu's value; None if nothing was chosen, or if it is gone."""
    try:
        kind, number = parse_scope(value)
        return subject_of(repo.company, kind.value, number)
    except NotFound:
        return None


def choices(repo: Known, channel: str, *, by: Person, today: date) -> Iterator[Subject]:
    """All that `by` may choose, the most likely first: by direct message oneself, in a channel what it belongs to, one's teams."""
    by = service.as_listed(repo, by)
    asker = service.asker(repo, by, today)
    everything = [*_own(repo, channel, by), *asker.teams, *_all(repo)]
    for subject in dict.fromkeys(everything):
        if channel and subject.kind is Kind.PERSON:
            continue
        if asker.sees(subject):
            yield subject


def likely(repo: Known, channel: str, *, by: Person, today: date) -> Iterator[Subject]:
    """What a channel's digest is likely to be about, of what `by` may see: what the channel belongs to, one's teams, those
    above them, the company, the topmost teams."""
    by = service.as_listed(repo, by)
    asker = service.asker(repo, by, today)
    near, teams = [*_own(repo, channel, by), *asker.teams], repo.company.teams
    above = [team for one in near if one.kind is Kind.TEAM for team in upwards(teams, one.id)]
    top = [team.id for team in teams.values() if team.parent is None]
    everything = [*near, *(_team(repo, one) for one in above), COMPANY, *(_team(repo, one) for one in top)]
    for subject in dict.fromkeys(everything):
        if subject.kind is not Kind.PERSON and asker.sees(subject):
            yield subject


def _team(repo: Known, number: TeamId) -> Subject:
    return Subject(Kind.TEAM, number, repo.company.teams[number].name)


def _own(repo: Known, channel: str, by: Person) -> Iterator[Subject]:
    if not channel:
        yield Subject(Kind.PERSON, by.id, by.name)
        return
    for team in repo.company.teams.values():
        if team.channel == channel:
            yield Subject(Kind.TEAM, team.id, team.name)
    for territory in repo.company.territories.values():
        if territory.channel == channel:
            yield Subject(Kind.TERRITORY, territory.id, territory.name)


def _all(repo: Known) -> Iterator[Subject]:
    yield COMPANY
    for team in repo.company.teams.values():
        yield Subject(Kind.TEAM, team.id, team.name)
    for territory in repo.company.territories.values():
        yield Subject(Kind.TERRITORY, territory.id, territory.name)


def offered(repo: Known, channel: str, typed: str, *, by: Person, today: date) -> Mapping[str, str]:
    """The choices whose label has what was typed in it."""
    wanted = visible(typed).casefold().strip()
    found: dict[str, str] = {}
    for subject in choices(repo, channel, by=by, today=today):
        label = label_of(repo, subject, by, today)
        if wanted in visible(label).casefold():
            found[value_of(subject)] = label
        if len(found) == OFFERED:
            break
    return found
