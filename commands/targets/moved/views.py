"""The message about a number that moved; the words are in templates/targets/moved."""

from datetime import date

from commands.kit import Message
from commands.kit.blocks import actions, button, context, paragraphs, section
from commands.kit.crm import crm_deal
from commands.kit.names import Kind
from commands.targets.controls import WHY
from commands.targets.moved.service import Told
from commands.targets.reference import CardReference
from commands.targets.share_controls import STOP_TELLING
from domain.company import PersonId, Settings
from domain.movement import Move
from templates import Mrkdwn, render
from templates.numbers import Numbers


def moved_message(
    told: Told, person: PersonId, *, revision: int, today: date, locale: str, settings: Settings
) -> Message:
    """By how much, the deals that did it, and the way to stop it. The notification has the person's own figure alone."""
    n = Numbers(settings.currency, locale)
    headline = render("targets/moved/headline.mrkdwn.j2", told=told, n=n)
    deals = [*(_line(told, move, n, settings) for move in told.movement.moves), *_sum(told, n)]
    lines, _ = paragraphs(deals, id="deals")
    about = render("targets/moved/about.mrkdwn.j2", told=told, n=n, zone=settings.timezone)
    why = CardReference(Kind.PERSON, person, told.period.label, today, revision).encoded
    buttons = [button("Why?", WHY, value=why), button("Stop telling me", STOP_TELLING, value=why)]
    blocks = [section(headline, id="headline"), *lines, actions(*buttons, id="controls"), context(about, id="about")]
    return Message(Mrkdwn(headline.replace("*", "")), blocks)


def _line(told: Told, move: Move, n: Numbers, settings: Settings) -> Mrkdwn:
    return render(
        "targets/moved/deal.mrkdwn.j2",
        move=move,
        deal=crm_deal(settings, move.deal, move.name),
        territory=told.territory_names.get(move.territory) if move.territory is not None else None,
        change=signed(move.change, n),
        period=n.part_of_year(told.period),
    )


def _sum(told: Told, n: Numbers) -> list[Mrkdwn]:
    """What is not named, and what all of it adds up to; a single deal is its own sum."""
    movement = told.movement
    if movement.deals == 1:
        return []
    rest, whole = signed(movement.rest, n), signed(movement.change, n)
    return [render("targets/moved/sum.mrkdwn.j2", movement=movement, rest=rest, whole=whole)]


def signed(minor: int, n: Numbers) -> str:
    """An exact amount with its sign."""
    return f"+{n.exact(minor)}" if minor > 0 else n.exact(minor)
