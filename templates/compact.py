"""Babel's short form of an amount, without looking for its pattern anew each time: the search is most of Babel's time."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import NumberPattern, get_currency_symbol

_OTHER = "other"
_NOT_SHORTENED = "0"


@dataclass(frozen=True, slots=True)
class _Step:
    """How amounts from `least` on are written: divided, by a pattern for each plural form, or by none."""

    least: int
    divisor: int
    patterns: Mapping[str, NumberPattern]


def compact_currency(amount: Decimal, currency: str, *, digits: int, where: Locale) -> str | None:
    """What `format_compact_currency` makes of it; None where the language has no short form of such an amount."""
    step = next((step for step in _steps(where, currency) if abs(amount) >= step.least), None)
    if step is None or not step.patterns:
        return None
    number = amount / step.divisor
    # Most languages write all plural forms alike: then there is no need to find out which it is.
    form = where.plural_form(abs(number)) if len(step.patterns) > 1 else _OTHER
    pattern = step.patterns.get(form, step.patterns[_OTHER])
    written: str = pattern.apply(round(number, digits), where, decimal_quantization=False)
    return written


@lru_cache(maxsize=256)
def _steps(where: Locale, currency: str) -> tuple[_Step, ...]:
    """A language's steps for one currency, the largest first."""
    forms = where.compact_currency_formats["short"]
    symbol = get_currency_symbol(currency, where)
    steps = []
    for least in sorted(map(int, forms[_OTHER]), reverse=True):
        found = {form: forms[form][str(least)] for form in forms if str(least) in forms[form]}
        steps.append(_step(least, found, symbol))
    return tuple(steps)


def _step(least: int, found: dict[str, NumberPattern], symbol: str) -> _Step:
    other = found[_OTHER].pattern
    if other == _NOT_SHORTENED:
        return _Step(least, 1, {})
    if all(pattern.pattern == other for pattern in found.values()):
        found = {_OTHER: found[_OTHER]}
    divisor = least // 10 ** (other.count("0") - 1)
    return _Step(least, divisor, {form: _with_symbol(pattern, symbol) for form, pattern in found.items()})


def _with_symbol(pattern: NumberPattern, symbol: str) -> NumberPattern:
    """The pattern with the currency's symbol in its place."""
    made = copy.copy(pattern)
    made.prefix = (pattern.prefix[0].replace("¤", symbol), pattern.prefix[1].replace("¤", symbol))
    made.suffix = (pattern.suffix[0].replace("¤", symbol), pattern.suffix[1].replace("¤", symbol))
    return made
