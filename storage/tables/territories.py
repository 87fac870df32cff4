"""Territories, the rules and pins that fill them, who holds them, and what is planned for them."""

from datetime import date

from sqlmodel import Field

from storage.tables.base import ALWAYS, OPEN_END, Identified, Versioned, args, money


class Territory(Identified, table=True):
    __tablename__ = "territories"
    __table_args__ = args("id", unique=[("key",)])


class TerritoryVersion(Versioned, table=True):
    __tablename__ = "territory_versions"
    __table_args__ = args(
        "id",
        "rev_from",
        refs=[
            ("id", "territories"),
            ("parent_id", "territories"),
            ("team_id", "teams"),
            ("merged_into_id", "territories"),
        ],
    )

    id: int
    name: str
    parent_id: int | None = None
    team_id: int | None = None
    channel: str | None = None
    potential: int | None = money()
    currency: str | None = None
    closed_on: date | None = None
    """The first day on which it is no more."""
    merged_into_id: int | None = None


class Rule(Versioned, table=True):
    """One condition of a rule: rows of one rule are and-ed, rules of a territory or-ed. `value` may list several, split by `;`."""

    __tablename__ = "rules"
    __table_args__ = args("territory_id", "rule", "dimension", "rev_from", refs=[("territory_id", "territories")])

    territory_id: int
    rule: str
    dimension: str
    value: str
    from_on: date = ALWAYS
    to_on: date = OPEN_END


class Pin(Versioned, table=True):
    """An account that is in a territory by name, whatever the rules say."""

    __tablename__ = "pins"
    __table_args__ = args(
        "account_id", "from_on", "rev_from", refs=[("account_id", "accounts"), ("territory_id", "territories")]
    )

    account_id: int
    from_on: date = ALWAYS
    to_on: date = OPEN_END
    territory_id: int


class Assignment(Versioned, table=True):
    """Who held a territory, as what; `share` is the part of a shared territory in millionths."""

    __tablename__ = "assignments"
    __table_args__ = args(
        "territory_id",
        "person_id",
        "role",
        "from_on",
        "rev_from",
        refs=[("territory_id", "territories"), ("person_id", "people")],
    )

    territory_id: int
    person_id: int
    role: str = "primary"
    from_on: date = ALWAYS
    to_on: date = OPEN_END
    share: int | None = None


class Need(Versioned, table=True):
    __tablename__ = "needs"
    __table_args__ = args("territory_id", "skill", "rev_from", refs=[("territory_id", "territories")])

    territory_id: int
    skill: str
    level: int
    weight: float | None = None


class Cost(Versioned, table=True):
    """Sales or marketing cost of a territory in a calendar month (`2026-09`)."""

    __tablename__ = "costs"
    __table_args__ = args("territory_id", "month", "kind", "rev_from", refs=[("territory_id", "territories")])

    territory_id: int
    month: str
    kind: str
    amount: int = money(nullable=False)
    currency: str


class PlanItem(Versioned, table=True):
    __tablename__ = "plans"
    __table_args__ = args(
        "territory_id", "period", "item", "rev_from", refs=[("territory_id", "territories"), ("owner_id", "people")]
    )

    territory_id: int
    period: str
    item: str
    kind: str
    owner_id: int | None = None
    due_on: date | None = None
    status: str | None = None
    progress: int | None = None
    metric: str | None = None
    goal: float | None = None
    budget: int | None = money()
    note: str | None = None


class Insight(Identified, table=True):
    __tablename__ = "insights"
    __table_args__ = args("id", unique=[("key",)])


class InsightVersion(Versioned, table=True):
    __tablename__ = "insight_versions"
    __table_args__ = args(
        "id",
        "rev_from",
        refs=[
            ("id", "insights"),
            ("territory_id", "territories"),
            ("account_id", "accounts"),
            ("author_id", "people"),
            ("owner_id", "people"),
        ],
    )

    id: int
    department: str
    kind: str
    territory_id: int | None = None
    account_id: int | None = None
    author_id: int
    text: str = Field()
    created_on: date
    owner_id: int | None = None
    due_on: date | None = None
    state: str | None = None
    outcome: str | None = None
