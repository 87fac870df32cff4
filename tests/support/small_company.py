"""A small company in files: a territory that changes hands, one that is nobody's, a target above them, two currencies."""

from datetime import UTC, date, datetime
from pathlib import Path

from domain.periods import parse_label
from tests.support.imports import write

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOW.date()
Q4 = parse_label("2026Q4", 1)
DECEMBER = date(2026, 12, 1)

DEALS = (
    ("won", "ana", "ohio", "400.10", "2026-11-02"),
    ("own", "ana", "ohio", "120.00", "2026-12-10"),
    ("held", "", "ohio", "1000.00", "2026-11-27"),
    ("vacant", "", "iowa", "70.00", "2026-12-20"),
    ("parent", "mona", "midwest", "31.00", "2026-12-21"),
    ("nowhere", "", "", "5.00", "2026-11-30"),
    ("first", "ben", "iowa", "33.33", "2026-12-01"),
    ("second", "ben", "iowa", "33.34", "2026-11-30"),
)


def files(folder: Path) -> Path:
    """Ohio is Ana's until December, then Ben's; Iowa is nobody's; the Midwest asks for less than the two of them."""
    write(
        folder,
        "people",
        {"person": "mona", "name": "Mona", "role": "manager"},
        *({"person": one, "name": one.title(), "role": "rep", "manager": "mona", "team": "field"} for one in ("ana", "ben")),
    )  # fmt: skip
    write(folder, "teams", {"team": "field", "name": "Field"})
    parents = {"midwest": "", "ohio": "midwest", "iowa": "midwest"}
    write(
        folder, "territories", *({"territory": one, "name": one.title(), "parent": up} for one, up in parents.items())
    )
    write(folder, "assignments", {"territory": "ohio", "person": "ana", "from": "2026-01-01"})
    amounts = {"midwest": 1_000, "ohio": 900, "iowa": 200}
    write(
        folder,
        "targets",
        *({"subject_kind": "territory", "subject": one, "period": "2026Q4", "amount": n} for one, n in amounts.items()),
    )
    write(folder, "rates", {"currency": "EUR", "period": "2026-10", "rate": "1.2345"})
    write(folder, "deals", *(deal(*one) for one in DEALS))
    return folder


def deal(key: str, owner: str, territory: str, amount: str, day: str) -> dict[str, str]:
    closed = key == "won"
    return {
        "deal": key,
        "owner": owner,
        "territory": territory,
        "amount": amount,
        "currency": "EUR" if owner == "ben" else "USD",
        "status": "won" if closed else "open",
        "closed_on": day if closed else "",
        "expected_close_on": day,
    }
