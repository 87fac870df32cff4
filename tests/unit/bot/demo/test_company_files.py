"""The sample company's files: their form, their references, the rules that an import would hold them to."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.demo.company import generate
from bot.demo.company.generator import make_world

COLUMNS = {
    "people": "person,name,email,slack_user_id,role,manager,team,timezone,hired_on,left_on,ramp,latitude,longitude",
    "teams": "team,name,parent,lead,channel",
    "reporting": "person,from,to,manager,team",
    "absences": "person,from,to,relief_percent,delegate",
    "ramps": "profile,month,percent",
    "territories": "territory,name,parent,team,channel,potential,currency",
    "pins": "account,territory,from,to",
    "assignments": "territory,person,role,from,to,split_percent",
    "accounts": "account,name,parent,territory,industry,country,region,postal_code,latitude,longitude,employees,"
    "annual_revenue,potential,service_minutes,visits_per_year",
    "deals": "deal,name,owner,account,territory,amount,currency,status,stage,type,forecast_category,created_on,"
    "expected_close_on,closed_on,product,source,loss_reason,probability,recurring_amount,term_months,reverses",
    "splits": "deal,person,kind,percent",
    "pipeline": "stage,position,probability",
    "stages": "deal,stage,entered_on",
    "activities": "activity,person,account,deal,kind,on,minutes",
    "targets": "subject_kind,subject,period,metric,amount,currency,profile,state",
    "seasonality": "profile,month,percent",
    "rates": "currency,period,rate",
    "holidays": "calendar,date,name",
}
KEYS = {
    "people": ("person",),
    "teams": ("team",),
    "reporting": ("person", "from", "to"),
    "absences": ("person", "from"),
    "ramps": ("profile", "month"),
    "territories": ("territory",),
    "pins": ("account", "from"),
    "assignments": ("territory", "person", "role", "from"),
    "accounts": ("account",),
    "deals": ("deal",),
    "splits": ("deal", "person", "kind"),
    "pipeline": ("stage",),
    "stages": ("deal", "stage", "entered_on"),
    "activities": ("activity",),
    "targets": ("subject_kind", "subject", "period", "metric"),
    "seasonality": ("profile", "month"),
    "rates": ("currency", "period"),
    "holidays": ("calendar", "date"),
}
REFERENCES = [
    ("people", "manager", "people", "person"),
    ("people", "team", "teams", "team"),
    ("people", "ramp", "ramps", "profile"),
    ("activities", "person", "people", "person"),
    ("activities", "account", "accounts", "account"),
    ("teams", "parent", "teams", "team"),
    ("teams", "lead", "people", "person"),
    ("reporting", "person", "people", "person"),
    ("reporting", "manager", "people", "person"),
    ("reporting", "team", "teams", "team"),
    ("absences", "person", "people", "person"),
    ("absences", "delegate", "people", "person"),
    ("territories", "parent", "territories", "territory"),
    ("territories", "team", "teams", "team"),
    ("pins", "account", "accounts", "account"),
    ("pins", "territory", "territories", "territory"),
    ("assignments", "territory", "territories", "territory"),
    ("assignments", "person", "people", "person"),
    ("accounts", "parent", "accounts", "account"),
    ("accounts", "territory", "territories", "territory"),
    ("deals", "owner", "people", "person"),
    ("deals", "account", "accounts", "account"),
    ("deals", "territory", "territories", "territory"),
    ("deals", "stage", "pipeline", "stage"),
    ("deals", "reverses", "deals", "deal"),
    ("splits", "deal", "deals", "deal"),
    ("splits", "person", "people", "person"),
    ("stages", "deal", "deals", "deal"),
    ("stages", "stage", "pipeline", "stage"),
    ("targets", "profile", "seasonality", "profile"),
]
TODAYS = [date(2026, 1, 1), date(2028, 2, 29)]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def parents(rows, key, parent):
    return {row[key]: row[parent] for row in rows}


def depth(tree, key):
    steps = 0
    while tree[key] and steps <= len(tree):
        key, steps = tree[key], steps + 1
    return steps


def test_the_same_seed_gives_the_same_bytes(company_folder, tmp_path, today):
    generate(tmp_path, today)
    assert contents(tmp_path) == contents(company_folder)


def test_another_seed_gives_another_company(today):
    assert make_world(today, 7).accounts != make_world(today, 8).accounts


def test_another_day_keeps_the_people_and_moves_the_deals(company, spring):
    assert [row["person"] for row in spring["people"]] == [row["person"] for row in company["people"]]
    assert max(row["closed_on"] for row in spring["deals"]) == "2027-05-12"


def test_files_have_exactly_the_columns_of_the_import(company_folder):
    headers = {path.stem: path.read_text("utf-8").split("\n", 1)[0] for path in company_folder.glob("*.csv")}
    assert headers == COLUMNS


@pytest.mark.parametrize("kind", KEYS)
def test_keys_are_unique(company, kind):
    counts = Counter(tuple(row[column] for column in KEYS[kind]) for row in company[kind])
    assert [key for key, count in counts.items() if count > 1] == []


@pytest.mark.parametrize(("kind", "column", "to_kind", "to_column"), REFERENCES)
def test_references_resolve(company, kind, column, to_kind, to_column):
    known = {row[to_column] for row in company[to_kind]}
    used = {row[column] for row in company[kind]} - {""}
    assert used
    assert used <= known


def test_subjects_of_targets_resolve(company):
    known = {
        "person": {row["person"] for row in company["people"]},
        "territory": {row["territory"] for row in company["territories"]},
        "team": {row["team"] for row in company["teams"]},
    }
    assert all(row["subject"] in known[row["subject_kind"]] for row in company["targets"])
    assert {row["subject_kind"] for row in company["targets"]} == set(known)


def test_the_company_has_its_size(company):
    tree = parents(company["territories"], "territory", "parent")
    levels = Counter(depth(tree, key) for key in tree)
    assert levels == {0: 3, 1: 6, 2: 24}
    assert len(company["people"]) == 60
    assert len(company["accounts"]) == 1_200
    assert len(company["deals"]) == 9_000
    assert {row["currency"] for row in company["deals"]} == {"USD", "EUR"}


def test_statuses_are_in_a_realistic_relation(company):
    counts = Counter(row["status"] for row in company["deals"])
    assert counts["open"] == 900
    assert 0.33 < counts["won"] / (counts["won"] + counts["lost"]) < 0.43


@pytest.mark.parametrize(
    ("kind", "key", "parent"),
    [("territories", "territory", "parent"), ("teams", "team", "parent"), ("accounts", "account", "parent"),
     ("people", "person", "manager")],
)  # fmt: skip
def test_trees_have_no_cycle(company, kind, key, parent):
    tree = parents(company[kind], key, parent)
    assert max(depth(tree, row) for row in tree) < 8


def test_revenue_splits_of_a_deal_sum_to_100(company):
    sums = defaultdict(Decimal)
    for row in company["splits"]:
        if row["kind"] == "revenue":
            sums[row["deal"]] += Decimal(row["percent"])
    assert len(sums) > 50
    assert set(sums.values()) == {Decimal(100)}
    assert {row["percent"] for row in company["splits"]} >= {"60", "40"}


def test_a_season_sums_to_100(company):
    sums = defaultdict(Decimal)
    for row in company["seasonality"]:
        sums[row["profile"]] += Decimal(row["percent"])
    assert set(sums.values()) == {Decimal(100)}


def test_a_territory_has_one_primary_or_a_share_of_100(company):
    primaries = [row for row in company["assignments"] if row["role"] == "primary"]
    edges = {row[edge] for row in primaries for edge in ("from", "to")} - {""}
    for day in (edge for text in edges for edge in around(text)):
        held = defaultdict(list)
        for row in primaries:
            if (not row["from"] or row["from"] <= day) and (not row["to"] or day < row["to"]):
                held[row["territory"]].append(row["split_percent"])
        shared = [sum(map(int, percents)) for percents in held.values() if len(percents) > 1]
        assert all(total == 100 for total in shared), day


def around(text):
    day = date.fromisoformat(text)
    return [(day + timedelta(days=n)).isoformat() for n in (-1, 0, 1)]


@pytest.mark.parametrize("today", TODAYS)
def test_days_of_deals_make_sense(tmp_path, read, today):
    generate(tmp_path, today)
    tables = read(tmp_path)
    now = today.isoformat()
    for row in tables["deals"]:
        assert row["created_on"] <= now, row
        assert (row["closed_on"] == "") == (row["status"] == "open"), row
        assert row["closed_on"] <= now, row
        assert not row["closed_on"] or row["created_on"] <= row["closed_on"], row
    assert all(row["entered_on"] <= now for row in tables["stages"])


def test_nobody_is_credited_before_the_first_or_after_the_last_day(company):
    people = {row["person"]: row for row in company["people"]}
    closed = {row["deal"]: row["closed_on"] for row in company["deals"]}
    owned = [(row["owner"], row["closed_on"]) for row in company["deals"] if row["owner"]]
    split = [(row["person"], closed[row["deal"]]) for row in company["splits"]]
    for person, day in owned + split:
        assert not day or people[person]["hired_on"] <= day
        left = people[person]["left_on"]
        assert not day or not left or day <= left or is_return(company, person, day)


def is_return(company, person, day):
    rows = [row for row in company["deals"] if row["owner"] == person and row["closed_on"] == day]
    return all(row["type"] == "return" for row in rows)


def test_stages_go_forwards(company):
    position = {row["stage"]: int(row["position"]) for row in company["pipeline"]}
    way = defaultdict(list)
    for row in company["stages"]:
        way[row["deal"]].append((row["entered_on"], position[row["stage"]]))
    assert all(steps == sorted(steps) for steps in way.values())
    last = {row["deal"]: position[row["stage"]] for row in company["deals"] if row["stage"]}
    assert all(way[deal][-1][1] == stage for deal, stage in last.items())


def test_each_closed_month_has_a_rate(company):
    rates = {row["period"] for row in company["rates"]}
    assert {row["closed_on"][:7] for row in company["deals"] if row["closed_on"]} <= rates
    assert "FY2026" in rates


def test_values_are_those_of_the_import(company):
    deals = company["deals"]
    assert {row["type"] for row in deals} == {"new", "expansion", "renewal", "return"}
    assert {row["forecast_category"] for row in deals} == {"", "commit", "best_case", "pipeline", "omitted"}
    assert {row["role"] for row in company["people"]} == {"rep", "manager", "ops", "leader", "partner"}
    assert {row["role"] for row in company["assignments"]} == {"primary", "overlay", "cover"}
    assert {row["state"] for row in company["targets"]} == {"", "published", "draft"}


def test_odd_names_are_there_and_guarded(company):
    names = {row["name"] for row in company["accounts"]}
    assert {"O'Brien & Söhne <GmbH>", "*bold* Inc", "🚀 Rocket Bakery 🥐"} <= names
    for rows in company.values():
        text = [value for row in rows for value in row.values() if value[:1] in ("=", "+", "@")]
        assert text == []
    assert any(name.startswith("'=HYPERLINK") for name in names)
