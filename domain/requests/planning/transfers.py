"""The rows of targets that change when accounts, a territory or its holder do: from which to which, month by month.

Territories' rows pass the moved share on. People's own rows pass the same amount on where both have one: whoever has an
own row is not measured by their territories (`domain.targets`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from domain.company import PersonId, Span, SubjectKind, Target, TerritoryId
from domain.model import CompanyModel
from domain.money import to_decimal
from domain.periods import Period
from domain.requests.model import Basis, TargetRule, Terms
from domain.requests.planning.facts import Facts, Impossible, Measure, MovedMonth, Note
from domain.requests.planning.rows import changes
from domain.requests.planning.shares import (
    Left,
    Purse,
    month_target,
    pass_on,
    purse_of,
    remaining,
    revenue,
    round_together,
)
from domain.requests.writes import Rows
from domain.target_setting import key_of, stored
from domain.targets import Row

Holder: TypeAlias = Callable[[date], PersonId | None]
"""Who alone holds a territory on a day; None if nobody does, or several."""


class Parties(NamedTuple):
    """From which territory to which a target goes, and who holds them. `above` is the territory above the receiving one."""

    source: TerritoryId
    target: TerritoryId
    above: TerritoryId | None
    giver: Holder
    taker: Holder
    closes: bool = False
    """The source ends: its target cannot come back to it."""


@dataclass(slots=True)
class Book:
    """The rows that are being changed, with what they will have."""

    model: CompanyModel
    rows: dict[tuple[Row, str], Target] = field(default_factory=dict)
    notes: set[Note] = field(default_factory=set)

    def purse(self, row: Row, month: Period, currency: str | None = None) -> Purse:
        return purse_of(self.model, row, month, currency)

    def put(self, row: Row, month: Period, amount: int, currency: str | None) -> None:
        self.rows[row, month.label] = month_target(row, month, amount, currency)

    def transfer(self, giver: Row, taker: Row | None, month: Period, wanted: int) -> int:
        """From one row to another, or to nobody; what the giver is worth less, in the workspace's currency."""
        mine = self.purse(giver, month)
        given = wanted
        if taker is not None:
            theirs = self.purse(taker, month, mine.currency)
            given, taken, _ = pass_on(mine, theirs, wanted, self.model.settings.currency)
            if given:
                self.put(taker, month, theirs.amount + taken, theirs.currency)
        if given:
            self.put(giver, month, mine.amount - given, mine.currency)
        return mine.spent(given)

    def written(self) -> Rows[Target]:
        company = self.model.company
        before = [stored(company, key_of(new)) for new in self.rows.values()]
        return changes([old for old in before if old is not None], self.rows.values(), key_of)


@dataclass(frozen=True, slots=True)
class Transfer:
    targets: Rows[Target] = ()
    months: tuple[MovedMonth, ...] = ()
    measure: Measure | None = None
    notes: frozenset[Note] = frozenset()


def move_target(facts: Facts, parties: Parties, terms: Terms, measure: Callable[[], Measure]) -> Transfer:
    """The moved share of what is left of a territory's target; `measure` is asked only if there is something to share.

    Raises Impossible, and MissingRate.
    """
    book = Book(facts.model)
    left = _left(book, parties, facts.effective_on)
    if not left:
        return Transfer(notes=frozenset(book.notes | {Note.NO_TARGET}))
    if terms.target is TargetRule.STAYS:
        return Transfer(notes=frozenset(book.notes))
    measured = _typed(facts, terms, left) if terms.basis is Basis.TYPED else measure()
    parts = round_together([one.own * one.fraction * measured.share for one in left])
    months = tuple(
        _month(book, parties, terms, facts.effective_on, one, part) for one, part in zip(left, parts, strict=True)
    )
    return Transfer(book.written(), months, measured, frozenset(book.notes))


def hand_on(facts: Facts, territory: TerritoryId, share: Fraction, giver: Holder, taker: Holder) -> Transfer:
    """What changes hands with a territory of which somebody else holds `share`: its own rows stay as they are."""
    book = Book(facts.model)
    parties = Parties(territory, territory, None, giver, taker)
    left = _left(book, parties, facts.effective_on)
    parts = round_together([one.own * one.fraction * share for one in left])
    months = []
    for one, part in zip(left, parts, strict=True):
        base = book.purse(revenue(SubjectKind.TERRITORY, territory), one.piece.month).spent(part)
        months.append(_moved(one, base))
        _own_rows(book, parties, TargetRule.MOVES, max(one.piece.month.start, facts.effective_on), one, base)
    return Transfer(book.written(), tuple(months), None, frozenset(book.notes))


def lent(facts: Facts, territory: TerritoryId, span: Span) -> tuple[MovedMonth, ...]:
    """What of a territory's target falls on the business days of a span, which somebody else carries for that time."""
    left = _left(Book(facts.model), Parties(territory, territory, None, _nobody, _nobody), span.start)
    counted = [
        (one, facts.model.calendar.count(max(one.piece.month.start, span.start), min(one.piece.month.end, span.end)))
        for one in left
    ]
    within = [(one, days) for one, days in counted if days]
    parts = round_together([Fraction(one.piece.amount * days, one.of) for one, days in within])
    return tuple(
        MovedMonth(one.piece.month, one.piece.amount, days, one.of, part)
        for (one, days), part in zip(within, parts, strict=True)
    )


def _nobody(day: date) -> None:
    """The holder where it does not matter who it is."""


def _left(book: Book, parties: Parties, day: date) -> list[Left]:
    """The source's months that have something to give, and are not made of those below it."""
    row = revenue(SubjectKind.TERRITORY, parties.source)
    found = [one for one in remaining(book.model, row, day) if one.own > 0]
    own = [one for one in found if parties.closes or not book.model.targets.is_roll_up(row, one.piece.month)]
    if len(own) < len(found):
        book.notes.add(Note.ROLLED_UP)
    return own


def _typed(facts: Facts, terms: Terms, left: list[Left]) -> Measure:
    """A typed amount as a share of all that is left."""
    currency = facts.model.settings.currency
    whole = sum((one.piece.amount * one.fraction for one in left), Fraction(0))
    if terms.typed is None or terms.typed < 0:
        raise Impossible("How much of the target moves? Write an amount of 0 or more.", "terms")
    if terms.typed > whole:
        rest = f"{to_decimal(int(whole), currency):,f} {currency}"
        raise Impossible(
            f"Only {rest} of the target is left from that day on, so the rest would be negative. Write at most that.",
            "terms",
        )
    return Measure(Basis.TYPED, Fraction(terms.typed), whole)


def _month(book: Book, parties: Parties, terms: Terms, day: date, left: Left, part: int) -> MovedMonth:
    month, source = left.piece.month, revenue(SubjectKind.TERRITORY, parties.source)
    relieved = terms.target is TargetRule.RELIEVED
    taker = None if relieved else _receiving(book, parties, month)
    base = 0 if taker == source else book.transfer(source, taker, month, part)
    _own_rows(book, parties, terms.target, max(month.start, day), left, base)
    return _moved(left, base)


def _moved(left: Left, base: int) -> MovedMonth:
    return MovedMonth(left.piece.month, left.piece.amount, left.days, left.of, base)


def _receiving(book: Book, parties: Parties, month: Period) -> Row:
    """The row that carries what the receiving territory gets: its own, or that of the nearest one above with a target.

    A row of its own would turn the one above into a sum of those below, which nobody carries. Raises Impossible where
    the receiving territory's target is such a sum itself.
    """
    own, targets = revenue(SubjectKind.TERRITORY, parties.target), book.model.targets
    if targets.is_roll_up(own, month) and not parties.closes:
        name = book.model.company.territories[parties.target].name
        raise Impossible(
            f"The target of {name} is made of those of the territories below it, so nothing can be added to it in "
            f"{month.label}. Let the target stay, or choose one of those.",
            "terms",
        )
    if targets.piece(own, month) is None:
        above = _carries(book.model, parties.above, month)
        if above is not None and not (parties.closes and above == parties.source):
            book.notes.add(Note.TO_THE_ONE_ABOVE)
            return revenue(SubjectKind.TERRITORY, above)
    return own


def _carries(model: CompanyModel, territory: TerritoryId | None, month: Period) -> TerritoryId | None:
    """The nearest territory, from this one up, that has a target in a month, if somebody carries it."""
    seen: set[TerritoryId] = set()
    while territory is not None and territory not in seen and territory in model.company.territories:
        seen.add(territory)
        row = revenue(SubjectKind.TERRITORY, territory)
        if model.targets.piece(row, month) is not None:
            return None if model.targets.is_roll_up(row, month) else territory
        territory = model.company.territories[territory].parent
    return None


def _own_rows(book: Book, parties: Parties, rule: TargetRule, day: date, left: Left, base: int) -> None:
    """The same amount between the own rows of who gives and who takes, if both have one."""
    month, giver, taker = left.piece.month, parties.giver(day), parties.taker(day)
    is_sum = book.model.targets.is_roll_up(revenue(SubjectKind.TERRITORY, parties.source), month)
    if giver == taker or is_sum or not base:
        return
    mine = _own(book, giver, month)
    theirs = None if rule is TargetRule.RELIEVED else _own(book, taker, month)
    if mine is None or (theirs is None and rule is not TargetRule.RELIEVED):
        if mine is not None or theirs is not None:
            book.notes.add(Note.OWN_STAYS)
        return
    purse = book.purse(mine, month)
    wanted = purse.estimate(base, book.model.settings.currency)
    if wanted > purse.amount:
        book.notes.add(Note.OWN_TOO_SMALL)
        return
    book.transfer(mine, theirs, month, wanted)


def _own(book: Book, person: PersonId | None, month: Period) -> Row | None:
    """A person's own row, if they have one in that month."""
    if person is None:
        return None
    row = revenue(SubjectKind.PERSON, person)
    return row if book.model.targets.piece(row, month) is not None else None
