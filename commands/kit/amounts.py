"""Amounts as people type them: `1.2M`, `250k`, `1,200,000`, `1 200 000,50 €`."""

import re
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

from domain.errors import UsageError
from domain.money import exponent, is_currency
from templates.numbers import locale_of

_FACTORS = {"": 0, "k": 3, "m": 6, "mn": 6, "mio": 6, "mm": 6, "bn": 9, "b": 9, "mrd": 9}
_SIGNS = {"€": {"EUR"}, "£": {"GBP"}, "¥": {"JPY", "CNY"}, "₹": {"INR"}, "₩": {"KRW"}}
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’_]+")
_SHAPE = re.compile(r"(?P<before>[^\d.,+\-−]*)(?P<minus>[+\-−]?)(?P<number>[\d.,]*\d[.,]?)(?P<after>\D*)")
_WORDS = re.compile(r"[A-Za-z]+")
_LONGEST = 40
_MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class _Written:
    """A number with one separator that may be a decimal point or group thousands."""

    text: str
    decimal: str
    group: str


def parse_money(typed: str, currency: str, locale: str) -> int:
    """Minor units of `currency`. Raises UsageError, in one sentence, for what is unclear, negative, zero or absurd."""
    number = _amount(typed, locale, currency)
    minor = number.scaleb(exponent(currency))
    if minor != minor.to_integral_value():
        places = exponent(currency)
        raise UsageError(f"{currency} has {places or 'no'} decimal places: '{_shown(typed)}' is finer than that.")
    return int(minor)


def parse_count(typed: str, locale: str) -> int:
    """A whole number of things. Raises UsageError as `parse_money`."""
    number = _amount(typed, locale, None)
    if number != number.to_integral_value():
        raise UsageError(f"'{_shown(typed)}' is no whole number. Customers and meetings are counted whole.")
    return int(number)


def _amount(typed: str, locale: str, currency: str | None) -> Decimal:
    whole = _SPACES.sub("", typed)
    shape = _SHAPE.fullmatch(whole)
    if shape is None or len(typed) > _LONGEST:
        raise UsageError(f"'{_shown(typed)}' is no amount. Write it like 1200000, 1.2M or 250k.")
    if shape["minus"] in ("-", "−"):
        raise UsageError("A target can't be negative. Write the amount without the minus sign.")
    power = _power(shape["before"], shape["after"], currency, typed, locale)
    number = Decimal(_plain(shape["number"], typed, locale)).scaleb(power)
    if not number:
        raise UsageError("A target of zero asks for nothing. Write an amount above zero.")
    if number.adjusted() >= _MOST_DIGITS:
        raise UsageError(f"'{_shown(typed)}' is more than any target. Check the number of zeros.")
    return number


def _power(before: str, after: str, currency: str | None, typed: str, locale: str) -> int:
    """The power of ten that a suffix means; a currency beside the number has to be the chosen one."""
    rest = before + after
    known = {currency or "", get_currency_symbol(currency, locale=locale_of(locale)) if currency else "", "$"}
    for sign in sorted(known - {""}, key=len, reverse=True):
        if currency or sign != "$":
            rest = re.sub(re.escape(sign), "", rest, count=1, flags=re.IGNORECASE)
    _refuse_other_currency(rest, currency)
    if rest.casefold() not in _FACTORS:
        raise UsageError(f"I can't read '{_shown(typed)}'. Write it like 1200000, 1.2M or 250k.")
    return _FACTORS[rest.casefold()]


def _refuse_other_currency(rest: str, currency: str | None) -> None:
    words = [word.upper() for word in _WORDS.findall(rest)]
    codes = {code for word in words for code in (word[:3], word[-3:]) if is_currency(code)}
    named = codes | {sign for sign in _SIGNS if sign in rest and currency not in _SIGNS[sign]}
    if named:
        chosen = f"the currency chosen is {currency}" if currency else "this metric is counted, not paid"
        raise UsageError(f"The amount says {min(named)}, but {chosen}. Make the two agree.")


def _plain(number: str, typed: str, locale: str) -> str:
    """The number with a point for decimals and nothing else. Raises UsageError if it can be read in two ways."""
    point, comma = number.count("."), number.count(",")
    if not point and not comma:
        return number
    if point and comma:
        last = max(number, key=lambda sign: number.rfind(sign) if sign in ".," else -1)
        return _grouped(_Written(number, last, "," if last == "." else "."), typed)
    sign = "." if point else ","
    if max(point, comma) > 1:
        return _grouped(_Written(number, "", sign), typed)
    left, right = number.split(sign)
    if len(right) != 3 or not 1 <= len(left) <= 3 or left.startswith("0"):
        return f"{left or '0'}.{right or '0'}"
    return _one_sign(left, right, sign, typed, locale)


def _one_sign(left: str, right: str, sign: str, typed: str, locale: str) -> str:
    """`1,200`: thousands where people write them so, unclear where the sign stands for decimals."""
    where = locale_of(locale)
    groups = get_group_symbol(where)
    if sign == groups and sign != get_decimal_symbol(where):
        return left + right
    point = get_decimal_symbol(where)
    raise UsageError(
        f"'{_shown(typed)}' can be read as {left}{right} or as {left}{point}{right.rstrip('0') or '0'}. Write one of these."
    )


def _grouped(written: _Written, typed: str) -> str:
    """Thousands are in groups of three, or the separators mean something else."""
    whole, _, decimals = written.text.partition(written.decimal) if written.decimal else (written.text, "", "")
    first, *groups = whole.split(written.group)
    if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups) or written.group in decimals:
        raise UsageError(f"The dots and commas in '{_shown(typed)}' don't fit together. Write it like 1200000 or 1.2M.")
    return "".join([first, *groups]) + (f".{decimals}" if decimals else "")


def _shown(typed: str) -> str:
    return " ".join(typed.split())[:_LONGEST]
