"""The credit pass over some deals, straight into the ledger of the transaction that is open."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import Company
from domain.credit import CreditContext
from domain.exchange import Exchange
from storage.credit.accounts import load_some_holdings
from storage.credit.batches import Reader
from storage.credit.books import Books
from storage.credit.prepare import CreditPass
from storage.credit.sink import Direct
from storage.credit.writer import Writer
from storage.snapshot import Latest


async def follow(
    connection: AsyncConnection,
    company: Company,
    workspace_id: int,
    *,
    deals: Collection[int],
    today: date,
    again: bool = False,
    first_id: int | None = None,
) -> dict[str, int]:
    """Bring ledger and open pipeline in line with these deals, and the returns that reverse them, at `company.revision`.

    `company` is what holds now, in this transaction. Says how many rows that took, by the names of `CreditReport`.
    `again` if this revision has credit already; `first_id` is the number of the first row, if not the next one of the ledger.
    """
    now = Latest(workspace_id, company.revision)
    reader = Reader(connection, now, now)
    some, accounts = await reader.named(deals)
    holdings = await load_some_holdings(connection, now, company.settings.currency, accounts)
    books = Books(CreditContext(company, holdings), Exchange(company.settings, company.rates), today)
    sink = Direct(connection, workspace_id, company.revision, again=again)
    writer = await Writer.start(connection, sink, workspace_id, company.revision, first_id)
    the_pass = CreditPass(books, writer, restate=False)
    for which in some:
        batch = await reader.batch(which)
        the_pass.settle(batch, await reader.reversed_by(batch))
        await writer.flush()
    return writer.counts()
