"""Amounts as people of several countries type them."""

import pytest

from commands.kit.amounts import parse_count, parse_money
from domain.errors import UsageError


@pytest.mark.parametrize(
    ("typed", "locale", "units"),
    [
        ("1200000", "en-US", 1_200_000),
        ("1.2M", "en-US", 1_200_000),
        ("1,2 M", "de-DE", 1_200_000),
        ("1,200,000", "en-US", 1_200_000),
        ("1.200.000", "de-DE", 1_200_000),
        ("1.200.000", "en-US", 1_200_000),
        ("1,200,000.50", "de-DE", 1_200_000.5),
        ("1.200.000,50", "en-US", 1_200_000.5),
        ("1 200 000,50", "fr-FR", 1_200_000.5),
        ("1’200’000", "de-CH", 1_200_000),
        ("250k", "en-GB", 250_000),
        ("$250K", "en-US", 250_000),
        ("USD 250 k", "en-US", 250_000),
        ("1,200", "en-US", 1_200),
        ("1.200", "de-DE", 1_200),
        ("0.125M", "en-US", 125_000),
        ("3bn", "en-US", 3_000_000_000),
        ("99.95", "en-US", 99.95),
        ("1250,5", "en-US", 1_250.5),
        ("+5", "en-US", 5),
    ],
)
def test_what_is_clear_is_read(typed: str, locale: str, units: float) -> None:
    assert parse_money(typed, "USD", locale) == round(units * 100)


@pytest.mark.parametrize(
    ("typed", "locale", "says"),
    [
        ("1.200", "en-US", "can be read as 1200 or as 1.2"),
        ("1,200", "de-DE", "can be read as 1200 or as 1,2"),
        ("1.250M", "en-US", "can be read as 1250 or as 1.25"),
        ("1,20,000", "en-US", "don't fit together"),
        ("1.2.3,4,5", "en-US", "don't fit together"),
        ("-5", "en-US", "can't be negative"),
        ("−5k", "en-US", "can't be negative"),
        ("0", "en-US", "zero"),
        ("0.00", "en-US", "zero"),
        ("9" * 16, "en-US", "more than any target"),
        ("9999999bn", "en-US", "more than any target"),
        ("9" * 60, "en-US", "is no amount"),
        ("lots", "en-US", "is no amount"),
        ("", "en-US", "is no amount"),
        ("12 apples", "en-US", "can't read"),
        ("€5k", "en-US", "The amount says €, but the currency chosen is USD"),
        ("5k eur", "en-US", "The amount says EUR, but the currency chosen is USD"),
        ("1.234", "fr-FR", "can be read as"),
        ("0.12345", "en-US", "USD has 2 decimal places"),
        ("１２\n<!channel>", "en-US", "can't read"),
    ],
)
def test_what_is_not_clear_is_refused_with_a_reason(typed: str, locale: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_money(typed, "USD", locale)
    assert says in refused.value.message


def test_a_currency_without_minor_units() -> None:
    assert parse_money("¥1.2M", "JPY", "en-US") == 1_200_000
    with pytest.raises(UsageError, match="no decimal places"):
        parse_money("1.5", "JPY", "en-US")


def test_counts_are_whole() -> None:
    assert parse_count("1,200", "en-US") == 1_200
    assert parse_count("1.2k", "en-US") == 1_200
    with pytest.raises(UsageError, match="no whole number"):
        parse_count("1.5", "en-US")
    with pytest.raises(UsageError, match="counted, not paid"):
        parse_count("5 EUR", "en-US")
