"""One cell at a time: from the text of a file to the value that is stored. What can't be read raises ValueError with the reason."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from domain.company import WHOLE
from domain.errors import DataError
from domain.money import exponent, is_currency
from domain.periods import PeriodKind, parse_label
from storage.kinds import Column, Type

Cell = Callable[[str], object]

_PLAIN = re.compile(r"-?(?:\d{1,30}(?:\.\d{1,30})?|\.\d{1,30})", re.ASCII)
_GUARDED = re.compile(r"'+[=+\-@]")
_CURRENCY = re.compile(r"^(?:[A-Z]{3}|[^\w\s().,'-])\s?(?=[\d-])|(?<=\d)\s?(?:[A-Z]{3}|[^\w\s().,'-])$")
_NEGATIVE = re.compile(r"\([^()]*\d[^()]*\)|[^-]*\d[^-]*-")
_ONE_COMMA = re.compile(r"-?\d{1,3},\d{3}", re.ASCII)
_COMMAS = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"-?(?:\d{1,3}(?:[.\s'’]\d{3})*|\d+),\d+|-?\d{1,3}(?:\.\d{3}){2,}")
_SERIAL = re.compile(r"[1-9]\d{4}", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,10}(?:\.0*)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:.*", re.ASCII)
_OTHER_DAY = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})", re.ASCII)
NO_SUCH_DAY = "is a day that does not exist"
_LISTED_ZONE = re.compile(r"\(GMT.*\((\S+)\)", re.ASCII)
_YEARS = range(1800, 3000)
"""The day before and the day after must be days too: 9999-12-31 has no next one."""
_MOST_DIGITS = 15
BIG = 10**_MOST_DIGITS
RATE_ONE = 10**12


def number(cell: str) -> Decimal:
    """A plain decimal: no thousands separators, exponents or signs of a currency."""
    if not _PLAIN.fullmatch(cell):
        raise ValueError("is not a plain decimal number such as 1234.50" + _remedy(cell))
    return Decimal(cell)


def _remedy(cell: str) -> str:
    """How to have a number read that is not written plainly; nothing for what is none."""
    if _NEGATIVE.fullmatch(cell):
        return ": a negative one has its minus in front"
    bare = _CURRENCY.sub("", cell)
    if _ONE_COMMA.fullmatch(bare):
        return ": its comma may be a decimal one or not, which a mapping says with decimal or strip"
    if _COMMAS.fullmatch(bare) or (bare != cell and _PLAIN.fullmatch(bare)):
        return ": a mapping takes out such marks with strip"
    return ': a mapping reads it with decimal: ","' if _DECIMAL_COMMA.fullmatch(bare) else ""


def minor_units(cell: str, digits: int) -> tuple[int, bool]:
    """An amount in minor units, rounded half-even, and whether rounding changed it."""
    if not _PLAIN.fullmatch(cell):
        raise ValueError("is not a plain decimal amount such as 1234.50" + _remedy(cell))
    whole, _, part = cell.partition(".")
    if len(whole) <= _MOST_DIGITS - digits and len(part) <= digits:
        return int(whole + part.ljust(digits, "0")), False
    exact = Decimal(cell).scaleb(digits)
    rounded = int(exact.to_integral_value(ROUND_HALF_EVEN))
    if abs(rounded) >= BIG:
        raise ValueError("is too large an amount")
    return rounded, rounded != exact


def share(cell: str) -> int:
    """A percentage in millionths; up to 4 decimals are exact."""
    exact = number(cell.removesuffix("%").rstrip()) * (WHOLE // 100)
    if exact != exact.to_integral_value():
        raise ValueError("has more than 4 decimals")
    return int(exact)


def rate(cell: str) -> int:
    """A rate times 10**12, rounded half-even."""
    value = int((number(cell) * RATE_ONE).to_integral_value(ROUND_HALF_EVEN))
    if not 0 < value < 2**62:
        raise ValueError("is not a rate: it must be above 0 and below 4,000,000")
    return value


def whole(cell: str) -> int:
    if not _WHOLE.fullmatch(cell):
        raise ValueError("is not a whole number" + _remedy(cell))
    return int(cell.partition(".")[0])


def text(cell: str) -> str:
    """The text without the ' that guards it from spreadsheets."""
    return cell[1:] if cell[0] == "'" and _GUARDED.match(cell) else cell


def literal(text: str) -> str:
    """The cell that is read as exactly this text: what looks guarded already gets a guard of its own."""
    return f"'{text}" if _GUARDED.match(text) else text


def days(zone: str) -> Callable[[str], date]:
    """Dates; an instant becomes the date that it is in the workspace's zone."""
    local = ZoneInfo(zone)

    def read(cell: str) -> date:
        if _DAY.fullmatch(cell):
            return date.fromisoformat(cell)
        instant = datetime.fromisoformat(cell if _INSTANT.fullmatch(cell) else "")
        return (instant.astimezone(local) if instant.tzinfo else instant.replace(tzinfo=UTC)).date()

    def day(cell: str) -> date:
        try:
            found = read(cell)
        except (ValueError, OverflowError) as error:
            raise ValueError(_no_date(cell)) from error
        if found.year not in _YEARS:
            raise ValueError("is not a date from 1800 to 2999; no end is a blank cell")
        return found

    return day


def _no_date(cell: str) -> str:
    """Why a cell is no date, and how to have one of another form read."""
    if _is_no_day(cell):
        return NO_SUCH_DAY
    said = "is not a date such as 2026-03-31"
    if _SERIAL.fullmatch(cell):
        return f"{said}: it looks like Excel's number of a day, so format the column as a date there"
    return f"{said}: a mapping reads other forms with dates" if re.search(r"\d", cell) else said


def _is_no_day(cell: str) -> bool:
    """Whether `2026-02-30` or `31.02.2026` is written like a day and is none, whichever number is the month."""
    if _DAY.fullmatch(cell[:10]):
        year, month, day = map(int, cell[:10].split("-"))
        return not _exists(year, month, day)
    other = _OTHER_DAY.fullmatch(cell)
    if other is None:
        return False
    first, second, year = int(other[1]), int(other[3]), int(other[4])
    return not (_exists(year, first, second) or _exists(year, second, first))


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _period(*kinds: PeriodKind) -> Cell:
    def period(cell: str) -> str:
        try:
            found = parse_label(cell, 1)
        except DataError as error:
            raise ValueError("is not " + _period_forms(kinds)) from error
        if found.kind not in kinds:
            raise ValueError("is not " + _period_forms(kinds))
        return cell

    return period


def _period_forms(kinds: tuple[PeriodKind, ...]) -> str:
    forms = {
        PeriodKind.MONTH: "a month such as 2026-09",
        PeriodKind.QUARTER: "a quarter such as 2026Q3",
        PeriodKind.YEAR: "a fiscal year such as FY2026",
    }
    return " or ".join(forms[kind] for kind in kinds)


def currency(cell: str) -> str:
    if not is_currency(cell):
        raise ValueError("is not a currency code such as USD")
    return cell


@cache
def _countries() -> dict[str, str]:
    # Loaded only when a file has a column of countries.
    from babel import Locale

    names: dict[str, str] = dict(Locale("en").territories.items())
    found = {name.casefold(): code for code, name in names.items() if len(code) == 2 and code.isalpha()}
    found |= {code.casefold(): code for code in names if len(code) == 2 and code.isalpha()}
    return found | {name.casefold(): code for name, code in _OTHER_NAMES.items()}


_OTHER_NAMES = {
    "United States of America": "US",
    "USA": "US",
    "UK": "GB",
    "Great Britain": "GB",
    "Czech Republic": "CZ",
    "Turkey": "TR",
    "Hong Kong": "HK",
    "Macau": "MO",
    "Myanmar": "MM",
    "Ivory Coast": "CI",
    "Republic of Korea": "KR",
    "Korea, Republic of": "KR",
    "Russian Federation": "RU",
    "Viet Nam": "VN",
    "Holland": "NL",
}


def country(cell: str) -> str:
    found = _countries().get(cell.casefold())
    if found is None:
        raise ValueError("is not a country: use its two-letter code or English name")
    return found


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone(cell: str) -> str:
    """`Europe/Paris`, also as it is called in lists: `(GMT+01:00) Central European Standard Time (Europe/Paris)`."""
    listed = _LISTED_ZONE.fullmatch(cell)
    found = listed[1] if listed else cell
    if found not in _zones():
        raise ValueError("is not a time zone such as Europe/Paris")
    return found


def choice(choices: tuple[str, ...]) -> Cell:
    """One of the words; capital letters don't matter."""

    def chosen(cell: str) -> str:
        if cell in choices:
            return cell
        lowered = cell.lower()
        if lowered not in choices:
            raise ValueError(f"is not one of {', '.join(choices)}")
        return lowered

    return chosen


def _bounded(convert: Cell, low: int, high: int, unit: int = 1) -> Cell:
    def bounded(cell: str) -> object:
        value = convert(cell)
        if not low * unit <= value <= high * unit:  # type: ignore[operator]
            raise ValueError(f"must be between {low:,} and {high:,}" if high < BIG else f"must be at least {low:,}")
        return value

    return bounded


def reader(column: Column, timezone: str) -> Cell:
    """The function that reads a column's cells. Amounts and references need their row, and are read elsewhere."""
    convert = _plain_reader(column, timezone)
    if column.low is None and column.high is None:
        return convert
    unit = WHOLE // 100 if column.type is Type.PERCENT else 1
    return _bounded(
        convert, -BIG if column.low is None else column.low, BIG if column.high is None else column.high, unit
    )


def _plain_reader(column: Column, timezone: str) -> Cell:
    if column.type is Type.CHOICE:
        return choice(column.choices)
    if column.type is Type.DATE:
        return days(timezone)
    return _READERS[column.type]


_READERS: dict[Type, Cell] = {
    Type.TEXT: text,
    Type.INTEGER: whole,
    Type.NUMBER: lambda cell: float(number(cell)),
    Type.MONTH: _period(PeriodKind.MONTH),
    Type.PERIOD: _period(PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR),
    Type.RATE_PERIOD: _period(PeriodKind.MONTH, PeriodKind.YEAR),
    Type.PERCENT: share,
    Type.RATE: rate,
    Type.CURRENCY: currency,
    Type.COUNTRY: country,
    Type.ZONE: zone,
    Type.REFERENCE: text,
}

__all__ = ["Cell", "choice", "country", "days", "exponent", "minor_units", "number", "reader", "share", "text", "whole"]
