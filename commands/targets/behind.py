"""Everything behind a card in one table: what Why? shows page by page, for spreadsheets.

Parts `credit` and `elsewhere` sum to the card's credited and overlay, `target` and `target elsewhere` to its target,
`open` and `open elsewhere` to what is open; `row` repeats the card's table. Amounts are exact, in units of their currency; days are dates.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from commands.targets import service
from commands.targets.pipeline import first_day_left
from commands.targets.reference import CardReference
from commands.targets.service import Sight, TargetsCard
from commands.targets.why import Made, OpenPart, converted, visible, what_makes, whose_open
from domain.attainment import NotAvailable, full_precision
from domain.company import Person, SubjectKind
from domain.credit import Kind
from domain.errors import NotAllowed
from domain.money import to_decimal
from domain.scorecard import ELSEWHERE, Score, ScoreKind
from domain.targets import TargetPart
from storage import ledger
from storage.exporting import Cell
from storage.kinds import Column, Type
from storage.ledger import CreditLine, OpenLine
from storage.store import Repositories

COLUMNS = (
    Column("part"),
    Column("deal"),
    Column("name"),
    Column("account"),
    Column("person"),
    Column("territory"),
    Column("date", Type.DATE),
    Column("because"),
    Column("share_percent", Type.NUMBER),
    Column("amount", Type.MONEY),
    Column("currency", Type.CURRENCY),
    Column("rate", Type.RATE),
    Column("rate_period"),
    Column("credited", Type.MONEY),
    Column("overlay", Type.MONEY),
    Column("target", Type.MONEY),
    Column("open", Type.MONEY),
    Column("attainment", Type.NUMBER),
    Column("stage"),
    Column("forecast_category"),
)
NAMES = tuple(column.name for column in COLUMNS)
Row: TypeAlias = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """A card with the rows behind it; `repo` is the state that it was made in."""

    card: TargetsCard
    rows: list[Row]


async def behind(repo: Repositories, reference: CardReference, *, by: Person, today: date) -> Behind:
    """What `by` may see of the rows behind a card, as they were when it was made. Raises NotAllowed or NotFound."""
    sight = service.allow(repo, reference.subject(repo.company), by=by, today=today)
    if sight is Sight.TOTAL:
        raise NotAllowed("A total has no rows to export: they would show what each person contributed.")
    if not reference.metric.is_money:
        raise NotAllowed("Only revenue can be exported. Choose revenue on the card.")
    then = repo if reference.revision >= repo.revision else await repo.earlier(reference.revision)
    period = reference.parsed_period(then.settings.fiscal_start)
    subject = reference.subject(then.company)
    card = await service.build(then, subject=subject, period=period, today=reference.today, sight=sight)
    made = what_makes(repo, then, card, today)
    credit = await ledger.credit_lines(*then.at, made.scopes, kinds=made.kinds)
    since, until = first_day_left(card.score.standing.progress), period.end
    open_deals = await ledger.open_lines(
        *then.at,
        whose_open(repo, then, card, today),
        today=card.today,
        since=since,
        until=until,
    )
    return Behind(card, list(_Rows(then, card, made).all(credit, open_deals)))


@dataclass(frozen=True, slots=True)
class _Rows:
    then: Repositories
    card: TargetsCard
    made: Made

    def all(self, credit: list[CreditLine], open_deals: list[OpenLine]) -> Iterator[Row]:
        standing = self.card.score.standing
        yield from (self._credit(line) for line in credit)
        elsewhere = standing.credited + standing.overlay - sum(line.base for line in credit)
        if elsewhere:
            yield _row(part="elsewhere", credited=self._money(elsewhere), currency=self.card.currency)
        shown = [part for part in self.card.score.parts if visible(part, self.made)]
        yield from (self._target(part) for part in shown)
        asked = (standing.target or 0) - sum(part.amounts.effective for part in shown)
        if asked:
            yield _row(part="target elsewhere", target=self._money(asked), currency=self.card.currency)
        closing = [converted(self.then, line, self.card.today) for line in open_deals]
        yield from (self._open(part) for part in closing)
        left = self.card.outlook.pipeline.amount - sum(part.base or 0 for part in closing)
        if left:
            yield _row(part="open elsewhere", open=self._money(left), currency=self.card.currency)
        yield from self._table()

    def _credit(self, line: CreditLine) -> Row:
        is_overlay = line.kind is Kind.OVERLAY
        return _row(
            part="credit",
            deal=line.deal,
            name=line.name,
            account=line.account,
            person=self._person(line.person),
            territory=self._territory(line.territory),
            date=line.on_day,
            because=line.because.value.replace("_", " "),
            share_percent=_percent(line.share),
            amount=to_decimal(line.amount, line.currency),
            currency=line.currency,
            rate=None if line.currency == self.card.currency else Decimal(line.rate_e12).scaleb(-12),
            rate_period=line.rate_period,
            credited=None if is_overlay else self._money(line.base),
            overlay=self._money(line.base) if is_overlay else None,
        )

    def _target(self, part: TargetPart) -> Row:
        original, quote = part.piece.original, part.piece.quote
        return _row(
            part="target",
            name=f"{part.kind} target",
            person=self._person(part.person),
            territory=self._territory(part.subject if part.kind is SubjectKind.TERRITORY else None),
            date=max(part.span.start, part.month.start),
            share_percent=_percent(part.share),
            amount=to_decimal(original.minor, original.currency) if original else self._money(part.piece.amount),
            currency=original.currency if original else self.card.currency,
            rate=Decimal(quote.e12).scaleb(-12) if quote else None,
            rate_period=part.month.label,
            target=self._money(part.amounts.effective),
        )

    def _open(self, part: OpenPart) -> Row:
        line, quote = part.line, part.quote
        return _row(
            part="open",
            deal=line.deal,
            name=line.name,
            account=line.account,
            person=self._person(line.person),
            territory=self._territory(line.territory),
            date=line.expected_close_on,
            share_percent=_percent(line.share),
            amount=None if line.amount is None else to_decimal(line.amount, line.currency),
            currency=line.currency,
            rate=Decimal(quote.e12).scaleb(-12) if quote and line.currency != self.card.currency else None,
            open=None if part.base is None else self._money(part.base),
            stage=line.stage,
            forecast_category=line.forecast_category,
        )

    def _table(self) -> Iterator[Row]:
        """The card's rows; who is no longer the reader's is in one line with those who had moved before."""
        gone = [score for score in self.card.rows if not self._is_theirs(score)]
        if gone:
            gone += [score for score in self.card.rows if score.subject.kind is ScoreKind.ELSEWHERE]
        yield from (self._of(score) for score in self.card.rows if score not in gone)
        if gone:
            standings = [score.standing for score in gone]
            targets = [one.target for one in standings if one.target is not None]
            yield _row(
                part="row",
                name=ELSEWHERE.name,
                currency=self.card.currency,
                credited=self._money(sum(one.credited for one in standings)),
                overlay=self._money(sum(one.overlay for one in standings)),
                target=self._money(sum(targets)) if targets else None,
            )

    def _is_theirs(self, score: Score) -> bool:
        """Of people: whether they still are below the reader."""
        of_people = score.subject.kind in (ScoreKind.PERSON, ScoreKind.GROUP)
        return self.made.people is None or not of_people or score.subject.id in self.made.people

    def _of(self, score: Score) -> Row:
        standing = score.standing
        ratio = standing.attainment
        return _row(
            part="row",
            name=score.subject.name,
            currency=self.card.currency,
            credited=self._money(standing.credited),
            overlay=self._money(standing.overlay),
            target=None if standing.target is None else self._money(standing.target),
            attainment=None if isinstance(ratio, NotAvailable) else _precise(ratio),
        )

    def _money(self, minor: int) -> Decimal:
        return to_decimal(minor, self.card.currency)

    def _person(self, number: int | None) -> str | None:
        found = self.then.company.people.get(number) if number is not None else None
        return found.name if found else None

    def _territory(self, number: int | None) -> str | None:
        found = self.then.company.territories.get(number) if number is not None else None
        return found.name if found else None


def _row(**cells: Cell) -> Row:
    return tuple(cells.pop(name, None) for name in NAMES)


def _percent(millionths: int) -> Decimal:
    return Decimal(millionths) / 10_000


def _precise(ratio: Fraction) -> Decimal:
    return full_precision(ratio)
