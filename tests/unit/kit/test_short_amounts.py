"""Short amounts: found in less time than Babel takes, and written as Babel writes them in each of its languages."""

import re
from decimal import Decimal

from babel import Locale
from babel.localedata import locale_identifiers
from babel.numbers import format_compact_currency
from hypothesis import example, given
from hypothesis import strategies as st

from templates.compact import compact_currency
from templates.numbers import COMPACT_FROM, short_money

CURRENCIES = ("USD", "EUR", "JPY", "KWD", "CHF", "PEN", "CLF", "XAU", "ZZZ")
"""With 0 to 4 minor digits, symbols with dots in them, and two without a symbol."""
UNITS = st.one_of(
    st.decimals(COMPACT_FROM, 10**18, places=3),
    # Around the steps the divisor changes, and in some languages the plural form.
    st.builds(
        lambda power, factor, more: Decimal(factor) * 10**power + more,
        st.integers(4, 17),
        st.integers(1, 9),
        st.decimals(0, 1_000, places=3),
    ),
)
LOCALES = st.one_of(
    st.sampled_from(sorted(locale_identifiers())),
    # The few that write plural forms differently.
    st.sampled_from(("af", "ps", "ro", "sat", "sw", "ta", "zu")),
)


@given(UNITS, st.booleans(), st.sampled_from(CURRENCIES), LOCALES, st.booleans())
@example(Decimal("999999.99"), False, "USD", "en_US", False)
@example(Decimal(1_000_000), False, "EUR", "zu", True)
@example(Decimal(1_000_000), True, "EUR", "sw", True)
@example(Decimal(62_400), False, "USD", "de_DE", False)
def test_babel_writes_the_same(units: Decimal, negative: bool, currency: str, locale: str, finer: bool) -> None:
    amount, digits, where = -units if negative else units, 2 if finer else 0, Locale.parse(locale)
    babels = format_compact_currency(amount, currency, fraction_digits=digits, locale=where)
    ours = compact_currency(amount, currency, digits=digits, where=where)
    if ours is None:
        assert re.search(r"\d{5}", babels), "Babel has a short form"
    else:
        assert ours == babels


def test_a_language_without_a_short_form_groups_the_digits() -> None:
    assert short_money(62_400_00, "EUR", "de-DE") == "62.400\u00a0€"
    assert short_money(1_460_000_00, "EUR", "de-DE") == "1,46\u00a0Mio.\u00a0€"
    assert short_money(62_400_00, "USD") == "$62k"
