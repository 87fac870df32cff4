"""A small company with rows of every kind and a cell in every column, whose texts look like anything but text."""

from pathlib import Path

from storage.kinds import KINDS, Type
from tests.support.imports import write

TEXTS = (
    "=1+1",
    "+49 30 1234",
    "-x",
    "@sum",
    "'quoted'",
    "'=guarded",
    "''-twice",
    'says "hi", twice',
    "two\nlines",
    "one\r\nmore",
    "Zoë 東京",
    "00123",
    "1e5",
    "true",
    "2026-01-01",
    "_x0041_",
    "#N/A",
)
ODD = {f"odd {at}": text for at, text in enumerate(TEXTS)}
"""Plain keys to odd texts."""
LONG = 0.12345678901234567
Rows = list[dict[str, object]]
ODD_ACCOUNTS: Rows = [{"account": key, "name": text, "region": text, "industry": text} for key, text in ODD.items()]
ODD_DEALS: Rows = [{"deal": key, "name": text, "product": text, "status": "open"} for key, text in ODD.items()]
ODD_KEYS: Rows = [{"deal": text, "status": "open"} for text in TEXTS]
ODD_STAGES: Rows = [{"deal": "D2", "stage": text, "entered_on": "2026-01-02"} for text in TEXTS]
PEOPLE: Rows = [
    {
        "person": "@ana",
        "name": "=Ana",
        "email": "ana@x.example",
        "slack_user_id": "U1",
        "role": "rep",
        "manager": "'=mona",
        "team": "+blue",
        "timezone": "Europe/Paris",
        "hired_on": "2025-03-01",
        "left_on": "2026-12-31",
        "ramp": "-slow",
        "latitude": LONG,
        "longitude": -73.98765432101234,
    },
    {"person": "'=mona", "name": "Mona", "role": "manager", "hired_on": "1899-12-31"},
    {"person": "ben", "name": "Ben", "role": "partner", "hired_on": "1900-01-15"},
]
LAND: dict[str, Rows] = {
    "teams": [
        {"team": "+blue", "name": "-Blue", "parent": "all", "lead": "'=mona", "channel": "#blue"},
        {"team": "all", "name": "All"},
    ],
    "territories": [
        {
            "territory": "=west",
            "name": "@West",
            "parent": "world",
            "team": "+blue",
            "channel": "C1",
            "potential": "1234567890.05",
            "currency": "EUR",
        },
        {"territory": "world", "name": "World"},
    ],
    "rules": [
        {
            "territory": "=west",
            "rule": "1",
            "dimension": "country",
            "value": "US;CA",
            "from": "2026-01-01",
            "to": "2027-01-01",
        },
        {"territory": "=west", "rule": "1", "dimension": "employees_min", "value": "50.5"},
    ],
    "assignments": [
        {"territory": "=west", "person": "@ana", "from": "2025-03-01", "to": "2026-06-01", "split_percent": "33.3333"},
        {"territory": "=west", "person": "ben", "from": "2026-06-01"},
        {"territory": "world", "person": "ben", "role": "overlay"},
    ],
    "needs": [{"territory": "=west", "skill": "=negotiation", "level": "4", "weight": LONG}],
    "costs": [
        {"territory": "world", "month": "2026-01", "kind": "marketing", "amount": "0.5", "currency": "EUR"},
        {"territory": "world", "month": "2026-02", "kind": "sales", "amount": "-3"},
    ],
    "plans": [
        {
            "territory": "=west",
            "period": "2026Q1",
            "item": "=visit",
            "kind": "outreach",
            "owner": "@ana",
            "due_on": "2026-03-31",
            "status": "-late",
            "progress_percent": "12.5",
            "metric": "+visits",
            "goal": "1000000",
            "budget": "99.95",
            "note": "@note",
        }
    ],
    "insights": [
        {
            "insight": "-1",
            "department": "product",
            "kind": "=wish",
            "territory": "=west",
            "account": "=top",
            "author": "@ana",
            "text": "two\nlines, =and more",
            "created_on": "2026-02-01",
            "owner": "ben",
            "due_on": "2026-04-01",
            "state": "+open",
            "outcome": "'",
        }
    ],
}
PLANNING: dict[str, Rows] = {
    "reporting": [
        {"person": "ben", "from": "2026-01-01", "to": "2026-05-01", "manager": "'=mona", "team": "all"},
        {"person": "ben", "from": "2026-05-01", "team": "+blue"},
    ],
    "absences": [
        {"person": "@ana", "from": "2026-02-02", "to": "2026-02-02", "relief_percent": "0.0001", "delegate": "ben"}
    ],
    "ramps": [{"profile": "-slow", "month": "0", "percent": "150"}],
    "seasonality": [
        {"profile": "=flat", "month": "1", "percent": "33.3333"},
        {"profile": "=flat", "month": "12", "percent": "66.6667"},
    ],
    "targets": [
        {
            "subject_kind": "person",
            "subject": "@ana",
            "period": "FY2027",
            "metric": "revenue",
            "amount": "100000.01",
            "currency": "JPY",
            "profile": "=flat",
            "state": "draft",
        },
        {"subject_kind": "territory", "subject": "=west", "period": "2026Q1", "metric": "meetings", "amount": "12"},
        {"subject_kind": "team", "subject": "+blue", "period": "2026-02", "amount": "5"},
    ],
    "rates": [
        {"currency": "EUR", "period": "2026-01", "rate": "1.123456789012"},
        {"currency": "JPY", "period": "2026-01", "rate": "0.0067"},
        {"currency": "JPY", "period": "FY2026", "rate": "0.007"},
    ],
    "holidays": [{"calendar": "=ours", "date": "2026-05-01", "name": "'May Day'"}],
    "courses": [
        {
            "course": "+101",
            "name": "=Selling",
            "kind": "in_person",
            "skill": "=negotiation",
            "level": "2",
            "minutes": "90",
            "valid_months": "24",
            "provider": "@house",
            "link": "https://x.example/?a=1",
            "prerequisites": "-none",
            "confirmation": "manager",
        }
    ],
    "training": [
        {
            "person": "@ana",
            "course": "+101",
            "completed_on": "2026-01-15",
            "minutes": "85",
            "score": LONG,
            "mentor": "'=mona",
            "notes": "=fine",
        }
    ],
    "skills": [
        {
            "person": "@ana",
            "skill": "=negotiation",
            "source": "exam",
            "level": "3",
            "on": "2026-01-16",
            "valid_to": "2027-01-16",
        }
    ],
}
SELLING: dict[str, Rows] = {
    "accounts": [
        {
            "account": "=top",
            "name": "@Top",
            "parent": "group",
            "territory": "=west",
            "industry": "-steel",
            "country": "South Korea",
            "region": "+north",
            "postal_code": "00123",
            "latitude": "37.5",
            "longitude": "-0.000001",
            "employees": "2147483647",
            "annual_revenue": "9999999999999.99",
            "potential": "0.01",
            "service_minutes": "0",
            "visits_per_year": "12",
        },
        {"account": "group", "name": "Group"},
        *ODD_ACCOUNTS,
    ],
    "pins": [
        {"account": "group", "territory": "world", "from": "2026-01-01", "to": "2026-02-01"},
        {"account": "group", "territory": "=west", "from": "2026-03-01"},
    ],
    "pipeline": [
        {"stage": "=first", "position": "-1", "probability": "12.3456"},
        {"stage": "last", "position": "7"},
    ],
    "deals": [
        {
            "deal": "=D1",
            "name": "-name",
            "owner": "@ana",
            "account": "=top",
            "territory": "=west",
            "amount": "123456789.99",
            "currency": "EUR",
            "status": "won",
            "stage": "=first",
            "type": "new",
            "created_on": "2025-12-01",
            "closed_on": "2026-01-31",
            "product": "+plus",
            "source": "@web",
            "recurring_amount": "10.01",
            "term_months": "36",
        },
        {
            "deal": "D2",
            "owner": "ben",
            "account": "odd 0",
            "amount": "77",
            "currency": "JPY",
            "status": "open",
            "forecast_category": "best_case",
            "expected_close_on": "2026-04-30",
            "probability": "12.5",
        },
        {"deal": "D3", "owner": "ben", "status": "lost", "closed_on": "2026-02-28", "loss_reason": "'=price"},
        {
            "deal": "D4",
            "owner": "@ana",
            "amount": "3",
            "currency": "EUR",
            "status": "won",
            "type": "return",
            "closed_on": "2026-02-01",
            "reverses": "=D1",
        },
        *ODD_DEALS,
        *ODD_KEYS,
    ],
    "splits": [
        {"deal": "=D1", "person": "@ana", "kind": "revenue", "percent": "33.3333"},
        {"deal": "=D1", "person": "ben", "percent": "66.6667"},
        {"deal": "=D1", "person": "'=mona", "kind": "overlay", "percent": "0.0001"},
    ],
    "stages": [
        {"deal": "=D1", "stage": "=first", "entered_on": "2025-12-02"},
        *ODD_STAGES,
    ],
    "activities": [
        {
            "activity": "+A1",
            "person": "@ana",
            "account": "=top",
            "deal": "=D1",
            "kind": "meeting",
            "on": "2026-01-05",
            "minutes": "45",
        }
    ],
}
ROWS: dict[str, Rows] = {"people": PEOPLE} | LAND | PLANNING | SELLING


def write_company(folder: Path) -> Path:
    """A CSV file of each kind."""
    for kind, rows in ROWS.items():
        write(folder, kind, *({name: _cell(kind, name, cell) for name, cell in row.items()} for row in rows))
    return folder


def _cell(kind: str, column: str, cell: object) -> object:
    is_text = KINDS[kind].by_name[column].type in (Type.TEXT, Type.REFERENCE)
    return guarded(str(cell)) if is_text else cell


def guarded(text: str) -> str:
    """A text as CSV has it: with a ' in front, where a spreadsheet would see a formula or a guard."""
    return f"'{text}" if text.lstrip("'").startswith(("=", "+", "-", "@")) else text
