"""How text that a person or an export supplied stays text, and stays in its place, on a card."""

import re
import unicodedata
from bisect import bisect_right
from itertools import accumulate


class Mrkdwn(str):
    """Text that is mrkdwn already: nothing in it is escaped again."""

    __slots__ = ()


NAME = 80
"""So many characters of a name are shown."""
EMPTY = "–"
"""What stands for a name of which nothing can be seen."""

_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
# Letters and marks that show nothing; what else shows nothing is a control or a format character.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})

# Escaping & < > settles mentions, links and dates; the rest of mrkdwn has no escape character, so a character that
# would format is replaced by one that looks the same. Inside a word (opp_123) it formats nothing and stays.
_LOOKALIKES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ", ":": "꞉", ">": "›"}
_SUSPECT = re.compile(r"[*_~`:>]")
_FORMATTING = re.compile(r"`|(?<![^\W_])[*_~]|[*_~](?![^\W_])|^[ \t]*>|:(?=[\w'+`-]+:)")


def visible(text: str) -> str:
    """`text` on one line and without characters that nobody sees.

    Some of those change the order in which the words around them are shown (U+202E), some make one name look like
    another (U+200B).
    """
    if text.isprintable() and not _BLANK.search(text):
        return text
    seen = _BLANK.sub("", _BREAKS.sub(" ", text))
    return "".join(letter for letter in seen if unicodedata.category(letter) not in _UNSEEN)


def clip(text: str, limit: int) -> str:
    """`text`, or its beginning and an ellipsis, in at most `limit` characters once it is escaped."""
    ends = [*accumulate(len(escape(letter)) for letter in text[: limit + 1])]
    return text if not ends or ends[-1] <= limit else text[: bisect_right(ends, limit - 1)].rstrip() + "…"


def name(text: str) -> str:
    """A supplied name as cards show it: visible, of a sensible length, never empty."""
    return clip(" ".join(visible(text).split()), NAME) or EMPTY


def escape(text: str) -> str:
    """`text` with Slack's three control characters escaped; `*bold*` stays alive."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def neutralise(text: str) -> str:
    """`text` on one line and without anything that nobody sees or that Slack would format; not escaped yet."""
    seen = visible(text)
    if not _SUSPECT.search(seen):
        return seen
    return _FORMATTING.sub(lambda found: found[0][:-1] + _LOOKALIKES[found[0][-1]], seen)


def as_text(value: object) -> Mrkdwn:
    """`value` as mrkdwn that shows exactly that text. Raises ValueError for None, which would be shown as a word."""
    if isinstance(value, Mrkdwn):
        return value
    if value is None:
        raise ValueError("a template was about to print None")
    return Mrkdwn(escape(neutralise(str(value))))


def link(url: str, text: str) -> Mrkdwn:
    """A link to `url` that shows `text`; the characters that would end either are encoded or replaced."""
    target = escape(url).replace("|", "%7C").replace("&gt;", "%3E").replace("&lt;", "%3C")
    return Mrkdwn(f"<{target}|{as_text(text).replace('|', '¦')}>")
