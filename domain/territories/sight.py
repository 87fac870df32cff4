"""How much of the findings someone may see: which of them, and of each what is theirs to see of the open deals."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from domain import policies
from domain.company import Person, SubjectKind, TerritoryId
from domain.lines import Lines
from domain.policies import Permission
from domain.territories.health import Finding, FindingKind, Overruled, Part, in_order

_BY_NAME = frozenset({FindingKind.GAP, FindingKind.OVERLAP, FindingKind.ORPHAN, FindingKind.EMPTY})
"""What says nothing but names of accounts and territories."""


class Sight:
    """What one person sees on a day, remembered territory by territory: findings are many."""

    def __init__(self, viewer: Person, lines: Lines, today: date) -> None:
        self._viewer, self._lines, self._today = viewer, lines, today
        self.everything = bool(policies.has(viewer, Permission.SEE_ALL, today))
        self.amounts = bool(policies.has(viewer, Permission.SEE_OWN, today))
        self._people = policies.readable_people(viewer, lines, today)
        self._territories: dict[TerritoryId, bool] = {}

    def territory(self, territory: TerritoryId) -> bool:
        """Whether they may see its figures."""
        if territory not in self._territories:
            seen = policies.may_see_territory_figures(self._viewer, territory, self._lines, self._today)
            self._territories[territory] = bool(seen)
        return self._territories[territory]

    def of(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings that are for them, in the order of what they see of each. What they see depends on nothing else."""
        return in_order(self._theirs(one) for one in findings if self._sees(one))

    def _sees(self, one: Finding) -> bool:
        if one.overruled:
            return self._sees_decision(one.overruled)
        if not self.amounts:
            # Where only open deals make it a finding, its being there would tell of them.
            return one.kind in _BY_NAME and (one.kind is not FindingKind.ORPHAN or one.accounts is not None)
        if self.everything:
            return True
        if one.kind is FindingKind.LEAVING:
            # That someone leaves is for those whom they report to, before anybody else knows.
            return one.person in self._people and one.person != self._viewer.id
        return any(map(self.territory, one.territories)) or any(map(self._part, one.parts))

    def _sees_decision(self, one: Overruled) -> bool:
        """What a file says against a decision is for who may make that decision."""
        if policies.may_import(self._viewer, self._today):
            return True
        kind, _, rest = one.key.partition(":")
        subject = rest.partition(":")[0]
        if one.what != "target" or kind not in set(SubjectKind) or not subject.isdigit():
            return False
        return bool(policies.may_set_target(self._viewer, SubjectKind(kind), int(subject), self._lines, self._today))

    def _theirs(self, one: Finding) -> Finding:
        if self.everything:
            return one
        counted = one.accounts if any(map(self.territory, one.territories)) else None
        person, on = (one.person, one.on) if self.amounts else (None, None)
        parts = tuple(filter(self._part, one.parts))
        return replace(one, parts=parts, accounts=counted, person=person, on=on)

    def _part(self, part: Part) -> bool:
        if self.everything or (part.person in self._people and part.person is not None):
            return True
        return part.territory is not None and self.territory(part.territory)
