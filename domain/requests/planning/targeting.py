"""Another target for a period."""

from domain.company import SubjectKind, Target
from domain.money import BIGGEST, is_currency
from domain.periods import Period, parse_label
from domain.requests.model import ChangeTarget
from domain.requests.planning.checks import open_territory
from domain.requests.planning.facts import Facts, Impossible, MovedMonth, Note, Plan
from domain.requests.planning.rows import changes
from domain.requests.writes import Writes
from domain.target_setting import key_of, stored, subject_of, with_target
from domain.targets import MonthPiece, Targets


def plan_target(change: ChangeTarget, facts: Facts) -> Plan:
    """The row of that period, published, and spread as it was before. Raises Impossible, DataError and MissingRate.

    What "moves" in a month is what it has more than before; of a count, which is no money, nothing does.
    """
    _check(change, facts)
    key = (change.subject_kind, change.subject, change.period, change.metric)
    before = stored(facts.model.company, key)
    after = Target(*key, change.amount, change.currency, before.profile if before else None)
    if before == after:
        raise Impossible("This is the target as it is. Write another amount.", "amount")
    period = parse_label(change.period, facts.model.settings.fiscal_start)
    was, now = _by_month(facts.model.targets, after, period), _by_month(with_target(facts.model, after), after, period)
    finer = any(piece.source.period != change.period for piece in now.values())
    return Plan(
        Writes(targets=changes([before] if before else [], [after], key_of)),
        months=tuple(_months(facts, was, now)) if change.metric.is_money else (),
        notes=frozenset({Note.FINER} if finer else ()),
    )


def _check(change: ChangeTarget, facts: Facts) -> None:
    if subject_of(facts.model.company, change.subject_kind, change.subject) is None:
        raise Impossible("Whom or what this target is for does not exist any more. Choose again.", "subject")
    if change.subject_kind is SubjectKind.TERRITORY:
        open_territory(facts, change.subject, "subject")
    if not 0 <= change.amount <= BIGGEST:
        raise Impossible("A target is an amount of 0 or more. Write another one.", "amount")
    if change.metric.is_money and not is_currency(change.currency or facts.model.settings.currency):
        raise Impossible(f"{change.currency} is not a currency. Use a code such as USD or EUR.", "currency")
    if not change.metric.is_money and change.currency is not None:
        raise Impossible(f"{change.metric.words.capitalize()} are counted: leave the currency empty.", "currency")


def _by_month(targets: Targets, target: Target, period: Period) -> dict[str, MonthPiece]:
    pieces = targets.pieces(target.kind, target.subject, period, target.metric)
    return {piece.month.label: piece for piece in pieces}


def _months(facts: Facts, was: dict[str, MonthPiece], now: dict[str, MonthPiece]) -> list[MovedMonth]:
    found = []
    for label, piece in now.items():
        before = was[label].amount if label in was else 0
        days = piece.month.business_days(facts.model.calendar)
        found.append(MovedMonth(piece.month, piece.amount, days, days, piece.amount - before))
    return found
