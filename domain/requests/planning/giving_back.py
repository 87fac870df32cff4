"""Targets that go back to where they came from, from a day on."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from domain.company import WHOLE, Metric, SubjectKind, Target
from domain.model import CompanyModel
from domain.periods import Period, parse_label
from domain.requests.model import ChangeRep, ChangeTarget, Merge
from domain.requests.planning.facts import Done, Facts, Impossible, MovedMonth
from domain.requests.planning.shares import days_left, purse_of, revenue
from domain.requests.planning.transfers import Book, hand_on
from domain.requests.words import day_words
from domain.requests.writes import Row, Rows, Writes
from domain.requests.written import company_after
from domain.target_setting import key_of, stored
from domain.targets import Row as TargetRow


def targets_given_back(done: Done, facts: Facts) -> tuple[Rows[Target], tuple[MovedMonth, ...]]:
    """The rows of targets, and what of them changes hands month by month.

    Months that have passed stay; later ones are as before; the one in which the day lies gives back what moved for the
    business days that are left of it. A target that was changed as such (no accounts moved) is as before for its whole
    period. Raises Impossible if one has changed since.
    """
    fiscal_start, day = facts.model.settings.fiscal_start, facts.effective_on
    always = isinstance(done.change, ChangeTarget) or day == done.effective_on
    was = _before(facts.model, done)
    back: list[Row[Target]] = []
    partly: defaultdict[str, list[Target]] = defaultdict(list)
    for row in done.writes.targets:
        one = row.after or row.before
        period = parse_label(one.period, fiscal_start) if one is not None else None
        if one is None or period is None:
            continue
        whole = always or _was_sum(was, done, period)
        if period.end <= day and not whole:
            continue
        if stored(facts.model.company, key_of(one)) != row.after:
            raise _changed_since(done, facts)
        if whole or period.start >= day:
            back.append(Row(row.after, row.before))
        else:
            partly[period.label].append(one)
    book = Book(facts.model)
    for label, some in partly.items():
        _give_back(book, was, parse_label(label, fiscal_start), some, done, day)
    rows = (*back, *book.written())
    return rows, _months(done, facts, rows)


def _changed_since(done: Done, facts: Facts) -> Impossible:
    day = day_words(done.effective_on, facts.today)
    return Impossible(f"A target has changed since this took effect on {day}. Ask for a new change instead.", "request")


def _before(model: CompanyModel, done: Done) -> CompanyModel:
    """The company with the targets and the tree that it had before the change."""
    back = done.writes.inverse()
    return _with(model, Writes(territories=back.territories, targets=back.targets))


def _with(model: CompanyModel, writes: Writes) -> CompanyModel:
    return CompanyModel(company_after(model.company, writes, model.company.revision))


def _was_sum(was: CompanyModel, done: Done, period: Period) -> bool:
    """Whether a merged territory's target was made of those below it: nobody carried it, and as the tree comes back, so
    does it, whichever month it is."""
    if not isinstance(done.change, Merge):
        return False
    row = revenue(SubjectKind.TERRITORY, done.change.territory)
    return any(was.targets.is_roll_up(row, month) for month in period.months())


def _give_back(book: Book, was: CompanyModel, month: Period, some: Iterable[Target], done: Done, day: date) -> None:
    """The part that falls on the days left, from who gained in that month to who lost, territories and people apart."""
    left, _ = days_left(month, day, book.model.calendar)
    moved, _ = days_left(month, done.effective_on, book.model.calendar)
    if not left:
        return
    gained: dict[TargetRow, int] = {}
    for target in some:
        row = (target.kind, target.subject, target.metric)
        gained[row] = book.purse(row, month).amount - purse_of(was, row, month, None).amount
    for kind in SubjectKind:
        losers = [row for row in gained if row[0] is kind and gained[row] < 0]
        gainers = [row for row in gained if row[0] is kind and gained[row] > 0]
        for giver, taker in zip(gainers, losers, strict=bool(gainers)):
            book.transfer(giver, taker, month, round(Fraction(gained[giver] * left, moved)))
        for loser in losers if not gainers else ():
            purse = book.purse(loser, month)
            book.put(loser, month, purse.amount + round(Fraction(-gained[loser] * left, moved)), purse.currency)


def _months(done: Done, facts: Facts, rows: Rows[Target]) -> tuple[MovedMonth, ...]:
    """What those who gain by it gain in each month; of a target that is only lowered, what it loses."""
    if isinstance(done.change, ChangeRep):
        share = Fraction(_passed(done), WHOLE)
        return hand_on(facts, done.change.territory, share, lambda _: None, lambda _: None).months
    after = _with(facts.model, Writes(targets=rows))
    found: defaultdict[str, list[int]] = defaultdict(list)
    months: dict[str, Period] = {}
    for row in rows:
        one = row.after or row.before
        if one is None or one.metric is not Metric.REVENUE or _is_echo(done, one):
            continue
        for month in parse_label(one.period, facts.model.settings.fiscal_start).months():
            asked = (one.kind, one.subject, one.metric)
            change = purse_of(after, asked, month, None).whole - purse_of(facts.model, asked, month, None).whole
            found[month.label].append(change)
            months[month.label] = month
    return tuple(_moved(facts, months[label], parts) for label, parts in sorted(found.items()))


def _is_echo(done: Done, target: Target) -> bool:
    """A person's own row that followed a territory's: it is the same amount once more."""
    return target.kind is SubjectKind.PERSON and not isinstance(done.change, ChangeTarget)


def _moved(facts: Facts, month: Period, parts: list[int]) -> MovedMonth:
    left, days = days_left(month, facts.effective_on, facts.model.calendar)
    gained = sum(part for part in parts if part > 0)
    return MovedMonth(month, gained, left, days, gained or sum(parts))


def _passed(done: Done) -> int:
    """The share of a territory that went to somebody else, in millionths."""
    rows = done.writes.assignments
    new = [row.after.share for row in rows if row.after is not None and row.after.span.start == done.effective_on]
    return new[0] if new else next((row.before.share for row in rows if row.before is not None), WHOLE)
