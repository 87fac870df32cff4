"""Slack's mrkdwn and rich_text as HTML; nothing that is not one of their marks becomes an element."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup, escape

from sandbox.render.emoji import EMOJI

_INLINE = re.compile(
    r"```(?P<pre>.+?)```"
    r"|`(?P<code>[^`\n]+)`"
    r"|<(?P<ref>[^<>\n]+)>"
    r"|(?<![\w*])\*(?P<bold>(?=\S)[^*\n]*[^\s*])\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>(?=\S)[^_\n]*[^\s_])_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>(?=\S)[^~\n]*[^\s~])~(?![\w~])"
    r"|:(?P<emoji>[a-z0-9_+-]+):",
    re.DOTALL,
)
_SAFE_LINK = re.compile(r"^(https?://|mailto:)", re.IGNORECASE)
_QUOTE = re.compile(r"^(?:&gt;|>) ?")

Name = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Names:
    """How to say who or what an id is."""

    user: Name
    channel: Name


def unescape(text: str) -> str:
    """Slack escapes these three characters and no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def mrkdwn(text: str, names: Names) -> Markup:
    """A mrkdwn text as HTML."""
    parts: list[Markup] = []
    quote: list[Markup] = []
    for line in _lines(text):
        if _QUOTE.match(line):
            quote.append(_inline(_QUOTE.sub("", line), names))
            continue
        parts += _closed(quote)
        parts.append(_inline(line, names))
    parts += _closed(quote)
    return _joined(parts)


def _closed(quote: list[Markup]) -> list[Markup]:
    if not quote:
        return []
    html = Markup("<blockquote>{}</blockquote>").format(Markup("<br>").join(quote))
    quote.clear()
    return [html]


def _joined(parts: list[Markup]) -> Markup:
    """Lines with <br> between them, except around blocks, which break by themselves."""
    html = Markup("")
    for number, part in enumerate(parts):
        block = part.startswith("<blockquote>") or (number > 0 and parts[number - 1].startswith("<blockquote>"))
        html += part if number == 0 or block else Markup("<br>") + part
    return html


def _lines(text: str) -> list[str]:
    """Lines of a text; a fenced block counts as one."""
    lines: list[str] = []
    for number, piece in enumerate(re.split(r"(```.+?```)", text, flags=re.DOTALL)):
        if number % 2:
            lines[-1] += piece
        else:
            first, *rest = piece.split("\n")
            lines = [*lines[:-1], (lines[-1] if lines else "") + first, *rest]
    return lines


def _inline(text: str, names: Names) -> Markup:
    html, position = Markup(""), 0
    for match in _INLINE.finditer(text):
        html += escape(unescape(text[position : match.start()]))
        html += _mark(match, names)
        position = match.end()
    return html + escape(unescape(text[position:]))


def _mark(match: re.Match[str], names: Names) -> Markup:
    kind = str(match.lastgroup)
    inner = match[kind]
    if kind == "ref":
        return _reference(inner, names)
    if kind == "pre":
        return Markup("<pre>{}</pre>").format(unescape(inner.strip("\n")))
    if kind == "code":
        return Markup("<code>{}</code>").format(unescape(inner))
    if kind == "emoji":
        return emoji(inner)
    tag = {"bold": "strong", "italic": "em", "strike": "s"}[kind]
    return Markup(f"<{tag}>{{}}</{tag}>").format(_inline(inner, names))


def emoji(name: str) -> Markup:
    """A known emoji with its name for screen readers, or the name between colons."""
    if name not in EMOJI:
        return escape(f":{name}:")
    return Markup('<span role="img" aria-label="{}">{}</span>').format(name.replace("_", " "), EMOJI[name])


def _reference(inner: str, names: Names) -> Markup:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return Markup('<span class="mention">@{}</span>').format(label or names.user(target[1:]))
    if target.startswith("#"):
        return Markup('<span class="mention">#{}</span>').format(label or names.channel(target[1:]))
    if target.startswith("!date^"):
        return escape(unescape(label))
    if target.startswith("!"):
        return Markup('<span class="mention">@{}</span>').format(target[1:].partition("^")[0])
    return link(unescape(target), unescape(label))


def link(url: str, label: str = "") -> Markup:
    """A link that opens elsewhere; anything but http(s) and mailto stays text."""
    if not _SAFE_LINK.match(url):
        return escape(label or url)
    words = label or url.removeprefix("mailto:")
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(url, words)


def rich_text(block: dict[str, Any], names: Names) -> Markup:
    """A rich_text block as HTML."""
    return Markup("").join(_rich_part(part, names) for part in block["elements"])


def _rich_part(part: dict[str, Any], names: Names) -> Markup:
    if part["type"] == "rich_text_list":
        tag = "ol" if part.get("style") == "ordered" else "ul"
        items = Markup("").join(Markup("<li>{}</li>").format(_rich_inline(item, names)) for item in part["elements"])
        return Markup(f'<{tag} class="indent-{int(part.get("indent", 0))}">{{}}</{tag}>').format(items)
    tag = {"rich_text_preformatted": "pre", "rich_text_quote": "blockquote"}.get(part["type"], "p")
    return Markup(f"<{tag}>{{}}</{tag}>").format(_rich_inline(part, names))


def _rich_inline(part: dict[str, Any], names: Names) -> Markup:
    return Markup("").join(_styled(element, names) for element in part["elements"])


def _styled(element: dict[str, Any], names: Names) -> Markup:
    html = _rich_element(element, names)
    for style, tag in (("code", "code"), ("strike", "s"), ("italic", "em"), ("bold", "strong")):
        if (element.get("style") or {}).get(style):
            html = Markup(f"<{tag}>{{}}</{tag}>").format(html)
    return html


def _rich_element(element: dict[str, Any], names: Names) -> Markup:
    kind = element["type"]
    if kind == "text":
        return Markup("<br>").join(escape(line) for line in element["text"].split("\n"))
    if kind == "link":
        return link(element["url"], element.get("text", ""))
    if kind == "emoji":
        return emoji(element["name"])
    if kind == "user":
        return Markup('<span class="mention">@{}</span>').format(names.user(element["user_id"]))
    if kind == "channel":
        return Markup('<span class="mention">#{}</span>').format(names.channel(element["channel_id"]))
    if kind == "broadcast":
        return Markup('<span class="mention">@{}</span>').format(element["range"])
    if kind == "date":
        return escape(datetime.fromtimestamp(element["timestamp"], UTC).strftime("%-d %b %Y"))
    return escape(element.get("text", ""))
