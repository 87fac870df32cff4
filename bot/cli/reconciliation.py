"""What an import's deals add up to and what became of their credit, in sentences."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from domain.money import to_decimal
from storage.credit.report import ChangedAfterClose, CreditReport

SHOWN = 20
"""So many refusals, removals and changed deals are printed; the rejects file has all refusals."""


def deals_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The totals to compare with the CRM's own: deals by status and stage, amounts by currency."""
    if not found:
        return
    yield f"Deals after this import: {found['deals']:,}"
    for status in ("won", "lost", "open"):
        one = found[status]
        amounts = ", ".join(f"{Decimal(amount):,} {code}" for code, amount in one["amounts"].items() if Decimal(amount))
        stages = [f"{stage} {count:,}" for stage, count in one["stages"].items() if stage and stage.lower() != status]
        yield (
            f"  {status} {one['deals']:,}"
            + (f": {amounts}" if amounts else "")
            + (f" ({', '.join(stages)})" if stages else "")
        )
    for name, count in found["without"].items():
        if count:
            yield f"  without {name}: {count:,}"
    people = found["people"]
    yield f"Reps with deals: {people['reps with deals']:,} of {people['reps']:,}"


def credit_lines(found: CreditReport, currency: str) -> Iterator[str]:
    """What changed in the ledger, and what someone should look at."""
    if found.credits_new:
        yield f"Credit: {_rows(found.credits_new)} added to the ledger."
    if found.corrected:
        yield f"Credit corrected: {_deals(found.corrected)}."
    if found.removed:
        yield f"Credit taken back: {_deals(found.removed)}, {_money(found.removed_base, currency)}."
    if found.won_without_amount:
        yield f"Won without an amount: {_deals(found.won_without_amount)}; they count 0."
    if found.returns_without_reverses:
        yield f"Returns that name no deal: {found.returns_without_reverses:,}; they count against their own owner."
    yield from _changed("Owner", found.owner_changed_after_close, currency)
    yield from _changed("Territory", found.territory_changed_after_close, currency)


def _changed(what: str, found: ChangedAfterClose, currency: str) -> Iterator[str]:
    lines = [
        f"{one.deal}: {one.at_close} at close, now {one.now} ({_money(one.base, currency)})" for one in found.deals
    ]
    title = f"{what} changed after close (credit stays, --restate moves it; {_money(found.base, currency)})"
    yield from listed(title, lines, found.count)


def listed(title: str, lines: list[str], count: int | None = None) -> Iterator[str]:
    """A count with the first lines; nothing for none."""
    count = len(lines) if count is None else count
    if not count:
        return
    yield f"{title}: {count:,}"
    for line in lines[:SHOWN]:
        yield f"  {line}"
    if count > min(SHOWN, len(lines)):
        yield f"  and {count - min(SHOWN, len(lines)):,} more"


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _deals(count: int) -> str:
    return f"{count:,} {'deal' if count == 1 else 'deals'}"


def _money(minor: int, currency: str) -> str:
    return f"{to_decimal(minor, currency):,} {currency}"
