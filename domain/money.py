"""Amounts of money as integers of minor units, and the few places where they are rounded.

Every division rounds half to even; every split rounds by largest remainder, so that the parts sum to the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from domain.company import WHOLE
from domain.errors import DataError

BIGGEST = 2**63 - 1
"""The largest amount that a BIGINT holds."""

_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF
CLP CNY COP CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK
HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LVL LYD MAD
MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON
RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH
UGX USD UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG ZWL
"""
_WHOLE_UNITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"


_DIGITS = {
    **dict.fromkeys(_CODES.split(), 2),
    **dict.fromkeys(_WHOLE_UNITS.split(), 0),
    **dict.fromkeys(_THOUSANDTHS.split(), 3),
    "CLF": 4,
    "UYW": 4,
}
"""Digits of the minor unit by ISO 4217, with a few currencies that were withdrawn lately."""

_WIDE = Context(prec=60)
_TOO_LONG = 19
"""Digits before the point from which an amount is refused before it is computed with."""
_QUANTA = [Decimal(1).scaleb(-digits) for digits in range(5)]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of its currency."""

    minor: int
    currency: str

    @property
    def decimal(self) -> Decimal:
        return to_decimal(self.minor, self.currency)


def is_currency(code: str) -> bool:
    """Whether `code` is a currency of ISO 4217 (or one that was withdrawn lately)."""
    return code in _DIGITS


def exponent(currency: str) -> int:
    """Digits after the decimal point of a currency's minor unit. Raises DataError for an unknown code."""
    digits = _DIGITS.get(currency)
    if digits is None:
        raise DataError(f"{currency!r} is not a currency. Use a code of three capital letters, such as USD or EUR.")
    return digits


def to_minor(amount: Decimal, currency: str) -> tuple[int, bool]:
    """Minor units, half-even, and whether rounding was needed.

    Raises DataError for what is no number, or is too large to store.
    """
    if not amount.is_finite():
        raise DataError(f"{amount} is not an amount. Write a plain decimal, such as 1234.50.")
    digits = exponent(currency)
    if amount.adjusted() >= _TOO_LONG:
        raise DataError(f"{amount:.3E} is too large an amount.")
    rounded = amount.quantize(_QUANTA[digits], rounding=ROUND_HALF_EVEN, context=_WIDE)
    minor = int(rounded.scaleb(digits, context=_WIDE))
    if abs(minor) > BIGGEST:
        raise DataError(f"{amount:.3E} is too large an amount.")
    return minor, rounded != amount


def to_decimal(minor: int, currency: str) -> Decimal:
    """The amount with exactly the digits of its currency: 150 USD cents are 1.50."""
    return Decimal(minor).scaleb(-exponent(currency), context=_WIDE)


def full_count(millionths: int) -> Decimal:
    """A number of things with as many places as it needs: 4, or 4.5."""
    whole, rest = divmod(millionths, WHOLE)
    return Decimal(millionths).scaleb(-6).normalize() if rest else Decimal(whole)


def divide(numerator: int, denominator: int) -> int:
    """The quotient rounded half to even."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient, remainder = divmod(numerator, denominator)
    twice = remainder * 2
    return quotient + (twice > denominator or (twice == denominator and quotient & 1))


def apply_share(amount: int, share: int) -> int:
    """A share (millionths) of an amount, half-even."""
    return amount if share == WHOLE else divide(amount * share, WHOLE)


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` in proportion to `weights` by largest remainder; the parts sum to it exactly.

    Equal remainders favour the earlier index. A negative total gives the mirrored parts.
    Raises ValueError when there are no weights, one is negative, or all are zero.
    """
    if len(weights) == 1 and weights[0] > 0:
        return [total]
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError(f"cannot split by the weights {list(weights)}")
    size = abs(total)
    parts, remainders = [], []
    for weight in weights:
        part, remainder = divmod(size * weight, whole)
        parts.append(part)
        remainders.append(remainder)
    missing = size - sum(parts)
    if missing:
        for index in sorted(range(len(parts)), key=lambda i: -remainders[i])[:missing]:
            parts[index] += 1
    return parts if total >= 0 else [-part for part in parts]
