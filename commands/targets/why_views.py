"""The Why? modal as blocks; the words are in templates/targets."""

from urllib.parse import quote

from commands.kit import Block
from commands.kit.blocks import actions, button, context, divider, section, select
from commands.kit.names import Kind
from commands.kit.reply import Modal
from commands.targets.figure_lines import figure_lines
from commands.targets.why import Part, Why
from domain.company import Settings
from storage.ledger import CreditLine, OpenLine
from templates import link, name, render
from templates.numbers import Numbers

PAGE = "targets.why_page"
LINK = 500
"""A longer address, of a deal with an endless key, is left out."""
PARTS = {
    Part.CREDIT: "Credited deals",
    Part.TARGET: "Target, piece by piece",
    Part.OPEN: "Open deals",
    Part.FIGURES: "How each figure is computed",
}


def why_modal(why: Why, *, locale: str, settings: Settings) -> Modal:
    """One page of one part, with the way to the others."""
    n = Numbers(why.card.currency, locale)
    summary = section(render("targets/why_summary.mrkdwn.j2", why=why, n=n), id="summary")
    return Modal("Why?", [summary, _parts(why), divider(), *_content(why, n, settings), *_pager(why)])


def _parts(why: Why) -> Block:
    choices = {why.page.at(part).encoded: label for part, label in PARTS.items()}
    return actions(select(PAGE, choices, chosen=why.page.at(why.page.part).encoded), id="parts")


def _content(why: Why, n: Numbers, settings: Settings) -> list[Block]:
    match why.page.part:
        case Part.CREDIT:
            return _credit(why, n, settings)
        case Part.TARGET:
            return _target(why, n)
        case Part.OPEN:
            return _open(why, n, settings)
        case Part.FIGURES:
            return [section(render("targets/why_figure.mrkdwn.j2", figure=line)) for line in figure_lines(why.card, n)]


def _credit(why: Why, n: Numbers, settings: Settings) -> list[Block]:
    lines = [
        section(
            render(
                "targets/why_credit.mrkdwn.j2", line=line, n=n, who=_who(why, line.person), deal=_deal(settings, line)
            )
        )
        for line in why.credit
    ]
    if why.elsewhere and why.page.page == why.pages - 1:
        lines.append(section(render("targets/why_elsewhere.mrkdwn.j2", amount=why.elsewhere, n=n)))
    return lines or [context("No deal was credited in this period.")]


def _target(why: Why, n: Numbers) -> list[Block]:
    lines = [
        section(
            render(
                "targets/why_target.mrkdwn.j2",
                part=part,
                n=n,
                of=_of(why, part.kind, part.subject),
                who=_who(why, part.person),
            )
        )
        for part in why.parts
    ]
    if why.target_elsewhere and why.page.page == why.pages - 1:
        lines.append(section(render("targets/why_elsewhere.mrkdwn.j2", amount=why.target_elsewhere, n=n)))
    return lines or [context("No target is set for this period.")]


def _open(why: Why, n: Numbers, settings: Settings) -> list[Block]:
    lines = [
        section(
            render(
                "targets/why_open.mrkdwn.j2",
                part=part,
                line=part.line,
                n=n,
                who=_who(why, part.line.person),
                deal=_deal(settings, part.line),
            )
        )
        for part in why.open
    ]
    if why.open_elsewhere and why.page.page == why.pages - 1:
        lines.append(section(render("targets/why_elsewhere.mrkdwn.j2", amount=why.open_elsewhere, n=n)))
    return lines or [context("No open deal closes in the rest of this period.")]


def _who(why: Why, person: int | None) -> str:
    """Whose part it is, where the card is about more than one person."""
    subject = why.card.subject
    if why.card.score.is_leaf and subject.kind is Kind.PERSON and subject.id == person:
        return ""
    return why.names.get(person, "nobody") if person is not None else "nobody"


def _of(why: Why, kind: str, subject: int) -> str:
    groups = {"territory": why.territory_names, "person": why.names}
    return groups.get(kind, {}).get(subject, why.card.subject.name)


def _deal(settings: Settings, line: CreditLine | OpenLine) -> str:
    """The deal's name, as a link to the CRM where one is set."""
    shown = name(line.name or line.deal)
    url = (settings.crm_url or "").replace("{deal}", quote(line.deal, safe=""))
    return link(url, shown) if 0 < len(url) <= LINK else shown


def _pager(why: Why) -> list[Block]:
    if why.pages == 1:
        return []
    page, part = why.page.page, why.page.part
    buttons = []
    if page > 0:
        buttons.append(
            button(
                "Newer" if part is Part.CREDIT else "Back", f"{PAGE}:back", value=why.page.at(part, page - 1).encoded
            )
        )
    if page < why.pages - 1:
        buttons.append(
            button("Older" if part is Part.CREDIT else "More", f"{PAGE}:on", value=why.page.at(part, page + 1).encoded)
        )
    return [context(f"Page {page + 1} of {why.pages}"), actions(*buttons, id="pager")]
