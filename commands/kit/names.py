"""From a name that someone typed to the person, team or territory that it means."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from typing import TypeAlias, TypeVar

from domain.company import Company, Person, Team, Territory
from domain.errors import Ambiguous, NotFound
from templates import NAME, visible
from templates import name as shown

K = TypeVar("K")
OFFERED = 5
"""So many names are offered to choose from."""
ALIKE = 75
"""How alike (of 100) the typed words must be to words of a name, taken together, for it to be offered."""
BEGINS = 95
"""How alike a typed word is to one that it begins."""
HARDLY = 60
"""A typed word that is less alike to each word of a name rules it out."""
_ALL = frozenset({"all", "company", "everyone"})
_ME = frozenset({"me", "myself", "mine"})
_MY_TEAM = frozenset({"team", "my team", "our team"})

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


Sees: TypeAlias = Callable[[Subject], bool]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: `me`, what `my team` may mean, and of which subjects they may see something. Only those are offered."""

    person: Person
    teams: tuple[Subject, ...]
    sees: Sees


def find_subject(words: str, company: Company, asker: Asker) -> Subject:
    """The subject that `words` name: `me`, `my team`, `all`, a mention, a name or a part of it (`dana`, `Dana T`), or a key.

    A kind in front settles a name that several have. Raises NotFound or Ambiguous with the names that would work.
    """
    asked = words.strip()
    said = asked.casefold()
    if said in _ALL:
        return COMPANY
    if said in _ME:
        return Subject(Kind.PERSON, asker.person.id, asker.person.name)
    if said in _MY_TEAM:
        return _my_team(asked, company, asker)
    if mention := _MENTION.fullmatch(asked):
        return _mentioned(mention[1], asked, company)
    kind, name = _kind_and_name(asked)
    named = [(subject, names) for subject, names in _named(company) if kind in (None, subject.kind)]
    whole = [subject for subject, names in named if name in names]
    # Someone whose whole name was typed is refused if need be; with a part of it, only who may be seen is found.
    found = whole or [one for one, _ in named if begins(name.split(), _plain(one.name).split()) and asker.sees(one)]
    if len(found) == 1:
        return found[0]
    if found:
        raise _several(asked, found, company, asker.sees)
    raise _unknown(asked, name, [subject for subject, _ in named], company, asker.sees)


def find_territory(words: str, company: Company) -> Subject:
    """The territory that `words` name, in whole or in part, or by its key. Raises NotFound or Ambiguous as `find_subject`."""
    asked = words.strip()
    _, name = _kind_and_name(asked) if asked.casefold().startswith("territory ") else (None, _plain(asked))
    named = [(subject, names) for subject, names in _named(company) if subject.kind is Kind.TERRITORY]
    whole = [subject for subject, names in named if name in names]
    found = whole or [one for one, _ in named if begins(name.split(), _plain(one.name).split())]
    if len(found) == 1:
        return found[0]
    if found:
        raise _several(asked, found, company, _every)
    raise _unknown_territory(asked, name, [subject for subject, _ in named], company)


def _every(_: Subject) -> bool:
    """Names of territories are for everyone who may see names."""
    return True


def _my_team(asked: str, company: Company, asker: Asker) -> Subject:
    if not asker.teams:
        raise NotFound("You are in no team. A name, a team or a territory works, too.", asked=asked)
    if len(asker.teams) == 1:
        return asker.teams[0]
    raise _several(asked, asker.teams, company, asker.sees)


def begins(typed: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each typed word begins a word of the name, in the same order."""
    left = iter(words)
    return bool(typed) and all(any(word.startswith(part) for word in left) for part in typed)


def _several(asked: str, found: Sequence[Subject], company: Company, sees: Sees) -> Ambiguous:
    """What to choose from: of many the first, those that the asker may see before others."""
    in_order = sorted(found, key=lambda one: (not sees(one), _plain(one.name)))
    more = " These are the first; type more of the name for the others." if len(found) > OFFERED else ""
    fits = "is the name of" if _plain(found[0].name) == _kind_and_name(asked)[1] else "fits"
    several = f"'{shown(asked)}' {fits} {len(found)} things. Which one do you mean?{more}"
    return Ambiguous(several, _told_apart(in_order[:OFFERED], company), asked=asked)


def _told_apart(subjects: Sequence[Subject], company: Company) -> list[str]:
    """What to type for each: the name, with its kind or by its key where others have that name too."""
    known = Counter(name for _, names in _named(company) for name in names)
    alike = Counter((subject.kind, _plain(subject.name)) for subject, _ in _named(company))
    return [
        _typed(one, company)
        if known[_plain(one.name)] == 1
        else f"{one.kind} {_typed(one, company, key=alike[one.kind, _plain(one.name)] > 1)}"
        for one in subjects
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


def comparable(name: str) -> str:
    """A name as it is compared: what nobody sees does not count."""
    return " ".join(visible(name).casefold().strip("\"“”'@").split())


_plain = lru_cache(maxsize=32_768)(comparable)
"""Remembered, for each answer compares all names of people, teams and territories."""


def _named(company: Company) -> Iterable[tuple[Subject, set[str]]]:
    things = ((Kind.PERSON, company.people), (Kind.TEAM, company.teams), (Kind.TERRITORY, company.territories))
    for kind, group in things:
        for thing in group.values():
            yield Subject(kind, thing.id, thing.name), {_plain(thing.name), _plain(thing.key)}


def _unknown(asked: str, name: str, known: Iterable[Subject], company: Company, sees: Sees) -> NotFound:
    candidates = _nearest(name, known, company, sees)
    hint = (
        f" Did you mean {shown(candidates[0])}?"
        if candidates
        else " A name, a @mention, a team, a territory, me, my team or all works."
    )
    return NotFound(f"I don't know anyone or any territory called '{shown(asked)}'.{hint}", candidates, asked=asked)


def _unknown_territory(asked: str, name: str, known: Iterable[Subject], company: Company) -> NotFound:
    candidates = _nearest(name, known, company, _every)
    hint = f"Did you mean {shown(candidates[0])}?" if candidates else "/territory list has all of them."
    return NotFound(f"I don't know a territory '{shown(asked)}'. {hint}", candidates, asked=asked)


def _nearest(name: str, known: Iterable[Subject], company: Company, sees: Sees) -> list[str]:
    """What to type for those whose names are like the one that was typed, the likest first; only those that may be seen."""
    seen = (one for one in nearest(name, {one: _plain(one.name) for one in known}) if sees(one))
    return list(dict.fromkeys(_told_apart(list(islice(seen, OFFERED)), company)))


def nearest(typed: str, names: Mapping[K, str]) -> list[K]:
    """Those whose names are like what was typed, the likest first; all of it folded and plain, as `comparable` makes it."""
    words = {one: name.split() for one, name in names.items()}
    likeness = _likeness(typed.split(), {word for some in words.values() for word in some})
    near = ((_alike(likeness, some), one) for one, some in words.items())
    best = ((-like, len(names[one]), names[one], one) for like, one in near if like >= ALIKE)
    return [one for *_, one in sorted(best, key=lambda each: each[:3])]


def _likeness(typed: Sequence[str], words: Collection[str]) -> list[dict[str, float]]:
    """For each typed word those that are like it, of 100: many names have the same words, which are compared once."""
    from rapidfuzz import fuzz, process

    return [
        {
            word: like
            for word, like, _ in process.extract(part, words, scorer=fuzz.ratio, limit=None, score_cutoff=HARDLY)
        }
        | {word: BEGINS for word in words if word.startswith(part)}
        for part in typed
    ]


def _alike(likeness: Sequence[Mapping[str, float]], words: Sequence[str]) -> float:
    """How alike the typed words are to words of a name, of 100; 0 if one of them is like none."""
    best = [max((like.get(word, 0.0) for word in words), default=0.0) for like in likeness]
    return sum(best) / len(best) if best and all(best) else 0.0
