"""One line of the benchmark's table."""

from dataclasses import dataclass
from pathlib import Path


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


def peak_mb() -> float:
    """The most megabytes that this process held at once. (Not getrusage: after exec it still knows the parent's.)"""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
