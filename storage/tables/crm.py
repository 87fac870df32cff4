"""What comes from the CRM: accounts, deals, their splits and stages, activities."""

from datetime import date

from storage.tables.base import Identified, Versioned, args, money, some_of


class Account(Identified, table=True):
    __tablename__ = "accounts"
    __table_args__ = args("id", unique=[("key",)])


class AccountVersion(Versioned, table=True):
    __tablename__ = "account_versions"
    __table_args__ = (
        *args("id", "rev_from", refs=[("id", "accounts"), ("parent_id", "accounts")])[:-1],
        some_of("ix_account_versions_below", "parent_id", where="parent_id IS NOT NULL"),
        {"sqlite_with_rowid": False},
    )

    id: int
    name: str
    parent_id: int | None = None
    industry: str | None = None
    country: str | None = None
    region: str | None = None
    postal_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    employees: int | None = None
    annual_revenue: int | None = money()
    potential: int | None = money()
    service_minutes: int | None = None
    visits_per_year: int | None = None


class Deal(Identified, table=True):
    __tablename__ = "deals"
    __table_args__ = args("id", unique=[("key",)])


class DealVersion(Versioned, table=True):
    """A deal as the CRM had it. A return's amount is negative. `probability` is in millionths."""

    __tablename__ = "deal_versions"
    __table_args__ = (
        *args(
            "id",
            "rev_from",
            refs=[
                ("id", "deals"),
                ("owner_id", "people"),
                ("account_id", "accounts"),
                ("territory_id", "territories"),
                ("reverses_id", "deals"),
            ],
            index=[("rev_from",), ("account_id", "closed_on")],
        )[:-1],
        some_of("ix_deal_versions_returns", "reverses_id", where="reverses_id IS NOT NULL"),
        {"sqlite_with_rowid": False},
    )

    id: int
    name: str | None = None
    owner_id: int | None = None
    account_id: int | None = None
    territory_id: int | None = None
    amount: int | None = money()
    currency: str
    status: str
    stage: str | None = None
    type: str | None = None
    forecast_category: str | None = None
    created_on: date | None = None
    expected_close_on: date | None = None
    closed_on: date | None = None
    product: str | None = None
    source: str | None = None
    loss_reason: str | None = None
    probability: int | None = None
    recurring_amount: int | None = money()
    term_months: int | None = None
    reverses_id: int | None = None


class Split(Versioned, table=True):
    """A person's part of a deal in millionths; revenue splits of a deal sum to 1,000,000, overlay splits need not."""

    __tablename__ = "splits"
    __table_args__ = args(
        "deal_id", "person_id", "kind", "rev_from", refs=[("deal_id", "deals"), ("person_id", "people")]
    )

    deal_id: int
    person_id: int
    kind: str = "revenue"
    share: int


class PipelineStage(Versioned, table=True):
    __tablename__ = "pipeline"
    __table_args__ = args("stage", "rev_from")

    stage: str
    position: int
    probability: int | None = None


class StageEntry(Versioned, table=True):
    """When a deal entered a stage."""

    __tablename__ = "stages"
    __table_args__ = args("deal_id", "stage", "entered_on", "rev_from", refs=[("deal_id", "deals")])

    deal_id: int
    stage: str
    entered_on: date


class Activity(Identified, table=True):
    __tablename__ = "activities"
    __table_args__ = args("id", unique=[("key",)])


class ActivityVersion(Versioned, table=True):
    __tablename__ = "activity_versions"
    __table_args__ = args(
        "id",
        "rev_from",
        refs=[("id", "activities"), ("person_id", "people"), ("account_id", "accounts"), ("deal_id", "deals")],
        index=[("person_id", "on_day")],
    )

    id: int
    person_id: int
    account_id: int | None = None
    deal_id: int | None = None
    kind: str
    on_day: date
    minutes: int | None = None
