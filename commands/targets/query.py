"""What `/targets` was asked: who, in which period, and of what."""

import re
from dataclasses import dataclass
from datetime import date

from commands.kit.periods import split_query
from domain.company import Metric
from domain.errors import UsageError
from domain.periods import Period

_METRICS = re.compile(
    r"""["“”][^"“”]*["“”] | (?<![\w-]) (?: (?:in|by|for)\s+ )?
    (?: (?P<new_customers>new[\s_-]+customers?) | (?P<meetings>meetings?) | (?P<revenue>revenue) ) (?![\w-])""",
    re.IGNORECASE | re.VERBOSE,
)
"""What is in double quotes is a name, whatever it says."""


@dataclass(frozen=True, slots=True)
class TargetsQuery:
    """`who` is as it was typed, empty for the person who asks."""

    who: str
    period: Period
    metric: Metric = Metric.REVENUE

    @classmethod
    def parse(cls, text: str, *, today: date, fiscal_start: int) -> "TargetsQuery":
        """Words in any order; without a period it is this quarter, without a metric revenue.

        Raises UsageError with the accepted forms.
        """
        rest, metric = _split_metric(text)
        who, period = split_query(rest, today, fiscal_start)
        return cls(who.strip(), period, metric)


def _split_metric(text: str) -> tuple[str, Metric]:
    """What was typed without its metric, and the metric. Raises UsageError for two of them."""
    found = [Metric(match.lastgroup) for match in _METRICS.finditer(text) if match.lastgroup]
    if len(set(found)) > 1:
        said = " and ".join(f"'{metric.words}'" for metric in dict.fromkeys(found))
        raise UsageError(f"I read {said}. Name one; put a name that looks like one of them in double quotes.")
    rest = _METRICS.sub(lambda match: "" if match.lastgroup else match[0], text)
    return rest, found[0] if found else Metric.REVENUE
