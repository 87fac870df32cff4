"""Import files: the columns of each kind, and the writing of them."""

import csv
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

COLUMNS = {
    kind: tuple(columns.split())
    for kind, columns in {
        "people": "person name email slack_user_id role manager team timezone hired_on left_on ramp latitude longitude",
        "teams": "team name parent lead channel",
        "reporting": "person from to manager team",
        "absences": "person from to relief_percent delegate",
        "ramps": "profile month percent",
        "territories": "territory name parent team channel potential currency",
        "pins": "account territory from to",
        "assignments": "territory person role from to split_percent",
        "accounts": (
            "account name parent territory industry country region postal_code latitude longitude "
            "employees annual_revenue potential service_minutes visits_per_year"
        ),
        "deals": (
            "deal name owner account territory amount currency status stage type forecast_category created_on "
            "expected_close_on closed_on product source loss_reason probability recurring_amount term_months reverses"
        ),
        "splits": "deal person kind percent",
        "pipeline": "stage position probability",
        "stages": "deal stage entered_on",
        "activities": "activity person account deal kind on minutes",
        "targets": "subject_kind subject period metric amount currency profile state",
        "seasonality": "profile month percent",
        "rates": "currency period rate",
        "holidays": "calendar date name",
    }.items()
}


def money(cents: int) -> str:
    """Minor units of a two-digit currency as a plain decimal: `1234` or `1234.50`."""
    whole, rest = divmod(abs(cents), 100)
    text = f"{whole}.{rest:02d}" if rest else str(whole)
    return f"-{text}" if cents < 0 else text


def _is_number(text: str) -> bool:
    try:
        Decimal(text)
    except InvalidOperation:
        return False
    return True


def cell(value: object) -> str:
    """A value as a CSV cell; text that a spreadsheet would run is written with a leading '."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, date) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") and text and not _is_number(text) else text


def write_kind(folder: Path, kind: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Writes `<kind>.csv` with its header: UTF-8, LF."""
    with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS[kind])
        writer.writerows([cell(value) for value in row] for row in rows)
