"""The credit pass: who gets credit for what, written into the ledger whenever the data that it depends on changed."""

from storage.credit.prepare import prepare_credits
from storage.credit.report import ChangedAfterClose, CreditReport, Difference

__all__ = ["ChangedAfterClose", "CreditReport", "Difference", "prepare_credits"]
