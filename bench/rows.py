"""One line of the benchmark's table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured, ours and the peer's (medians), the median of the ratios, and the budget for that ratio."""

    what: str
    ours: str
    peer: str
    ratio: float
    budget: float

    @property
    def within(self) -> bool:
        return self.ratio <= self.budget


def table(rows: list[Row]) -> str:
    """The rows as text."""
    lines = [f"{'what':58} {'ours':>12} {'peer':>12} {'ratio':>7} {'budget':>7}"]
    for row in rows:
        verdict = "" if row.within else "  missed"
        lines.append(f"{row.what:58} {row.ours:>12} {row.peer:>12} {row.ratio:7.2f} {row.budget:7.2f}{verdict}")
    return "\n".join(lines)
