"""The cards of `/turf`."""

from commands.admin.service import Status
from commands.kit.blocks import context, section
from commands.kit.reply import Message
from commands.kit.turf import About
from templates import as_text, render
from templates.numbers import Numbers


def status_card(card: Status, about: About, *, currency: str, locale: str) -> Message:
    n = Numbers(currency, locale)
    fresh: dict[str, list[str]] = {}
    for kind, when in sorted(card.fresh.items(), key=lambda one: one[1], reverse=True):
        fresh.setdefault(n.moment(when, card.timezone), []).append(kind)
    latest = n.moment(max(card.fresh.values()), card.timezone) if card.fresh else None
    runs = [(run, n.moment(run.finished_at, card.timezone)) for run in card.runs]
    headline = render("admin/status_headline.mrkdwn.j2", latest=latest, timezone=card.timezone)
    blocks = [section(headline)]
    if fresh:
        blocks.append(section(render("admin/status_kinds.mrkdwn.j2", fresh=fresh)))
    if runs:
        blocks.append(section(render("admin/status_imports.mrkdwn.j2", runs=runs)))
    blocks.append(context(render("admin/status_about.mrkdwn.j2", about=about)))
    return Message(as_text(headline), blocks)
