"""What all territories together have to reach, before and after the tree changes.

A territory's target is carried only while no territory below it has one: with another tree some would count twice, or
not at all. The tree has no days of its own, so that months that have passed are looked at as well.
"""

from collections import Counter

from domain.company import Metric, SubjectKind
from domain.model import CompanyModel
from domain.periods import parse_label
from domain.requests.planning.shares import revenue
from domain.requests.writes import Writes
from domain.requests.written import company_after


def sums_hold(model: CompanyModel, writes: Writes, gained: Counter[str]) -> bool:
    """Whether every month's sum is what it was, but for what is `gained` (by month, below 0 if it is lost)."""
    after = company_after(model.company, writes, model.company.revision)
    change = carried(CompanyModel(after))
    change.subtract(carried(model))
    change.subtract(gained)
    return not any(change.values())


def carried(model: CompanyModel) -> Counter[str]:
    """By month, the targets of all territories that are not the sum of those below, in the workspace's currency."""
    asked = (one for one in model.company.targets if (one.kind, one.metric) == (SubjectKind.TERRITORY, Metric.REVENUE))
    rows = {
        (revenue(SubjectKind.TERRITORY, one.subject), month)
        for one in asked
        for month in parse_label(one.period, model.settings.fiscal_start).months()
        if one.subject in model.company.territories
    }
    found: Counter[str] = Counter()
    for row, month in rows:
        piece = model.targets.piece(row, month)
        if piece is not None and not model.targets.is_roll_up(row, month):
            found[month.label] += piece.amount
    return found
