"""What gets someone there, as blocks; the words are in templates/targets."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from commands.kit import Block
from commands.kit.blocks import Control, actions, button, context, divider, section
from commands.kit.call import View
from commands.kit.crm import crm_deal
from commands.kit.inputs import MOST_CHECKBOXES, Filled, checkboxes
from commands.kit.reply import Modal
from commands.targets.closing import Closing, ClosingDeal
from domain.company import Settings
from templates import Mrkdwn, name, render
from templates.numbers import Numbers

TICK = "targets.closing_tick"
PAGE = "targets.closing_page"
BLOCK = "deals"
LISTED = 10
"""So many overdue deals are named; the rest are counted."""


def selected(view: View | None) -> list[int]:
    """The ids of the deals that are ticked on the page that is shown."""
    filled = Filled.of(view)
    return [
        int(value)
        for block in filled.values
        if block.startswith(BLOCK)
        for value in filled.several(block)
        if value.isdecimal()
    ]


def page(value: str) -> int:
    """The page that a button leads to."""
    return int(value) if value.isdecimal() else 0


def closing_modal(made: Closing, *, locale: str, settings: Settings) -> Modal:
    """What is missing, what the ticked deals make of it, the deals to tick, and those whose date has passed."""
    n = Numbers(made.card.currency, locale)
    blocks = [
        section(_summary(made, n), id="summary"),
        *(_deals(made, n) if _is_open(made) else ()),
        *_overdue(made, n, settings),
    ]
    title = "What gets me there" if made.is_own else "What gets them there"
    return Modal(title, blocks, metadata=made.state.encoded, follows=True)


def _is_open(made: Closing) -> bool:
    """Something is missing, and there are deals that could bring it."""
    return bool(made.deals and made.missing and made.missing > 0)


def _summary(made: Closing, n: Numbers) -> Mrkdwn:
    suggested = [deal for deal in made.deals if deal.id in made.suggested]
    return render(
        "targets/closing.mrkdwn.j2",
        made=made,
        n=n,
        s=made.card.score.standing,
        missing=made.missing,
        count=len(suggested),
        worth=sum(deal.amount for deal in suggested),
        later=sum(deal.amount for deal in made.later),
    )


def _deals(made: Closing, n: Numbers) -> Iterator[Block]:
    ticked = made.state.ticked or frozenset()
    standing = made.card.score.standing
    count = sum(deal.id in ticked for deal in made.deals)
    total = standing.achieved + made.ticked
    yield section(
        render(
            "targets/closing_sum.mrkdwn.j2",
            n=n,
            s=standing,
            count=count,
            ticked=made.ticked,
            total=total,
            share=Fraction(total, standing.target) if standing.target else None,
        ),
        id="sum",
    )
    yield divider()
    for number, start in enumerate(range(0, len(made.shown), MOST_CHECKBOXES)):
        some = made.shown[start:][:MOST_CHECKBOXES]
        # The same page has the same blocks, so that what is ticked survives an update.
        yield actions(_boxes(made, some, n), id=f"{BLOCK}-{made.state.page}-{number}")
    yield context(render("targets/closing_notes.mrkdwn.j2", made=made), id="notes")
    yield from _pager(made)


def _boxes(made: Closing, deals: Sequence[ClosingDeal], n: Numbers) -> Control:
    choices = {str(deal.id): f"{n.exact(deal.amount)}  {name(deal.line.name or deal.line.deal)}" for deal in deals}
    more = {str(deal.id): _about(made, deal, n) for deal in deals}
    chosen = [str(deal.id) for deal in deals if deal.id in (made.state.ticked or ())]
    return checkboxes(choices, chosen=chosen, described=more, action=TICK)


def _about(made: Closing, deal: ClosingDeal, n: Numbers) -> str:
    """Stage, day and chance; whose it is where the card is of more than one person."""
    line = deal.line
    when = n.full_day(line.expected_close_on) if line.expected_close_on else ""
    whose = "" if made.card.score.is_leaf else ", ".join(made.names[person] for person in deal.people)
    return ", ".join(filter(None, (line.stage, when, n.share(round(deal.chance.share, -4)), whose)))


def _pager(made: Closing) -> Iterator[Block]:
    if made.pages == 1:
        return
    at = made.state.page
    buttons = []
    if at > 0:
        buttons.append(button("Back", f"{PAGE}:back", value=str(at - 1)))
    if at < made.pages - 1:
        buttons.append(button("More", f"{PAGE}:on", value=str(at + 1)))
    yield actions(*buttons, id="pager")


def _overdue(made: Closing, n: Numbers, settings: Settings) -> Iterator[Block]:
    """Deals whose date has passed: in no forecast until it is moved in the CRM."""
    if not made.overdue:
        return
    lines = [
        render(
            "targets/closing_overdue_deal.mrkdwn.j2",
            deal=deal,
            n=n,
            name=crm_deal(settings, deal.line.deal, deal.line.name),
        )
        for deal in made.overdue[:LISTED]
    ]
    words = render(
        "targets/closing_overdue.mrkdwn.j2",
        lines=lines,
        n=n,
        count=len(made.overdue),
        total=sum(deal.amount for deal in made.overdue),
        more=len(made.overdue) - len(lines),
    )
    yield divider()
    yield section(words, id="overdue")
