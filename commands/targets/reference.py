"""What a card's buttons carry: ids, the period, the day and the revision that the card was made at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from commands.kit.names import COMPANY, Kind, Subject
from domain.company import Company, Metric, Person, Team, Territory
from domain.errors import NotFound
from domain.periods import Period, parse_label

if TYPE_CHECKING:
    from commands.targets.service import TargetsCard


@dataclass(frozen=True, slots=True)
class CardReference:
    """Enough to make the same card again, with the same figures, for as long as the revision is kept."""

    kind: Kind
    id: int
    period: str
    today: date
    revision: int
    metric: Metric = Metric.REVENUE

    @classmethod
    def of(cls, card: "TargetsCard") -> "CardReference":
        return cls(card.subject.kind, card.subject.id, card.period.label, card.today, card.revision, card.metric)

    def at(self, period: Period) -> "CardReference":
        return replace(self, period=period.label)

    def as_known(self, today: date, revision: int) -> "CardReference":
        return replace(self, today=today, revision=revision)

    def about(self, metric: Metric) -> "CardReference":
        return replace(self, metric=metric)

    @property
    def encoded(self) -> str:
        metric = "" if self.metric is Metric.REVENUE else f":{self.metric}"
        return f"{self.kind}:{self.id}:{self.period}:{self.today.isoformat()}:{self.revision}{metric}"

    @classmethod
    def decode(cls, value: str) -> "CardReference":
        """Raises NotFound for a value that no card of ours carries."""
        try:
            kind, subject, period, today, revision, *metric = value.split(":")
            of = Metric(*metric) if metric else Metric.REVENUE
            return cls(Kind(kind), int(subject), period, date.fromisoformat(today), int(revision), of)
        except (ValueError, TypeError) as error:
            raise NotFound("This button is from another version of Turf. Ask again with /targets.") from error

    def subject(self, company: Company) -> Subject:
        """The subject as it is known now. Raises NotFound if it no longer exists."""
        groups: Mapping[Kind, Mapping[int, Person | Team | Territory]] = {
            Kind.PERSON: company.people,
            Kind.TEAM: company.teams,
            Kind.TERRITORY: company.territories,
        }
        if self.kind is Kind.COMPANY:
            return COMPANY
        found = groups[self.kind].get(self.id)
        if found is None:
            raise NotFound("What this card was about no longer exists. Ask again with /targets.")
        return Subject(self.kind, self.id, found.name)

    def parsed_period(self, fiscal_start: int) -> Period:
        return parse_label(self.period, fiscal_start)
