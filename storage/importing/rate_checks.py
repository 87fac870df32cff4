"""Amounts in another currency need a rate: what has none is refused when it comes, not left out when it is asked for."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import and_, select

from domain.errors import DataError
from domain.exchange import Exchange, MissingRate
from domain.periods import parse_label
from storage.company import load_company
from storage.importing.context import Import
from storage.importing.refusing import refuse_where
from storage.tables import crm, targets

REASON = "has no exchange rate for {} or an earlier month: import rates"


async def check_rates(run: Import) -> int:
    """Refuse won deals and targets that cannot be converted; returns how many.

    Raises DataError if a target that is known already would lose its rate. (For a deal the credit pass does.)
    """
    if not run.kinds.keys() & {"deals", "targets", "rates"}:
        return 0
    company = await load_company(run.staging.connection, run.after)
    exchange = Exchange(company.settings, company.rates)
    return await _check_deals(run, exchange) + await _check_targets(run, exchange)


async def _check_deals(run: Import, exchange: Exchange) -> int:
    if "deals" not in run.kinds:
        return 0
    new = await run.staging.new(crm.DealVersion)
    foreign = and_(new.c.status == "won", new.c.currency != run.settings.currency)
    query = select(new.c.currency, new.c.closed_on).where(foreign).distinct()
    wanted = [(row.currency, row.closed_on) for row in await run.staging.execute(query)]
    rules = [
        (
            and_(foreign, new.c.currency == code, new.c.closed_on.in_(days)),
            "currency",
            REASON.format("the month of close"),
        )
        for code, days in _without_rate(exchange, wanted).items()
    ]
    return await refuse_where(run, "deals", rules)


async def _check_targets(run: Import, exchange: Exchange) -> int:
    """The first month decides: a later one has at least its rate."""
    source = run.after.source(targets.Target)
    foreign = and_(source.c.currency.is_not(None), source.c.currency != run.settings.currency)
    query = select(source.c.currency, source.c.period).where(foreign).distinct()
    found = [(row.currency, row.period) for row in await run.staging.execute(query)]
    starts = {period: parse_label(period, run.settings.fiscal_start).start for _, period in found}
    without = _without_rate(exchange, [(code, starts[period]) for code, period in found])
    lacking = [(code, period) for code, period in found if starts[period] in without.get(code, ())]
    if not lacking:
        return 0
    refused = 0
    if "targets" in run.kinds:
        new = await run.staging.new(targets.Target)
        refused = await refuse_where(
            run,
            "targets",
            [
                (
                    and_(new.c.currency == code, new.c.period == period),
                    "currency",
                    REASON.format(f"{starts[period]:%Y-%m}"),
                )
                for code, period in lacking
            ],
        )
    kept = {(row.currency, row.period) for row in await run.staging.execute(query)}
    for code, period in lacking:
        if (code, period) in kept:
            raise DataError(
                f"Targets for {period} in {code} would have no exchange rate any more. Keep a rate of {code} "
                f"for {starts[period]:%Y-%m} or an earlier month in the file."
            )
    return refused


def _without_rate(exchange: Exchange, wanted: Iterable[tuple[str, date]]) -> dict[str, list[date]]:
    """The days of (currency, day) that have no rate, by currency."""
    found: defaultdict[str, list[date]] = defaultdict(list)
    for code, day in wanted:
        try:
            exchange.rate(code, day)
        except MissingRate:
            found[code].append(day)
    return found
