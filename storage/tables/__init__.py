"""All tables; importing this package fills the metadata that migrations compare with."""

from sqlmodel import SQLModel

from storage.tables import crm, delivery, digests, ledger, people, requests, targets, territories, workspace
from storage.tables.base import ALWAYS, OPEN_END, OPEN_REV, table_of

metadata = SQLModel.metadata

__all__ = [
    "ALWAYS",
    "OPEN_END",
    "OPEN_REV",
    "crm",
    "delivery",
    "digests",
    "ledger",
    "metadata",
    "people",
    "requests",
    "table_of",
    "targets",
    "territories",
    "workspace",
]
