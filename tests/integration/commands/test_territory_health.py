"""What is wrong with territories, and where an account is and why: what each person is shown of it, and that it is true."""

import json
import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text, update

from bot.demo.company import LEADER, LEFT, MANAGER, OPS, PARTNER, REP
from commands.kit import Action, Call
from commands.kit.errors import error_message
from commands.kit.reply import Message
from commands.territories import health_handlers, list_handlers
from commands.territories.find import find
from commands.territories.find_views import found_message
from commands.territories.gaps import gaps
from commands.territories.health import HealthPage, health_page, kind_named
from commands.territories.health_views import health_message
from commands.territories.list_views import list_message
from commands.territories.listing import territory_list
from domain.company import Person
from domain.errors import NotAllowed, NotFound, TurfError, UsageError
from domain.holdings import How
from domain.territories.health import FindingKind
from storage.account_facts import holdings
from storage.database import Database
from storage.decisions import DECISIONS, What, decide
from storage.store import Repositories, Store
from storage.tables import crm, table_of
from tests.support.divided import divided
from tests.support.hostile import NAMES, unseen
from tests.support.sample import TODAY
from tests.support.scrambling import Seen, scramble

pytestmark = pytest.mark.asyncio(loop_scope="module")
KINDS = ("none", "nothing to see", "endless, escaped", "in all directions", "mark-up")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def divided_file(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company with rules, imported once."""
    return divided(sample_file, tmp_path_factory.mktemp("divided"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def store(divided_file: Path) -> AsyncIterator[Store]:
    """For tests that only ask."""
    database = Database(f"sqlite:///{divided_file}")
    yield Store(database)
    await database.close()


@pytest_asyncio.fixture(loop_scope="module")
async def database(divided_file: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """For tests that change something; what was read before is known to a store that has read it."""
    database = Database(f"sqlite:///{shutil.copyfile(divided_file, tmp_path / 'divided.db')}")
    yield database
    await database.close()


def person(repo: Repositories, key: str) -> Person:
    return next(one for one in repo.company.people.values() if one.key == key)


async def page(store: Store, key: str, kind: str = "", number: int = 0) -> HealthPage:
    async with store.read(1) as repo:
        return await health_page(repo, kind_named(kind), by=person(repo, key), today=TODAY, number=number)


async def shown(store: Store, key: str, kind: str = "", number: int = 0) -> Message:
    return health_message(await page(store, key, kind, number), currency="USD", locale="en-US")


def words(message: Message) -> str:
    return "\n".join(
        block["text"]["text"] for block in message.to_json()["blocks"] if isinstance(block.get("text"), dict)
    )


async def found(store: Store, key: str, asked: str) -> Message:
    async with store.read(1) as repo:
        try:
            made = await find(repo, asked, by=person(repo, key), today=TODAY)
        except TurfError as error:
            return error_message(error, "K7Q-1", text=asked)
        return found_message(made, currency="USD", locale="en-US")


async def test_operations_see_all_of_it_what_hurts_most_first(store: Store) -> None:
    every = await page(store, OPS)
    assert every.counts[FindingKind.OVERLAP] == 1
    assert every.counts[FindingKind.RULE] == 1
    assert every.counts[FindingKind.GAP] > 30
    first = words(await shown(store, OPS))
    assert re.search(
        r"\*Canada\* has no rep — \d+ accounts, \$1\.63M open.*\*Initech GmbH\* \(DE, Berlin, mining\) is in no territory — \$120k",
        first,
        re.DOTALL,
    )
    overlap = words(await shown(store, OPS, "overlap"))
    assert "*Hooli* is claimed equally by New England and New York — $37k open in 2 deals." in overlap
    assert "*Claimed by several: 1*, $37k open" in overlap
    assert "*The rule “Monaco”* of Germany matches no account." in words(await shown(store, OPS, "rule"))
    assert (
        "*Globex renewal* (Globex Corporation) belongs to Ana Silva, but Mid-Atlantic to Ben Whitaker — $64k open."
        in first
    )


async def test_what_there_is_to_do_stands_once_for_each_kind(store: Store) -> None:
    said = words(await shown(store, OPS))
    assert said.count("Change the owner in the CRM") == 1
    assert "Import a pin for it" in said
    assert "Sales operations can put it right" in words(await shown(store, MANAGER, "overlap"))


async def test_the_report_has_the_same_findings_and_amounts(store: Store) -> None:
    every = await page(store, OPS)
    async with store.read(1) as repo:
        rows = await gaps(repo, TODAY)
    assert Counter(row.kind for row in rows) == {kind.value: count for kind, count in every.counts.items()}
    assert sum(row.open for row in rows) * 100 == every.amount
    initech = next(row for row in rows if row.account == "X-2")
    assert (initech.kind, initech.open, initech.deals, initech.territories) == ("gap", Decimal("120000.00"), 1, None)
    hooli = next(row for row in rows if row.account == "X-3" and row.kind == "overlap")
    assert hooli.territories is not None
    assert set(hooli.territories.split(";")) == {"new-england", "new-york"}
    globex = next(row for row in rows if row.deal == "D-X1")
    assert (globex.kind, globex.person, globex.holders) == ("owner", "ana.silva", "ben.whitaker")


async def test_gaps_and_overlaps_are_those_of_the_resolver(store: Store) -> None:
    async with store.read(1) as repo:
        lines = await holdings(repo)
        rows = await gaps(repo, TODAY)
    held = {one: line.at(TODAY).how for one, line in lines.items()}
    assert sum(row.kind == "overlap" for row in rows) == sum(how is How.OVERLAP for how in held.values()) == 1


async def test_each_sees_what_is_theirs(store: Store) -> None:
    rep = words(await shown(store, REP, "overlap"))
    assert "*Hooli* is claimed equally by New England and New York — $7,000 open in 1 deal." in rep
    assert "Initech" not in words(await shown(store, REP, "gap"))
    assert "$37k" in words(await shown(store, MANAGER, "overlap"))
    assert "$37k" in words(await shown(store, LEADER, "overlap"))
    partner = json.dumps([(await shown(store, PARTNER, kind)).to_json() for kind in ("", *FindingKind)])
    assert "Initech" in partner or "Hooli" in partner
    assert "$" not in partner
    assert "open in" not in partner
    with pytest.raises(NotAllowed):
        await page(store, LEFT)


async def answers(store: Store, key: str) -> list[str]:
    """All that someone is shown."""
    kinds = [json.dumps((await shown(store, key, kind)).to_json()) for kind in ("", *FindingKind)]
    return [*kinds, *[json.dumps((await found(store, key, one)).to_json()) for one in ("X-1", "hooli", "X-2")]]


@pytest.mark.parametrize("key", [REP, PARTNER])
async def test_what_someone_sees_depends_on_nothing_else(store: Store, database: Database, key: str) -> None:
    async with store.read(1) as repo:
        by, lines = person(repo, key), repo.model.lines
        mine = frozenset(one for one in repo.company.territories if by.id in lines.holders_on(one, TODAY))
        theirs = Seen(people=frozenset({by.id}), territories=mine) if key == REP else Seen()
    before = await answers(store, key)
    assert await scramble(database, theirs, 1, names=False) > 1000
    assert await answers(Store(database), key) == before
    assert await scramble(database, Seen(), 2, names=False) > 1000
    assert (await answers(Store(database), key) == before) == (key == PARTNER)


async def test_why_an_account_is_where_it_is(store: Store) -> None:
    said = words(await found(store, REP, "globex"))
    assert "*Globex Corporation* (X-1) is in *Mid-Atlantic*." in said
    assert "*Held by:* Ben Whitaker." in said
    assert "*Why:* the rule “US small” of Mid-Atlantic." in said
    assert "• the rule “Massachusetts” of New England: its band of size is wider, or it names none" in said
    assert "*Two or more claim it equally:* New England, New York." in words(
        await found(store, REP, "hooli X-3"[:0] or "X-3")
    )
    assert "*No pin and no rule takes it.* Rules look at: DE, Berlin, mining." in words(
        await found(store, REP, "initech")
    )
    assert "the pin of O'Brien &amp; Söhne &lt;GmbH&gt;, a company above it, to New England" in words(
        await found(store, REP, "X-4")
    )
    assert "employees" not in words(await found(store, PARTNER, "globex"))
    assert "Ben Whitaker" in words(await found(store, PARTNER, "globex"))


async def test_names_that_are_nearly_right_or_fit_several(store: Store) -> None:
    assert (await found(store, REP, "Globx Corporation")).text.endswith("Did you mean Globex Corporation?")
    assert (
        "fits 2 accounts" in (await found(store, REP, "hooli l")).text
        or "Hooli Labs" in (await found(store, REP, "hooli l")).text
    )
    assert "fits 15 accounts" in (await found(store, REP, "amber")).text
    assert "I don't know an account called 'qqqqqqqq'" in (await found(store, REP, "qqqqqqqq")).text
    assert (await found(store, REP, "  ")).text.startswith("Name an account")
    assert "You are marked as having left" in (await found(store, LEFT, "globex")).text


async def test_accounts_that_were_removed(database: Database) -> None:
    gone = text("delete from account_versions where id in (select id from accounts where key in ('A-00001', 'X-1'))")
    async with database.write() as connection:
        await connection.execute(gone)
    store = Store(database)
    assert "I don't know an account called 'X-1'" in (await found(store, REP, "X-1")).text
    assert "*Hooli Labs* (X-4) is in" in words(await found(store, REP, "X-4"))
    assert (await page(store, OPS)).counts[FindingKind.GAP] > 30


async def test_a_decision_that_the_crm_does_not_know_is_for_who_decides(store: Store, database: Database) -> None:
    async with store.read(1) as repo:
        [england] = [one.id for one in repo.company.territories.values() if one.key == "new-england"]
    key = f"territory:{england}:2026Q4:revenue"
    async with database.write() as connection:
        by = (await connection.execute(text("select id from people where key = :key"), {"key": OPS})).scalar_one()
        await decide(connection, 1, What.TARGET, key, by=by, at=NOW)
        await decide(connection, 1, What.ROLE, str(by), by=by, at=NOW)
        await connection.execute(update(DECISIONS).values(said="777.00 USD", said_at=NOW))
    store = Store(database)
    said = words(await shown(store, OPS, "crm"))
    assert "*New England, 2026Q4, revenue*: the target was decided in Turf; the last import said 777.00 USD" in said
    assert "*The CRM says otherwise: 2*" in said
    assert "*The CRM says otherwise: 1*" in words(await shown(store, MANAGER, "crm"))
    for key_ in (REP, PARTNER, LEADER):
        assert "777" not in json.dumps((await shown(store, key_, "crm")).to_json())
    async with store.read(1) as repo:
        assert not [row for row in await gaps(repo, TODAY, as_of=True) if row.said]


async def test_decisions_of_every_kind_say_what_they_are_about(database: Database) -> None:
    async with Store(database).read(1) as repo:
        ids = {one.key: one.id for one in repo.company.territories.values()}
        ana = person(repo, REP).id
    async with database.write() as connection:
        account, deal = [
            (await connection.execute(text(f"select id from {table} where key = :key"), {"key": key})).scalar_one()
            for table, key in (("accounts", "X-2"), ("deals", "D-X1"))
        ]
        keys = {
            What.PIN: f"{account}:0001-01-01",
            What.DEAL_OWNER: str(deal),
            What.ASSIGNMENT: f"{ids['canada']}:{ana}:primary:2026-12-01",
            What.RULE: f"{ids['germany']}:a: rule:country",
        }
        for what, key in keys.items():
            await decide(connection, 1, what, key, by=ana, at=NOW)
        await connection.execute(update(DECISIONS).values(said="otherwise", said_at=NOW))
    said = words(await shown(Store(database), OPS, "crm"))
    for line in (
        "*Initech GmbH*: the territory was decided in Turf; the last import said otherwise (Nov 23, 2026).",
        "*Globex renewal*: the owner was decided in Turf",
        "*Canada*: that Ana Silva holds it was decided in Turf",
        "*Germany*: the rule “a: rule” was decided in Turf",
    ):
        assert line in said
    assert "otherwise" not in json.dumps((await shown(Store(database), MANAGER, "crm")).to_json()).replace(
        "says otherwise", ""
    )


async def test_a_territory_that_is_no_more_misses_nobody_and_is_found_by_its_name(database: Database) -> None:
    canada = "(select id from territories where key = 'canada')"
    async with database.write() as connection:
        closing = f"update territory_versions set closed_on = '2026-11-01', merged_into_id = (select id from territories where key = 'texas') where id = {canada}"
        await connection.execute(text(closing))
        for table in ("pins", "rules", "open_shares"):
            await connection.execute(text(f"delete from {table} where territory_id = {canada}"))
    store = Store(database)
    assert "Canada" not in words(await shown(store, OPS, "orphan"))
    assert "Canada" not in words(await shown(store, OPS, "empty"))
    async with store.read(1) as repo:
        by = person(repo, REP)
        every = [territory_list(repo, "", by=by, today=TODAY, number=number) for number in (0, 1)]
        assert (every[0].fitting, every[0].vacant) == (32, 0)
        assert not [row for one in every for row in one.rows if row.territory.key == "canada"]
        named = list_message(territory_list(repo, "canada", by=by, today=TODAY), currency="USD", locale="en-US")
    assert "• Canada — closed on Nov 1, 2026, now part of Texas" in words(named)


async def test_pages_go_on_to_the_end_and_not_beyond(store: Store) -> None:
    first = await page(store, OPS)
    last = await page(store, OPS, number=first.pages - 1)
    beyond = await page(store, OPS, number=10**6)
    assert last.findings == beyond.findings
    assert len(last.findings) == (first.total - 1) % 8 + 1
    assert "Next" not in json.dumps(health_message(last, currency="USD", locale="en-US").to_json())
    with pytest.raises(UsageError, match=r"is no kind of finding\. There are: gap, overlap"):
        kind_named("nonsense")


@pytest.mark.parametrize("name", [NAMES[kind] for kind in KINDS], ids=KINDS)
async def test_whatever_things_are_called(database: Database, name: str) -> None:
    accounts = table_of(crm.AccountVersion)
    async with database.write() as connection:
        await connection.execute(update(accounts).values(name=name))
        for table in ("territory_versions", "people"):
            await connection.execute(text(f"update {table} set name = :name"), {"name": name})
        await connection.execute(text("update rules set rule = :name where rule = 'Monaco'"), {"name": name or "x"})
    store = Store(database)
    made = [await shown(store, OPS, kind) for kind in ("", *FindingKind)]
    made.append(await found(store, OPS, "X-1"))
    made.append(await found(store, OPS, name))
    async with store.read(1) as repo:
        found_ = territory_list(repo, name, by=person(repo, OPS), today=TODAY)
        made += [list_message(one, currency="USD", locale="en-US")
                 for one in (found_, territory_list(repo, "", by=person(repo, OPS), today=TODAY))]  # fmt: skip
    for message in made:
        body = message.to_json()
        assert not unseen(body)
        assert "<!channel" not in body["text"]


async def test_a_company_without_rules_says_so(database: Database) -> None:
    async with database.write() as connection:
        for table in ("pins", "rules"):
            await connection.execute(text(f"delete from {table}"))
    store = Store(database)
    assert not {FindingKind.GAP, FindingKind.EMPTY} & set((await page(store, OPS)).counts)
    assert "No account is in a territory by a rule or a pin yet" in words(await shown(store, OPS))
    assert "*No pin and no rule takes it.*" in words(await found(store, REP, "A-00001"))


async def test_a_rule_that_cannot_be_read_is_said(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("update rules set value = 'many' where dimension = 'employees_max'"))
    async with Store(database).read(1) as repo:
        with pytest.raises(TurfError, match="is no number"):
            await health_page(repo, None, by=person(repo, OPS), today=TODAY)


async def test_a_company_without_anything(database: Database) -> None:
    tables = ("open_shares", "pins", "rules", "assignments", "account_versions", "deal_versions", "territory_versions")
    async with database.write() as connection:
        for table in tables:
            await connection.execute(text(f"delete from {table}"))
    store = Store(database)
    said = words(await shown(store, OPS))
    assert said.startswith("*Nothing is wrong with territories today.*")
    assert "by a rule or a pin yet" in said
    assert "I don't know an account" in (await found(store, OPS, "globex")).text
    async with store.read(1) as repo:
        listed = list_message(territory_list(repo, "", by=person(repo, OPS), today=TODAY), currency="USD", locale="en")
        assert listed.text.startswith("There are no territories yet.")
        assert await gaps(repo, TODAY) == []


class Here:
    """What these handlers need of Turf."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, call: Call) -> AbstractAsyncContextManager[Repositories]:
        return self._store.read(call.workspace)


async def clicked(store: Store, key: str, handler: Callable[[Call, Any], Awaitable[Any]], value: str) -> str:
    """The answer to a click on a button that carries this, as JSON."""
    async with store.read(1) as repo:
        who = person(repo, key)
    call = Call("", "", "T1", "U1", "C1", 1, who, TODAY, NOW, "en-US", "K7Q-1", action=Action("", value))
    return json.dumps((await handler(call, Here(store))).to_json())


@pytest.mark.parametrize("value", ["0|owner", "7|crm", f"{10**30}|all", "0|leaving", "٣|all"])
async def test_a_partner_who_forges_a_button_learns_no_more(store: Store, value: str) -> None:
    answer = await clicked(store, PARTNER, health_handlers.turn_page, value)
    for secret in ("$", "belongs to", "last import said", "last day is"):
        assert secret not in answer
    assert "$" not in await clicked(store, REP, health_handlers.choose_kind, "gap")


@pytest.mark.parametrize("value", ["", "x|all", "-1|all", "²|all", "0|nonsense", "1"])
async def test_a_button_that_nobody_made_is_refused(store: Store, value: str) -> None:
    with pytest.raises(NotFound, match="another version of Turf"):
        await clicked(store, OPS, health_handlers.turn_page, value)


async def test_pages_of_the_list_that_nobody_made(store: Store) -> None:
    assert "page 2 of 2" in await clicked(store, PARTNER, list_handlers.turn_page, f"{10**30}|")
    assert "No territory fits" in await clicked(store, PARTNER, list_handlers.turn_page, "0|" + "x" * 1_900)
    with pytest.raises(NotFound, match="another version of Turf"):
        await clicked(store, PARTNER, list_handlers.turn_page, "²|")
    with pytest.raises(NotAllowed):
        await clicked(store, LEFT, list_handlers.turn_page, "0|")
