"""The people of the sample company are in the situations that the docs promise."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.demo.company import personas

QUARTER, QUARTER_END = date(2026, 10, 1), date(2027, 1, 1)


def business_days(first, end):
    closed = {(1, 1), (5, 1), (12, 25), (12, 26)}
    days = (first + timedelta(days=n) for n in range((end - first).days))
    return sum(day.weekday() < 5 and (day.month, day.day) not in closed for day in days)


def expected(tables, patch, today):
    """The patch's share of its yearly target for the days of the quarter before today, month by month."""
    rows = [r for r in tables["targets"] if r["subject"] == patch and r["period"] == f"FY{today.year}"]
    (target,) = rows
    season = {
        int(r["month"]): Decimal(r["percent"]) for r in tables["seasonality"] if r["profile"] == target["profile"]
    }
    total = Decimal(0)
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    while first < today:
        following = (first + timedelta(days=31)).replace(day=1)
        part = Decimal(business_days(first, min(following, today))) / business_days(first, following)
        total += Decimal(target["amount"]) * season[first.month] / 100 * part
        first = following
    return total


def credited(tables, person, since):
    """What a person's own deals and revenue splits come to, in the deals' currency."""
    shares = defaultdict(dict)
    for row in tables["splits"]:
        if row["kind"] == "revenue":
            shares[row["deal"]][row["person"]] = Decimal(row["percent"]) / 100
    total = Decimal(0)
    for row in tables["deals"]:
        if row["status"] == "won" and row["amount"] and row["closed_on"] >= since.isoformat():
            own = {row["owner"]: Decimal(1)}
            amount = Decimal(row["amount"])
            amount = -abs(amount) if row["type"] == "return" else amount
            total += amount * shares.get(row["reverses"] or row["deal"], own).get(person, Decimal(0))
    return total


def pace(tables, person, patch, today):
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return credited(tables, person, quarter) / expected(tables, patch, today)


def by(rows, **values):
    return [row for row in rows if all(row[column] == value for column, value in values.items())]


@pytest.mark.parametrize("when", ["autumn", "spring"])
def test_the_rep_is_a_little_behind_one_far_ahead_one_far_behind(when, company, spring):
    tables, today = (company, date(2026, 11, 23)) if when == "autumn" else (spring, date(2027, 5, 12))
    assert pace(tables, personas.AHEAD, personas.AHEAD_PATCH, today) >= Decimal("1.2")
    assert pace(tables, personas.BEHIND, personas.BEHIND_PATCH, today) <= Decimal("0.7")
    assert Decimal("0.82") < pace(tables, personas.REP, personas.REP_PATCH, today) < 1


def test_the_rep_has_a_split_and_a_return_in_this_quarter(company):
    mine = [row for row in by(company["deals"], owner=personas.REP) if row["closed_on"] >= QUARTER.isoformat()]
    split = {row["deal"] for row in by(company["splits"], kind="revenue", person=personas.REP)}
    assert by(mine, type="return")
    assert {row["deal"] for row in by(mine, status="won")} & split


def test_the_manager_has_a_team_and_deals_of_their_own(company):
    assert len(by(company["people"], manager=personas.MANAGER, role="rep")) == 8
    assert by(company["deals"], owner=personas.MANAGER, status="won")
    assert by(company["targets"], subject=personas.MANAGER, subject_kind="person")


def test_the_new_hire_ramps(company):
    (row,) = by(company["people"], person=personas.NEW_HIRE)
    assert row["ramp"] == "standard"
    assert row["hired_on"] == "2026-09-15"
    assert by(company["assignments"], person=personas.NEW_HIRE)[0]["from"] == row["hired_on"]
    assert [row["percent"] for row in company["ramps"]] == ["25", "50", "75", "100"]


def test_one_patch_is_vacant_with_target_and_credit(company):
    (held,) = by(company["assignments"], territory=personas.VACANT_PATCH, role="primary")
    assert held["to"] < QUARTER.isoformat()
    (gone,) = by(company["people"], person=personas.LEFT)
    assert date.fromisoformat(gone["left_on"]) + timedelta(days=1) == date.fromisoformat(held["to"])
    assert by(company["targets"], subject=personas.VACANT_PATCH, period="FY2026")
    accounts = {row["account"] for row in by(company["accounts"], territory=personas.VACANT_PATCH)}
    won = [row for row in by(company["deals"], status="won", owner="") if row["closed_on"] >= QUARTER.isoformat()]
    assert [row for row in won if row["account"] in accounts]
    assert by(company["deals"], owner=personas.LEFT, status="open")


def test_a_patch_changes_hands_inside_the_quarter(company):
    before, after = by(company["assignments"], territory=personas.HANDOVER_PATCH)
    assert before["to"] == after["from"]
    assert QUARTER.isoformat() < after["from"] < "2026-11-23"
    assert (before["person"], after["person"]) == (personas.HANDS_OVER, personas.TAKES_OVER)


def test_a_rep_changes_manager_inside_the_quarter(company):
    before, after = by(company["reporting"], person=personas.CHANGES_MANAGER)
    assert before["manager"] != after["manager"]
    assert QUARTER.isoformat() < after["from"] == before["to"] < "2026-11-23"
    assert by(company["people"], person=personas.CHANGES_MANAGER)[0]["manager"] == ""


def test_an_absence_has_relief_and_cover(company):
    (absence,) = by(company["absences"], person=personas.ABSENT)
    (cover,) = by(company["assignments"], role="cover")
    assert absence["relief_percent"] == "60"
    assert cover["person"] == absence["delegate"] == personas.COVER
    assert date.fromisoformat(cover["to"]) - date.fromisoformat(absence["to"]) == timedelta(days=1)


def test_a_patch_is_shared_half_and_half(company):
    shared = by(company["assignments"], territory=personas.SHARED_PATCH, split_percent="50")
    assert tuple(row["person"] for row in shared) == personas.SHARED


def test_overlay_comes_by_assignment_and_by_split(company):
    assert len(by(company["assignments"], role="overlay", person=personas.OVERLAY)) == 4
    assert {row["person"] for row in by(company["splits"], kind="overlay")} == {
        personas.OVERLAY,
        personas.SPLIT_OVERLAY,
    }


def test_returns_reverse_deals_and_some_do_not_say_which(company):
    returns = by(company["deals"], type="return")
    closed = {row["deal"]: row["closed_on"] for row in company["deals"]}
    assert len(returns) == 72
    assert len(by(returns, reverses="")) == 2
    assert all(row["status"] == "won" for row in returns)
    assert all(closed[row["reverses"]] <= row["closed_on"] for row in returns if row["reverses"])
    split = {row["deal"] for row in by(company["splits"], kind="revenue")}
    assert {row["reverses"] for row in returns} & split
    assert any(not row["amount"].startswith("-") for row in returns)


def test_some_deals_lack_what_others_have(company):
    deals, home = company["deals"], {row["account"]: row["territory"] for row in company["accounts"]}
    assert by(deals, owner="")
    assert by(deals, account="")
    assert by(deals, owner="", account="", territory="")
    assert len(by(deals, status="won", amount="")) == 3
    assert [row for row in deals if row["account"] and not row["territory"] and not home[row["account"]]]


def test_parents_have_credit_of_their_own(company):
    parents = {row["parent"] for row in company["territories"]} - {""}
    house = {row["account"] for row in company["accounts"] if row["territory"] in parents}
    won = by(company["deals"], status="won")
    assert [row for row in won if row["account"] in house]
    assert [row for row in won if row["territory"] in parents]


def test_targets_come_in_all_their_forms(company):
    targets = company["targets"]
    assert {row["period"] for row in targets} >= {"FY2026", "2026Q4", "2026-11"}
    assert {row["currency"] for row in by(targets, subject_kind="person", metric="revenue")} == {"USD", "EUR"}
    assert {row["metric"] for row in by(targets, subject=personas.REP_PATCH)} == {
        "revenue",
        "new_customers",
        "meetings",
    }
    (draft,) = by(targets, state="draft")
    assert (draft["subject"], draft["period"]) == (personas.REP_PATCH, "FY2027")
    assert by(targets, subject="korea", period="FY2026", metric="revenue")[0]["profile"] == ""


def test_a_region_s_target_is_less_than_its_patches(company):
    tree = {row["territory"]: row["parent"] for row in company["territories"]}
    yearly = {row["subject"]: int(row["amount"]) for row in company["targets"] if row["period"] == "FY2026"}
    patches = sum(amount for key, amount in yearly.items() if tree.get(tree.get(key, ""), "") == "europe")
    assert 1.03 < patches / yearly["europe"] < 1.07


def test_open_deals_close_in_the_coming_weeks_and_some_are_overdue(company):
    due = sorted(row["expected_close_on"] for row in by(company["deals"], status="open"))
    overdue = sum(day < "2026-11-23" for day in due)
    assert 0.07 < overdue / len(due) < 0.18
    assert due[len(due) // 2] < "2027-01-15"
