"""The credit ledger (append-only) and the open pipeline, both attributed to people and territories when data arrives."""

from datetime import date

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from storage.tables.base import ALWAYS, OPEN_END, InWorkspace, Versioned, args, money


class Credit(InWorkspace, table=True):
    """One person's part of one won deal. Never changed: a correction is a reversing row (`reverses_id`) and a new one.

    `base` is `amount` in the workspace's currency at `rate_e12` of `rate_period`. `owner_id` is the deal's owner as it
    was when the deal was first seen won; `because` names the rule of credit that applied.
    """

    __tablename__ = "credits"
    __table_args__ = (
        *args(
            "id",
            refs=[
                ("deal_id", "deals"),
                ("person_id", "people"),
                ("territory_id", "territories"),
                ("owner_id", "people"),
            ],
            index=[("deal_id",)],
        )[:-1],
        # The roads of a card: a company's, a person's or a territory's credit within a period, without touching the table.
        Index("ix_credits_day", "workspace_id", "on_day", "kind", "rev", "person_id", "territory_id", "base"),
        Index("ix_credits_person", "workspace_id", "person_id", "on_day", "kind", "rev", "base", "territory_id"),
        Index("ix_credits_territory", "workspace_id", "territory_id", "on_day", "kind", "rev", "base", "person_id"),
        {"sqlite_with_rowid": False},
    )

    id: int = Field(sa_type=BigInteger)
    rev: int
    deal_id: int
    kind: str
    person_id: int | None = None
    territory_id: int | None = None
    owner_id: int | None = None
    on_day: date
    share: int
    amount: int = money(nullable=False)
    currency: str
    base: int = money(nullable=False)
    rate_e12: int = Field(sa_type=BigInteger)
    rate_period: str | None = None
    because: str
    reverses_id: int | None = Field(default=None, sa_type=BigInteger)


class OpenShare(Versioned, table=True):
    """One person's part of one open deal, by the rules of credit, while today is from `from_on` to before `to_on`.

    A deal that changes hands with its territory has parts for each stretch of days: reads take those of their today.
    """

    __tablename__ = "open_shares"
    __table_args__ = (
        *args(
            "deal_id",
            "part",
            "rev_from",
            refs=[("deal_id", "deals"), ("person_id", "people"), ("territory_id", "territories")],
        )[:-1],
        Index("ix_open_shares_person", "workspace_id", "person_id", "expected_close_on"),
        Index("ix_open_shares_territory", "workspace_id", "territory_id", "expected_close_on"),
        {"sqlite_with_rowid": False},
    )

    deal_id: int
    part: int
    person_id: int | None = None
    territory_id: int | None = None
    share: int
    amount: int | None = money()
    currency: str
    expected_close_on: date | None = None
    from_on: date = ALWAYS
    to_on: date = OPEN_END
    stage: str | None = None
    forecast_category: str | None = None
    probability: int | None = None
