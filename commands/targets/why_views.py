"""The Why? modal as blocks; the words are in templates/targets."""

from commands.kit import Block
from commands.kit.blocks import Control, actions, button, context, divider, section, select
from commands.kit.crm import crm_account, crm_deal
from commands.kit.names import Kind
from commands.kit.reply import Modal
from commands.targets.amounts import done, numbers
from commands.targets.figure_lines import figure_lines
from commands.targets.why import Part, Why
from domain.company import Metric, Settings
from storage.counts import CountLine
from storage.ledger import CreditLine, OpenLine
from templates import render
from templates.numbers import Numbers

PAGE = "targets.why_page"
CREDIT = {
    Metric.REVENUE: "Credited deals",
    Metric.NEW_CUSTOMERS: "New customers",
    Metric.MEETINGS: "Meetings",
}
PARTS = {
    Part.TARGET: "Target, piece by piece",
    Part.OPEN: "Open deals",
    Part.FIGURES: "How each figure is computed",
}
NOTHING = {
    Metric.REVENUE: "No deal was credited in this period.",
    Metric.NEW_CUSTOMERS: "No account became a customer in this period.",
    Metric.MEETINGS: "No meeting is recorded in this period.",
}


def why_modal(why: Why, *, locale: str, settings: Settings) -> Modal:
    """One page of one part, with the way to the others."""
    n = numbers(why.card, locale)
    summary = section(render("targets/why_summary.mrkdwn.j2", why=why, n=n, done=done(why.card)), id="summary")
    return Modal("Why?", [summary, *_where(why), divider(), *content(why, n, settings)])


def _where(why: Why) -> list[Block]:
    """The choice of a part and the way through its pages: above the lines, where no long page hides it."""
    page, part = why.page.page, why.page.part
    back, on = ("Newer", "Older") if part is Part.CREDIT else ("Back", "More")
    buttons = [
        button(words, f"{PAGE}:{way}", value=why.page.at(part, to).encoded)
        for words, way, to in ((back, "back", page - 1), (on, "on", page + 1))
        if 0 <= to < why.pages
    ]
    words = render("targets/why_page.mrkdwn.j2", why=why, credit=part is Part.CREDIT)
    return [actions(_parts(why), *buttons, id="parts"), *([context(words, id="page")] if words else [])]


def _parts(why: Why) -> Control:
    parts = {Part.CREDIT: CREDIT[why.card.metric], **PARTS}
    if not why.card.metric.is_money:
        del parts[Part.OPEN]
    choices = {why.page.at(part).encoded: label for part, label in parts.items()}
    return select(PAGE, choices, chosen=why.page.at(why.page.part).encoded)


def content(why: Why, n: Numbers, settings: Settings) -> list[Block]:
    """The lines of a page."""
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
    lines += [_counted(why, line, n, settings) for line in why.counted]
    if why.elsewhere and why.page.page == why.pages - 1:
        lines.append(section(render("targets/why_elsewhere.mrkdwn.j2", amount=why.elsewhere, n=n)))
    return lines or [context(NOTHING[why.card.metric])]


def _counted(why: Why, line: CountLine, n: Numbers, settings: Settings) -> Block:
    template = "new_customer" if why.card.metric is Metric.NEW_CUSTOMERS else "meeting"
    words = render(
        f"targets/why_{template}.mrkdwn.j2",
        line=line,
        n=n,
        who=_who(why, line.person),
        account=crm_account(settings, line.account, line.account_name) if line.account else "",
        deal=crm_deal(settings, line.deal, line.name) if line.deal else "",
    )
    return section(words)


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
    return crm_deal(settings, line.deal, line.name)
