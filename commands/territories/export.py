"""The accounts of a territory as a file, in one's own messages."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from io import BytesIO

from commands.kit import Call, Dropped, FileToSend, Rendered, Reply, Sending, command, effect, outgoing
from commands.kit.reply import Message
from commands.territories.controls import EXPORT
from commands.territories.named import asked_about, branch, by_id, require_figures
from domain import policies
from domain.company import Territory, TerritoryId
from domain.errors import NotAllowed, NotFound
from domain.money import to_decimal
from domain.potential import AccountFacts
from storage.account_facts import account_facts
from storage.export_files import write_export
from storage.exporting import Cell, Sheet
from storage.kinds import Column, Type
from storage.store import Repositories
from storage.writing import Writing
from templates import name, render

FILE = "territory/export"
COLUMNS = (
    Column("account"),
    Column("name"),
    Column("territory"),
    Column("industry"),
    Column("country"),
    Column("region"),
    Column("postal_code"),
    Column("latitude", Type.NUMBER),
    Column("longitude", Type.NUMBER),
    Column("employees", Type.NUMBER),
    Column("potential", Type.MONEY),
    Column("bought_12_months", Type.MONEY),
    Column("white_space", Type.MONEY),
    Column("currency", Type.CURRENCY),
)


@command(
    "/territory export",
    help="The accounts of a territory as a file, in your messages",
    usage="[name]",
    effect=True,
    may=policies.may_see_figures,
    examples=(("/territory export", "mine"), ("/territory export new england", "those of that one")),
)
async def export_named(call: Call, repo: Writing) -> Reply:
    return await _order(call, repo, asked_about(repo, call.text, by=call.person, today=call.today))


@effect(EXPORT)
async def export_shown(call: Call, repo: Writing) -> Reply:
    return await _order(call, repo, by_id(repo, call.value, by=call.person, today=call.today))


async def _order(call: Call, repo: Writing, territory: Territory) -> Message:
    require_figures(repo, territory, by=call.person, today=call.today)
    await repo.outbox.file(call.person.id, FILE, {"territory": territory.id})
    await repo.audit("territory.export", "territory", territory.id)
    return Message(render("territories/export_soon.mrkdwn.j2", name=name(territory.name)))


@outgoing(FILE)
async def file(sending: Sending, repo: Repositories) -> Rendered:
    if sending.recipient is None:
        return Dropped("a file goes to a person only")
    try:
        territory = by_id(repo, str(sending.arguments["territory"]), by=sending.recipient, today=sending.today)
        require_figures(repo, territory, by=sending.recipient, today=sending.today)
    except (NotAllowed, NotFound) as error:
        return Dropped(error.message)
    whole = branch(repo, territory)
    facts = await account_facts(repo, whole, sending.today)
    return FileToSend(
        name=f"accounts-{sending.today.isoformat()}.csv",
        content=await _written(
            facts, {one: repo.company.territories[one].name for one in whole}, repo.settings.currency
        ),
        title=f"Accounts of {name(territory.name)}.csv",
        comment=render("territories/export_comment.mrkdwn.j2", name=name(territory.name), count=len(facts)),
    )


async def _written(facts: Iterable[AccountFacts], names: Mapping[TerritoryId, str], currency: str) -> bytes:
    async def batches() -> AsyncGenerator[list[tuple[Cell, ...]], None]:
        yield [_row(one, names, currency) for one in facts]

    made = BytesIO()
    async with aclosing(batches()) as found:
        await write_export(Sheet("accounts", COLUMNS, found), "csv", made)
    return made.getvalue()


def _row(one: AccountFacts, names: Mapping[TerritoryId, str], currency: str) -> tuple[Cell, ...]:
    amounts = (one.potential, one.bought, one.white_space)
    return (
        one.key,
        one.name,
        names[one.territory] if one.territory is not None else None,
        one.industry,
        one.country,
        one.region,
        one.postal_code,
        one.latitude,
        one.longitude,
        one.employees,
        *(None if amount is None else to_decimal(amount, currency) for amount in amounts),
        currency,
    )
