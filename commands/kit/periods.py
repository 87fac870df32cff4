"""Periods in words: `this quarter`, `Sep 2026`, `FY26`, anywhere in what was typed."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from domain.errors import DataError, NotFound, UsageError
from domain.periods import Period, PeriodKind, containing, fiscal_year, fiscal_year_of, month, quarter
from templates import name as shown

ACCEPTED = "this month, last quarter, next year, Q3, Q3 2026, 2026Q3, September, Sep 2026, 2026-09, FY2026 or 2026"

_NAMES = "january february march april may june july august september october november december"
_MONTHS = {"sept": 9} | {text: n for n, name in enumerate(_NAMES.split(), 1) for text in (name, name[:3])}
_MONTH = f"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})"
_YEAR = r"(?P<year>\d{4})"
_FISCAL = r"(?:fy ?(?P<fiscal>\d{4}|\d{2})|(?P<year>\d{4}))"
_RELATIVE = {"this": 0, "current": 0, "last": -1, "previous": -1, "next": 1}

Reader = Callable[[re.Match[str], date, int], Period]


def _relative(match: re.Match[str], today: date, fiscal_start: int) -> Period:
    period = containing(today, PeriodKind(match["kind"]), fiscal_start)
    step = _RELATIVE[match["which"]]
    return period.next() if step > 0 else period.previous() if step else period


def _quarter(match: re.Match[str], today: date, fiscal_start: int) -> Period:
    return quarter(_year(match) or fiscal_year_of(today, fiscal_start), int(match["quarter"]), fiscal_start)


def _fiscal_year(match: re.Match[str], today: date, fiscal_start: int) -> Period:
    return fiscal_year(_year(match), fiscal_start)


def _numbered_month(match: re.Match[str], today: date, fiscal_start: int) -> Period:
    return month(_year(match), int(match["number"]))


def _named_month(match: re.Match[str], today: date, fiscal_start: int) -> Period:
    """A month of that calendar year; without one, the month of this fiscal year."""
    number = _MONTHS[match["month"]]
    if "year" in match.groupdict():
        return month(_year(match), number)
    this_year = containing(today, PeriodKind.YEAR, fiscal_start)
    return next(one for one in this_year.months() if one.start.month == number)


def _year(match: re.Match[str]) -> int:
    groups = match.groupdict()
    year = int(groups.get("fiscal") or groups.get("year") or groups.get("short") or 0)
    return year + 2000 if 0 < year < 100 else year


_CLEAR: list[tuple[str, Reader]] = [
    (rf"(?P<which>{'|'.join(_RELATIVE)}) (?:fiscal )?(?P<kind>month|quarter|year)", _relative),
    (rf"q(?P<quarter>[1-4])(?:[ /-]?{_FISCAL})?", _quarter),
    (r"q(?P<quarter>[1-4])(?: ?['’]|[ /-])(?P<short>\d{2})", _quarter),
    (rf"{_FISCAL}[ /-]?q(?P<quarter>[1-4])", _quarter),
    (r"fy ?(?P<fiscal>\d{4}|\d{2})", _fiscal_year),
    (rf"{_YEAR}[/-](?P<number>\d{{1,2}})", _numbered_month),
    (rf"{_MONTH}\.?[ -]?{_YEAR}", _named_month),
    (rf"{_YEAR}[ -]?{_MONTH}", _named_month),
]
_DOUBTFUL: list[tuple[str, Reader]] = [(rf"{_MONTH}\.?", _named_month), (_YEAR, _fiscal_year)]
"""Words that may as well be part of a name: April, Studio 2026."""

_FORMS = [(re.compile(text, re.ASCII), reader, True) for text, reader in _CLEAR] + [
    (re.compile(text, re.ASCII), reader, False) for text, reader in _DOUBTFUL
]
_MEANT_AS_PERIOD = re.compile(
    r"(?:fy)?\d{2,}[/-]?q\d+|q\d+(?:[/-]?(?:fy)?\d+)?|fy\d+|\d{4}[/-]\d+(?:[/-]\d+)?|today|yesterday|tomorrow|[mqy]td"
    rf"|(?:{'|'.join(_RELATIVE)}) (?:week|day|half|half-year|decade)s?",
    re.ASCII,
)
_QUOTES = '"“”'
"""Slack's own editors make the curly ones."""
_WORD = re.compile(rf"[{_QUOTES}][^{_QUOTES}]*[{_QUOTES}]|<[^>]*>|\S+")
ALIKE = 75
"""How alike (of 100) both words must be to those of a period (`last`, `quarter`) for it to be offered; they begin alike, too."""
_LINKS = {"for", "in", "during"}
_LONGEST = 3


@dataclass(frozen=True, slots=True)
class _Found:
    """A period in the words from `start` up to `end`."""

    start: int
    end: int
    period: Period
    clear: bool


def parse_period(words: str, today: date, fiscal_start: int) -> Period:
    """The period that words name, upper or lower case. Raises UsageError with the accepted forms."""
    found = _read(" ".join(words.casefold().split()), today, fiscal_start)
    if found is None:
        raise _unknown(words)
    return found[0]


def split_query(text: str, today: date, fiscal_start: int, default: Period | None = None) -> tuple[str, Period]:
    """What was typed without its period, and the period: `default`, or this quarter, if it names none.

    The period may stand anywhere. A month's or a year's name alone gives way to a clearer period. What is in double
    quotes, and a mention, is never read as a period. Raises UsageError for two periods, or for one that does not exist;
    NotFound with the nearest one for `last qarter`.
    """
    words = _WORD.findall(text)
    found = list(_all(words, today, fiscal_start))
    chosen = [one for one in found if one.clear] or found
    if not chosen:
        _refuse_what_was_meant_as_one(words)
        _offer_what_was_mistyped(text)
        return _joined(words), default or containing(today, PeriodKind.QUARTER, fiscal_start)
    if len({one.period for one in chosen}) > 1:
        said = " and ".join(f"'{' '.join(words[one.start : one.end])}'" for one in chosen[:2])
        raise UsageError(f"I read two periods, {said}. Name one; put a name that looks like a period in double quotes.")
    for one in reversed(chosen):
        linked = one.start > 0 and words[one.start - 1].casefold() in _LINKS
        del words[one.start - linked : one.end]
    return _joined(words), chosen[0].period


def _all(words: list[str], today: date, fiscal_start: int) -> Iterator[_Found]:
    """Periods from left to right, each as long as it can be."""
    plain = [_plain(word) for word in words]
    at = 0
    while at < len(words):
        for end in range(min(at + _LONGEST, len(words)), at, -1):
            read = _read(" ".join(plain[at:end]), today, fiscal_start)
            if read is not None:
                yield _Found(at, end, *read)
                at = end
                break
        else:
            at += 1


def _read(words: str, today: date, fiscal_start: int) -> tuple[Period, bool] | None:
    """The period, and whether it can be nothing else."""
    for form, reader, clear in _FORMS:
        match = form.fullmatch(words)
        if match is not None:
            try:
                return reader(match, today, fiscal_start), clear
            except DataError as error:
                if clear:
                    raise UsageError(f"{error.message} Write {ACCEPTED}.") from error
    return None


def _plain(word: str) -> str:
    """A word as it is compared; what is quoted or a mention never equals a period."""
    return word if word[0] in f"<{_QUOTES}" else word.casefold().rstrip(",")


def _refuse_what_was_meant_as_one(words: list[str]) -> None:
    plain = [_plain(word) for word in words]
    for candidate in [*plain, *(f"{first} {second}" for first, second in pairwise(plain))]:
        if _MEANT_AS_PERIOD.fullmatch(candidate):
            raise _unknown(candidate)


def _offer_what_was_mistyped(text: str) -> None:
    """Raises NotFound for words in which `last quarter` is only misspelt: a name that is like it stands in quotes."""
    for first, second in pairwise(_WORD.finditer(text)):
        nearest = _nearest(_plain(first[0]), _plain(second[0]))
        if nearest is not None:
            asked = text[first.start() : second.end()].rstrip(",")
            said = f"I don't know a period '{shown(asked)}'. Did you mean {nearest}? A name like that goes in double quotes."
            raise NotFound(said, [nearest], asked=asked)


def _nearest(first: str, second: str) -> str | None:
    which, kind = _like(first, _RELATIVE), _like(second, [one.value for one in PeriodKind])
    return f"{which} {kind}" if which and kind else None


def _like(typed: str, words: Iterable[str]) -> str | None:
    from rapidfuzz import fuzz

    near = [(fuzz.ratio(typed, word), word) for word in words if typed[:1] == word[0]]
    likeness, word = max(near, default=(0.0, ""))
    return word if likeness >= ALIKE else None


def _joined(words: list[str]) -> str:
    return " ".join(word.strip(_QUOTES).rstrip(",") for word in words).strip()


def _unknown(words: str) -> UsageError:
    said = words.casefold().split()
    nearest = _nearest(said[0], said[1]) if len(said) == 2 else None
    hint = f" Did you mean {nearest}?" if nearest else ""
    return UsageError(f"I don't know a period '{words.strip()[:40]}'.{hint} Write {ACCEPTED}.")
