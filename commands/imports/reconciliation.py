"""The reconciliation of an import in words: the command line, reports beside files and messages all say it with these."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Self

from domain.money import to_decimal
from storage.credit.report import ChangedAfterClose, CreditReport
from storage.importing.report import KindReport, Report

SHOWN = 20
"""So many refusals, removals and changed deals are named; the rejects file has all refusals."""
PLANNED = ("read", "to insert", "to update", "unchanged", "to remove", "duplicates", "refused")
"""The same where nothing was written."""
COUNTS = ("read", "inserted", "updated", "unchanged", "removed", "duplicates", "refused")


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence, and what it counts: the first ones, and how many more there are."""

    title: str
    lines: Sequence[str] = ()
    more: int = 0

    def __iter__(self) -> Iterator[str]:
        yield self.title
        yield from (f"  {line}" for line in self.lines)
        if self.more:
            yield f"  and {self.more:,} more"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What was read of each kind and what became of it (in the order of `COUNTS`); what there is to know; the outcome.

    `left_out` are files of which nothing was read; `is_written` says whether anything of it could be.
    """

    counts: Sequence[tuple[str, Sequence[int]]]
    parts: Sequence[Part]
    outcome: str
    refused: int = 0
    left_out: Sequence[str] = ()
    is_written: bool = True

    @property
    def columns(self) -> Sequence[str]:
        """What each of the counts is called."""
        return COUNTS if self.is_written else PLANNED

    def lines(self) -> Iterator[str]:
        """All of it but the counts."""
        for part in self.parts:
            yield from part
        yield self.outcome

    def as_text(self) -> str:
        """All of it, for a text file."""
        rows = [("", *self.columns), *((kind, *(f"{count:,}" for count in found)) for kind, found in self.counts)]
        widths = [max(len(row[at]) for row in rows) for at in range(len(COUNTS) + 1)]
        table = [
            "  ".join(
                cell.ljust(width) if at == 0 else cell.rjust(width)
                for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            for row in rows
        ]
        return "\n".join([*(line.rstrip() for line in table), "", *self.lines(), ""])

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """What `as_json` made."""
        parts = [Part(**part) for part in kept["parts"]]
        counts = [(kind, found) for kind, found in kept["counts"]]
        more = {name: kept[name] for name in ("left_out", "is_written") if name in kept}
        return cls(counts, parts, kept["outcome"], kept["refused"], **more)


def reconciliation(report: Report) -> Reconciliation:
    """The words for a report."""
    counts = [(kind.kind, [getattr(kind, name) for name in COUNTS]) for kind in report.kinds.values()]
    return Reconciliation(
        counts, list(_parts(report)), _outcome(report), report.refused, report.left_out, report.is_written
    )


def _parts(report: Report) -> Iterator[Part]:
    if report.assumed_settings:
        values = ", ".join(
            f"{name} {_plain(value)}" for name, value in report.assumed_settings.items() if value is not None
        )
        yield Part(f"New workspace '{report.workspace}' with {values}.")
    for kind in report.kinds.values():
        yield from map(Part, _kind_lines(kind))
    yield from _deals(report.reconciliation, is_written=report.is_written)
    if report.credit is not None:
        yield from _credit(report.credit, report.currency)
    yield from map(Part, report.notes)
    removed = [f"{one.kind} {one.key} {one.value}".rstrip() for one in report.removals]
    yield from _listed("Removed", removed, sum(kind.removed for kind in report.kinds.values()))
    kept = [str(one) for one in report.kept]
    yield from _listed("Decided in Turf, and the file says otherwise (Turf's value stays)", kept, len(kept))
    yield from _listed("Refused", [str(refusal) for refusal in report.refusals], report.refused)


def _plain(value: object) -> str:
    if isinstance(value, list):
        days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        return ",".join(days[day] for day in value)
    return str(value)


def _kind_lines(kind: KindReport) -> Iterator[str]:
    if kind.ignored:
        yield f"{kind.kind}: columns that Turf does not know were ignored: {', '.join(kind.ignored)}"
    for (column, old, new), count in sorted(kind.normalised.items()):
        yield f"{kind.kind}: {column}: {old} -> {new}: {count:,}"
    for (column, value), count in sorted(kind.assumed.items()):
        yield f"{kind.kind}: {column} was empty, {value} assumed: {count:,}"
    if kind.rounded:
        amounts = "1 amount was" if kind.rounded == 1 else f"{kind.rounded:,} amounts were"
        yield f"{kind.kind}: {amounts} rounded: finer than the currency's minor unit"
    for note in kind.notes:
        yield f"{kind.kind}: {note}"


def _outcome(report: Report) -> str:
    if report.rolled_back:
        return f"Nothing was imported: {report.rolled_back}"
    if report.dry_run:
        return "Dry run: nothing was written." + ("" if report.changed else " There is nothing to change.")
    if report.revision is None:
        return "Nothing to change."
    return f"Imported as revision {report.revision}."


def _deals(found: Mapping[str, Any], *, is_written: bool) -> Iterator[Part]:
    """The totals to compare with the CRM's own: deals by status and stage, amounts by currency."""
    if not found:
        return
    lines = []
    for status in ("won", "lost", "open"):
        one = found[status]
        amounts = _amounts(one["amounts"])
        stages = [f"{stage} {count:,}" for stage, count in one["stages"].items() if stage and stage.lower() != status]
        lines.append(
            f"{status} {one['deals']:,}"
            + (f": {amounts}" if amounts else "")
            + (f" ({', '.join(stages)})" if stages else "")
        )
    lines += [f"without {name}: {count:,}" for name, count in found["without"].items() if count]
    title = "Deals after this import" if is_written else "Deals there would be after this import"
    yield Part(f"{title}: {found['deals']:,}", lines)
    if found["later"]["deals"]:
        yield Part(_closed_later(found["later"]))
    people = found["people"]
    yield Part(f"Reps with deals: {people['reps with deals']:,} of {people['reps']:,}")


def _closed_later(later: Mapping[str, Any]) -> str:
    return (
        f"Closed with a date after today: {_count(later['deals'], 'deal')}, won {_amounts(later['amounts']) or 0}. "
        "What is won counts in the period of its date from now on; check the dates in the CRM."
    )


def _amounts(amounts: Mapping[str, str]) -> str:
    return ", ".join(f"{Decimal(amount):,} {code}" for code, amount in amounts.items() if Decimal(amount))


def _credit(found: CreditReport, currency: str) -> Iterator[Part]:
    """What changed in the ledger, and what someone should look at."""
    if found.credits_new:
        yield Part(f"Credit: {_count(found.credits_new, 'row')} added to the ledger.")
    if found.corrected:
        yield Part(f"Credit corrected: {_count(found.corrected, 'deal')}.")
    if found.removed:
        yield Part(f"Credit taken back: {_count(found.removed, 'deal')}, {_money(found.removed_base, currency)}.")
    if found.won_without_amount:
        yield Part(f"Won without an amount: {_count(found.won_without_amount, 'deal')}; they count 0.")
    if found.returns_without_reverses:
        yield Part(
            f"Returns that name no deal: {found.returns_without_reverses:,}; they count against their own owner."
        )
    yield from _changed("Owner", found.owner_changed_after_close, currency)
    yield from _changed("Territory", found.territory_changed_after_close, currency)


def _changed(what: str, found: ChangedAfterClose, currency: str) -> Iterator[Part]:
    lines = [
        f"{one.deal}: {one.at_close} at close, now {one.now} ({_money(one.base, currency)})" for one in found.deals
    ]
    title = f"{what} changed after close (credit stays, turf import --restate moves it; {_money(found.base, currency)})"
    yield from _listed(title, lines, found.count)


def _listed(title: str, lines: Sequence[str], count: int) -> Iterator[Part]:
    """A count with the first lines; nothing for none."""
    if count:
        yield Part(f"{title}: {count:,}", lines[:SHOWN], count - min(SHOWN, len(lines)))


def _count(count: int, what: str) -> str:
    return f"{count:,} {what if count == 1 else what + 's'}"


def _money(minor: int, currency: str) -> str:
    return f"{to_decimal(minor, currency):,} {currency}"
