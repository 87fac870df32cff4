"""From a name that someone typed to the person, team or territory that it means."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.company import Company, Person, Team, Territory
from domain.errors import Ambiguous, NotFound
from templates import NAME, visible
from templates import name as shown

NEAREST = 5
ALIKE = 55
"""Names less alike than this (of 100) are not worth offering."""

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


class Kind(StrEnum):
    PERSON = "person"
    TEAM = "team"
    TERRITORY = "territory"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a question is about; `id` is 0 for the company."""

    kind: Kind
    id: int
    name: str


COMPANY = Subject(Kind.COMPANY, 0, "Company")


def find_subject(words: str, company: Company) -> Subject:
    """The subject that `words` name: a mention, a name or a key, `all`; a kind in front settles a name that several have.

    Raises NotFound or Ambiguous with the names that would work.
    """
    asked = words.strip()
    if asked.casefold() in ("all", "company", "everyone"):
        return COMPANY
    if mention := _MENTION.fullmatch(asked):
        return _mentioned(mention[1], asked, company)
    kind, name = _kind_and_name(asked)
    named = [subject for subject, names in _named(company) if kind in (None, subject.kind) and name in names]
    if len(named) == 1:
        return named[0]
    if named:
        several = f"'{shown(asked)}' is the name of {len(named)} things. Which one do you mean?"
        raise Ambiguous(several, _told_apart(named, company), asked=asked)
    raise _unknown(asked, company)


def _told_apart(named: Sequence[Subject], company: Company) -> list[str]:
    """What to type for each: kind and name, or the key where even those are the same."""
    alike = Counter((subject.kind, _plain(subject.name)) for subject in named)
    return [
        f"{subject.kind} {_typed(subject, company, key=alike[subject.kind, _plain(subject.name)] > 1)}"
        for subject in named
    ]


def _typed(subject: Subject, company: Company, *, key: bool = False) -> str:
    """What leads to a subject when it is typed: its name, or the key if that is asked for or the name is endless."""
    groups: dict[Kind, Mapping[int, Person | Team | Territory]]
    groups = {Kind.PERSON: company.people, Kind.TEAM: company.teams, Kind.TERRITORY: company.territories}
    name = visible(subject.name).strip()
    return groups[subject.kind][subject.id].key if key or not 0 < len(name) <= NAME else name


def _mentioned(slack_user_id: str, asked: str, company: Company) -> Subject:
    for person in company.people.values():
        if person.slack_user_id == slack_user_id:
            return Subject(Kind.PERSON, person.id, person.name)
    raise NotFound(f"{shown(asked)} is not in Turf's list of people. Ask operations to add them.", asked=asked)


def _kind_and_name(asked: str) -> tuple[Kind | None, str]:
    first, _, rest = asked.partition(" ")
    if rest and first.casefold() in (Kind.PERSON, Kind.TEAM, Kind.TERRITORY):
        return Kind(first.casefold()), _plain(rest)
    return None, _plain(asked)


def _plain(name: str) -> str:
    """A name as it is compared: what nobody sees does not count."""
    return " ".join(visible(name).casefold().strip("\"“”'@").split())


def _named(company: Company) -> Iterable[tuple[Subject, set[str]]]:
    things = ((Kind.PERSON, company.people), (Kind.TEAM, company.teams), (Kind.TERRITORY, company.territories))
    for kind, group in things:
        for thing in group.values():
            yield Subject(kind, thing.id, thing.name), {_plain(thing.name), _plain(thing.key)}


def _unknown(asked: str, company: Company) -> NotFound:
    from rapidfuzz import fuzz, process

    names = list(dict.fromkeys(_typed(subject, company) for subject, _ in _named(company)))
    near = process.extract(asked, names, scorer=fuzz.WRatio, processor=str.casefold, limit=NEAREST, score_cutoff=ALIKE)
    candidates = [name for name, _, _ in near]
    hint = (
        f" Did you mean {shown(candidates[0])}?"
        if candidates
        else " A name, a @mention, a team, a territory or `all` works."
    )
    return NotFound(f"I don't know anyone or any territory called '{shown(asked)}'.{hint}", candidates, asked=asked)
