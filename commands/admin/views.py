"""The cards of `/turf`."""

from commands.admin.service import Status, Work
from commands.kit.blocks import context, section
from commands.kit.reply import Message
from commands.kit.turf import About
from storage.import_orders import Ordered, OrderState
from templates import Mrkdwn, as_text, name, render
from templates.numbers import Numbers

FILES = 3
"""So many files of an import are named."""


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
    if card.work:
        blocks.append(section(_work(card.work, n, card.timezone), id="work"))
    if runs:
        blocks.append(section(render("admin/status_imports.mrkdwn.j2", runs=runs)))
    blocks.append(context(render("admin/status_about.mrkdwn.j2", about=about)))
    return Message(as_text(headline), blocks)


def _work(work: Work, n: Numbers, timezone: str) -> Mrkdwn:
    return render(
        "admin/status_work.mrkdwn.j2",
        imports=[(one.state is OrderState.RUNNING, _files(one), sum(one.progress.values())) for one in work.imports],
        failed=[(n.moment(one.created_at, timezone), _files(one), _why(one)) for one in work.failed],
        given_up=work.given_up,
    )


def _files(order: Ordered) -> str:
    more = len(order.files) - FILES
    return ", ".join(name(file.name) for file in order.files[:FILES]) + (f" and {more} more" if more > 0 else "")


def _why(order: Ordered) -> str:
    """The sentence that whoever asked for it was told."""
    return as_text(order.error or str((order.told or {}).get("outcome", "")))
