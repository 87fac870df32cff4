"""How a card's amounts are written, and what is said of them: revenue is credited, customers are won, meetings held."""

from commands.targets.service import TargetsCard
from domain.company import Metric
from templates.numbers import Counts, Numbers

DONE = {Metric.REVENUE: "credited", Metric.NEW_CUSTOMERS: "won", Metric.MEETINGS: "held"}


def numbers(card: TargetsCard, locale: str) -> Numbers:
    """The card's one currency, or counts, in the reader's locale."""
    return Numbers(card.currency, locale) if card.metric.is_money else Counts("", locale)


def done(card: TargetsCard) -> str:
    return DONE[card.metric]
