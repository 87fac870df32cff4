"""One cell at a time: what is read, how it is rounded, and what is refused with which words."""

import re
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.importing import cells
from storage.kinds import KINDS


@pytest.mark.parametrize("cell", ["1,234.50", "NaN", "1e400", "Infinity", "$5", "5.", "--5", "1 000", "+5", "٣", ""])
def test_what_is_no_plain_decimal_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="plain decimal"):
        cells.minor_units(cell, 2)


STRIP = ": a mapping takes out such marks with strip"
DECIMAL = ': a mapping reads it with decimal: ","'
EITHER = ": its comma may be a decimal one or not, which a mapping says with decimal or strip"
MINUS = ": a negative one has its minus in front"
REMEDIES = {
    STRIP: ["1,234.50", "-1,234.50", "1,234,567", "$5", "5 €", "EUR 5", "50%"],
    DECIMAL: ["1.234,50", "1 234,50", "1\u202f234,5", "1'234,50", "12,50", "5,00 EUR", "12,5 %", "1.234.567"],
    EITHER: ["1,234", "$1,234"],
    MINUS: ["(500)", "($1,234.50)", "500-"],
    "": ["ten", "NaN", "1e400", "1,2,3", "٣"],
}


@pytest.mark.parametrize(("remedy", "cell"), [(remedy, cell) for remedy, some in REMEDIES.items() for cell in some])
def test_a_number_in_another_form_is_refused_with_what_reads_it(remedy: str, cell: str) -> None:
    for read in (lambda cell: cells.minor_units(cell, 2), cells.number, cells.whole):
        with pytest.raises(ValueError, match=f"(1234.50|whole number){re.escape(remedy)}$"):
            read(cell)


@pytest.mark.parametrize(
    ("cell", "remedy"),
    [
        ("31.12.2026", ": a mapping reads other forms with dates"),
        ("3/31/2026", ": a mapping reads other forms with dates"),
        ("46112", ": it looks like Excel's number of a day, so format the column as a date there"),
        ("soon", ""),
    ],
)
def test_a_date_in_another_form_is_refused_with_what_reads_it(cell: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=f"2026-03-31{re.escape(remedy)}$"):
        cells.days("UTC")(cell)


@pytest.mark.parametrize(
    ("cell", "digits", "minor", "rounded"),
    [
        ("12.5", 2, 1250, False),
        ("-0.01", 2, -1, False),
        ("0.005", 2, 0, True),
        ("0.015", 2, 2, True),
        ("2.675000", 2, 268, True),
        ("1.2000", 2, 120, False),
        ("99.5", 0, 100, True),
        ("98.5", 0, 98, True),
        ("1.2345", 3, 1234, True),
        (".5", 2, 50, False),
    ],
)
def test_amounts_round_half_even_and_say_so(cell: str, digits: int, minor: int, rounded: bool) -> None:
    assert cells.minor_units(cell, digits) == (minor, rounded)


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=4), st.sampled_from([0, 2, 3]))
def test_amounts_agree_with_decimal_arithmetic(amount: Decimal, digits: int) -> None:
    minor, rounded = cells.minor_units(format(amount, "f"), digits)
    exact = amount.scaleb(digits)
    assert minor == int(exact.to_integral_value(ROUND_HALF_EVEN))
    assert rounded == (minor != exact)


def test_an_amount_that_no_bigint_sum_could_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        cells.minor_units("9" * 20, 2)


@pytest.mark.parametrize(
    ("cell", "share"), [("33.3333", 333333), ("99.99 %", 999900), ("100", 1_000_000), ("0.0001", 1)]
)
def test_percents_are_exact_to_four_decimals(cell: str, share: int) -> None:
    assert cells.share(cell) == share


def test_a_percent_that_is_finer_is_refused() -> None:
    with pytest.raises(ValueError, match="4 decimals"):
        cells.share("33.33333")


def test_an_instant_is_the_day_that_it_was_in_the_workspace() -> None:
    day = cells.days("America/New_York")
    assert day("2026-03-01") == date(2026, 3, 1)
    assert day("2026-03-01T03:30:00Z") == date(2026, 2, 28)
    assert day("2026-03-01 23:30:00") == date(2026, 3, 1)


@pytest.mark.parametrize(
    "cell", ["31.03.2026", "3/31/2026", "20260331", "2026-W10-1", "today", "2026-03-31T25:00", "2026-03-31 or so"]
)
def test_what_is_no_iso_date_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        cells.days("UTC")(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-02-30",
        "2026-13-01",
        "0000-00-00",
        "2026-02-30T10:00:00Z",
        "31.02.2026",
        "2/30/2026",
        "31-9-2026",
        "0.1.2026",
    ],
)
def test_a_day_that_does_not_exist_is_told(cell: str) -> None:
    with pytest.raises(ValueError, match=r"^is a day that does not exist$"):
        cells.days("UTC")(cell)


@pytest.mark.parametrize(
    ("cell", "code"), [("South Korea", "KR"), ("us", "US"), ("Philippines", "PH"), ("GERMANY", "DE")]
)
def test_countries_are_read_by_code_and_name(cell: str, code: str) -> None:
    assert cells.country(cell) == code


def test_a_misspelt_country_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="is not a country"):
        cells.country("Philipines")


def test_only_a_guard_is_taken_off() -> None:
    assert cells.text("'=SUM(A1)") == "=SUM(A1)"
    assert cells.text("''-x") == "'-x"
    assert cells.text("'quoted'") == "'quoted'"


def test_bounds_of_a_column() -> None:
    month = cells.reader(KINDS["seasonality"].by_name["month"], "UTC")
    assert month("12") == 12
    with pytest.raises(ValueError, match="between 1 and 12"):
        month("13")
