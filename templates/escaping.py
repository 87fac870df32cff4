"""How text that a person or an export supplied stays text inside Slack's mrkdwn."""

import re


class Mrkdwn(str):
    """Text that is mrkdwn already: nothing in it is escaped again."""

    __slots__ = ()


# Escaping & < > settles mentions, links and dates; the rest of mrkdwn has no escape character, so a character that
# would format is replaced by one that looks the same. Inside a word (opp_123) it formats nothing and stays.
_LOOKALIKES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ", ":": "꞉", ">": "›"}
_SUSPECT = re.compile(r"[*_~`:>\r\n]")
_FORMATTING = re.compile(r"`|(?<![^\W_])[*_~]|[*_~](?![^\W_])|^[ \t]*>|:(?=[\w'+-]+:)")
_NEWLINES = re.compile(r"\s*[\r\n]\s*")


def escape(text: str) -> str:
    """`text` with Slack's three control characters escaped; `*bold*` stays alive."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def neutralise(text: str) -> str:
    """`text` on one line and without anything that Slack would format; not escaped yet."""
    if not _SUSPECT.search(text):
        return text
    return _FORMATTING.sub(lambda found: found[0][:-1] + _LOOKALIKES[found[0][-1]], _NEWLINES.sub(" ", text))


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
