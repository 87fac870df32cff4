"""What all territories together have to reach, before and after the tree changes.

A territory's target is carried only while no territory below it has one: with another tree some would count twice, or
not at all. The tree has no days of its own, so that months that have passed are looked at as well.
"""

from collections import Counter
from dataclasses import replace

from domain.company import Metric, SubjectKind
from domain.model import CompanyModel
from domain.periods import parse_label
from domain.requests.planning.shares import revenue, with_targets
from domain.requests.writes import Writes


def sums_hold(model: CompanyModel, writes: Writes, gained: Counter[str]) -> bool:
    """Whether every month's sum is what it was, but for what is `gained` (by month, below 0 if it is lost)."""
    after = model_after(model, writes)
    change = carried(after)
    change.subtract(carried(model))
    change.subtract(gained)
    return not any(change.values())


def model_after(model: CompanyModel, writes: Writes) -> CompanyModel:
    """The company with the tree and the targets that are written."""
    company = with_targets(model, writes.targets).company
    changed = {row.after.id: row.after for row in writes.territories if row.after is not None}
    return CompanyModel(replace(company, territories={**company.territories, **changed}))


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
