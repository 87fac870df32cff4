"""What a credit pass did, for the reconciliation of an import."""

from dataclasses import dataclass

LISTED = 1_000
"""So many deals are listed one by one; all are counted."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A won deal whose owner or territory in the CRM is no longer the one that was frozen at close (keys).

    `base` is the deal's amount in minor units of the workspace's currency.
    """

    deal: str
    at_close: str
    now: str
    base: int


@dataclass(frozen=True, slots=True)
class ChangedAfterClose:
    """How many deals differ and their value; the first ones by name."""

    count: int = 0
    base: int = 0
    deals: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class CreditReport:
    """Rows are rows of the ledger and of the open pipeline; deals are deals. `removed_base` is in the workspace's currency."""

    deals: int = 0
    """Deals that were looked at."""
    credits_new: int = 0
    reversed: int = 0
    """Rows that were taken back by a reversing row."""
    corrected: int = 0
    """Deals whose credit stands, but otherwise than before."""
    removed: int = 0
    """Deals that have no credit any more: removed, reopened or lost."""
    removed_base: int = 0
    open_new: int = 0
    open_ended: int = 0
    won_without_amount: int = 0
    returns_without_reverses: int = 0
    owner_changed_after_close: ChangedAfterClose = ChangedAfterClose()
    territory_changed_after_close: ChangedAfterClose = ChangedAfterClose()
