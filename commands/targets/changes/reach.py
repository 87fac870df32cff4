"""Whose credit and which days count in a subject's figure, as the scorecard has it, and how two such reaches differ."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from commands.kit.names import Kind as SubjectOf
from commands.kit.names import Subject
from commands.targets.service import Sight, has_team
from domain.bridges import Booked
from domain.company import PersonId, Span, TerritoryId
from domain.credit import Kind
from domain.periods import Period
from storage.scopes import Scope, Whose
from storage.store import Repositories

REVENUE, WITH_OVERLAY = frozenset({Kind.REVENUE}), frozenset({Kind.REVENUE, Kind.OVERLAY})


@dataclass(frozen=True, slots=True)
class Reach:
    """In a period, the credit of people on certain days, or of territories; where both are None, of all."""

    period: Span
    kinds: frozenset[Kind]
    people: Mapping[PersonId, tuple[Span, ...]] | None = None
    territories: frozenset[TerritoryId] | None = None

    @property
    def scopes(self) -> Sequence[Scope]:
        if self.people is not None:
            return list(_by_span(self.people))
        return [Scope(self.period, territories=self.territories)]

    @property
    def whose(self) -> Whose:
        """The same on any day."""
        return Whose(people=None if self.people is None else self.people.keys(), territories=self.territories)

    def of(self, present: AbstractSet[PersonId]) -> "Reach":
        """The part of those people who are present; of territories all."""
        if self.people is None:
            return self
        return replace(self, people={one: days for one, days in self.people.items() if one in present})

    def has(self, part: Booked) -> bool:
        """Whether a part of a won deal counts."""
        if part.kind not in self.kinds or part.on_day not in self.period:
            return False
        if self.people is not None:
            return part.person is not None and any(part.on_day in span for span in self.people.get(part.person, ()))
        return self.territories is None or part.territory in self.territories

    def beyond(self, other: "Reach") -> Iterator[tuple[Sequence[Scope], frozenset[Kind]]]:
        """What counts here and does not in another reach of the same subject and period."""
        if self.kinds - other.kinds:
            yield self.scopes, self.kinds - other.kinds
        if self.people is not None:
            more = {one: _without(days, (other.people or {}).get(one, ())) for one, days in self.people.items()}
            if any(more.values()):
                yield list(_by_span(more)), self.kinds & other.kinds
        elif self.territories is not None and (land := self.territories - (other.territories or frozenset())):
            yield [Scope(self.period, territories=land)], self.kinds & other.kinds


def reach_of(repo: Repositories, subject: Subject, period: Period, sight: Sight) -> Reach:
    """What makes up the subject's credited figure, and of one person's own the overlay too."""
    lines, days = repo.model.lines, period.span
    match subject.kind:
        case SubjectOf.PERSON if has_team(repo, subject, period, sight):
            return Reach(days, REVENUE, people={**lines.spans_below(subject.id, days), subject.id: (days,)})
        case SubjectOf.PERSON:
            return Reach(days, WITH_OVERLAY, people={subject.id: (days,)})
        case SubjectOf.TEAM:
            found: dict[PersonId, tuple[Span, ...]] = {}
            for team in (subject.id, *lines.teams_below(subject.id)):
                for person, spans in lines.spans_in_team(team, days).items():
                    found[person] = (*found.get(person, ()), *spans)
            return Reach(days, REVENUE, people=found)
        case SubjectOf.TERRITORY:
            inside = frozenset({subject.id, *lines.territories_below(subject.id)})
            return Reach(days, REVENUE, territories=inside)
        case SubjectOf.COMPANY:
            return Reach(days, REVENUE)


def _by_span(people: Mapping[PersonId, Iterable[Span]]) -> Iterator[Scope]:
    by_span: defaultdict[Span, set[PersonId]] = defaultdict(set)
    for person, days in people.items():
        for span in days:
            by_span[span].add(person)
    for span, some in sorted(by_span.items(), key=lambda one: (one[0].start, one[0].end)):
        yield Scope(span, people=some)


def _without(days: Iterable[Span], other: Iterable[Span]) -> tuple[Span, ...]:
    """The days of the first that are not of the second."""
    left = list(days)
    for gone in other:
        left = [rest for span in left for rest in _outside(span, gone)]
    return tuple(left)


def _outside(span: Span, gone: Span) -> Iterator[Span]:
    for rest in (Span(span.start, min(span.end, gone.start)), Span(max(span.start, gone.end), span.end)):
        if rest.start < rest.end:
            yield rest
