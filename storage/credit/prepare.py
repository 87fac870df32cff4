"""The credit pass: the rows by which the ledger follows the data, worked out before anything is written."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Index
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateIndex
from sqlmodel import SQLModel

from domain.company import Company
from domain.credit import NOT_FROZEN, Attribution, CreditContext, Frozen, Kind
from domain.exchange import Exchange
from storage.company import load_company
from storage.credit.accounts import load_holdings
from storage.credit.batches import Batch, Reader
from storage.credit.books import (
    BASE,
    KIND,
    NO_SPLITS,
    OPEN,
    WON,
    Books,
    CreditFields,
    DealRow,
    Live,
    OpenFields,
    frozen_by,
)
from storage.credit.frozen import FrozenLog
from storage.credit.report import CreditReport
from storage.credit.sink import Staged
from storage.credit.writer import Writer
from storage.importing.staging import Staging, Touched
from storage.snapshot import Snapshot
from storage.tables import crm

NOTHING: Sequence[Live] = ()
REVENUE = Kind.REVENUE.value


async def prepare_credits(
    connection: AsyncConnection,
    *,
    before: Snapshot,
    after: Snapshot,
    staging: Staging,
    touched: Touched,
    revision: int,
    today: date,
    restate: bool,
) -> CreditReport:
    """Stage the credits and open shares that change when `before` becomes `after` in `revision`.

    Looks at the touched deals and the returns that reverse them, or at all deals, in batches; deals whose credit
    stays as it is cost no row, so that doing it again stages nothing. `today` is the import's day in the workspace's
    zone. With `restate` all deals take their present owner and territory, whatever they were at close.
    Raises MissingRate for a won deal in a currency without any rate.
    """
    await _index_what_is_new(staging)
    company = await load_company(connection, after)
    accounts = await load_holdings(connection, after, company.settings.currency)
    books = Books(CreditContext(company, accounts), Exchange(company.settings, company.rates), today)
    writer = await Writer.start(connection, Staged(staging), after.workspace_id, revision)
    reader = Reader(connection, before, after)
    the_pass = CreditPass(books, writer, restate=restate)
    everything = touched.all or restate
    for which in await reader.stretches() if everything else await reader.lookups(touched):
        batch = await reader.batch(which)
        the_pass.settle(batch, await reader.reversed_by(batch))
        await writer.flush()
    return await the_pass.report(connection, after, company)


async def _index_what_is_new(staging: Staging) -> None:
    """Deals and splits are read by stretches of ids; staged rows stand in the order of the file."""
    models: list[tuple[type[SQLModel], str]] = [(crm.DealVersion, "id"), (crm.Split, "deal_id")]
    for model, column in models:
        name = f"new_{model.__tablename__}"
        if staging.is_filled(name):
            table = await staging.new(model)
            index = Index(f"ix_credit_{name}", table.c[column])
            await staging.execute(CreateIndex(index, if_not_exists=True))
            await staging.analyze(table)


class CreditPass:
    """Settles deal after deal, and counts."""

    def __init__(self, books: Books, writer: Writer, *, restate: bool) -> None:
        self._books = books
        self._writer = writer
        self._restate = restate
        self._log = FrozenLog()
        self._deals = self._without_amount = self._without_reverses = 0

    def settle(self, batch: Batch, sold: Batch) -> None:
        """Bring ledger and open pipeline in line with the deals of a batch; `sold` are those that its returns take back."""
        for deal_id in batch:
            deal = batch.deals.get(deal_id)
            live = batch.live.get(deal_id, NOTHING)
            open_now = batch.open.get(deal_id)
            wanted, shares = ([], []) if deal is None else self._wanted(deal, batch, live, sold)
            if live or wanted:
                self._writer.settle_credits(deal_id, live, wanted)
            if open_now or shares:
                self._writer.settle_open(deal_id, open_now or {}, shares)
            self._deals += 1

    async def report(self, connection: AsyncConnection, after: Snapshot, company: Company) -> CreditReport:
        return CreditReport(
            deals=self._deals,
            **self._writer.counts(),
            won_without_amount=self._without_amount,
            returns_without_reverses=self._without_reverses,
            owner_changed_after_close=await self._log.owners(connection, after, company),
            territory_changed_after_close=await self._log.territories(connection, after, company),
        )

    def _wanted(
        self, deal: DealRow, batch: Batch, live: Sequence[Live], sold: Batch
    ) -> tuple[list[CreditFields], list[OpenFields]]:
        """The rows that the ledger and the open pipeline should hold."""
        frozen = self._frozen(deal, live)
        reverses = None if deal.reverses is None else self._sold(deal, sold)
        splits = batch.splits.get(deal.id, NO_SPLITS)
        if deal.status == OPEN:
            return [], self._books.open_shares(deal, splits, reverses)
        wanted = self._books.credits(deal, self._books.attribute(deal, splits, frozen, reverses))
        if deal.status == WON:
            self._count(deal, frozen, wanted)
        return wanted, []

    def _frozen(self, deal: DealRow, live: Sequence[Live]) -> Frozen:
        """What stays as it was when the deal was first seen won; a deal that was reopened meanwhile starts anew."""
        return frozen_by(live) if live and deal.status == WON and not self._restate else NOT_FROZEN

    def _sold(self, deal: DealRow, sold: Batch) -> Attribution | None:
        """Who was credited with what a return takes back; None if that deal is not there (any more)."""
        origin = sold.deals.get(deal.reverses or 0)
        if origin is None:
            return None
        frozen = self._frozen(origin, sold.live.get(origin.id, NOTHING))
        splits = sold.splits.get(origin.id, NO_SPLITS)
        return self._books.attribute(origin, splits, frozen, None, otherwise=deal.closed_on)

    def _count(self, deal: DealRow, frozen: Frozen, wanted: Sequence[CreditFields]) -> None:
        is_return = deal.type == "return" or (deal.amount or 0) < 0
        self._without_amount += deal.amount is None
        self._without_reverses += is_return and deal.reverses is None
        if frozen is not NOT_FROZEN and (
            deal.owner not in (None, frozen.owner) or deal.territory not in (None, frozen.territory)
        ):
            self._log.note(deal, frozen, sum(fields[BASE] for fields in wanted if fields[KIND] == REVENUE))
