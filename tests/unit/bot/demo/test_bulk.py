"""The plain company for benchmarks."""

from bot.demo.company import BULK_MANAGER, BULK_REP, deals_only


def test_it_has_as_many_deals_as_asked_for_and_what_they_refer_to(tmp_path, read, today):
    deals_only(tmp_path, 12_000, today)
    tables = read(tmp_path)
    deals = tables["deals"]
    assert len({row["deal"] for row in deals}) == 12_000
    assert {row["owner"] for row in deals} <= {row["person"] for row in tables["people"]}
    assert {row["account"] for row in deals} <= {row["account"] for row in tables["accounts"]}
    assert {row["account"] for row in deals} > {"A1"}
    assert {row["currency"] for row in deals} == {"USD", "EUR"}
    assert {BULK_REP, BULK_MANAGER} <= {row["person"] for row in tables["people"]}


def test_its_rows_obey_the_rules_of_the_import(tmp_path, read, today):
    deals_only(tmp_path, 3_000, today)
    tables = read(tmp_path)
    for row in tables["deals"]:
        assert None not in row
        assert None not in row.values()
        assert (row["closed_on"] == "") == (row["status"] == "open")
        assert row["created_on"] <= (row["closed_on"] or "2026-11-23") <= "2026-11-23"
        assert row["type"] != "return" or row["status"] == "won"
    territories = {row["territory"] for row in tables["territories"]}
    assert {row["territory"] for row in tables["accounts"]} <= territories
    assert {row["subject"] for row in tables["targets"]} <= territories
    assert {row["manager"] for row in tables["people"]} - {""} <= {row["person"] for row in tables["people"]}


def test_small_tables_have_full_rows(tmp_path, read, today):
    deals_only(tmp_path, 100, today)
    for kind, rows in read(tmp_path).items():
        assert all(None not in row and None not in row.values() for row in rows), kind


def test_the_same_seed_gives_the_same_bytes(tmp_path, today):
    deals_only(tmp_path / "one", 5_000, today)
    deals_only(tmp_path / "two", 5_000, today)
    assert (tmp_path / "one" / "deals.csv").read_bytes() == (tmp_path / "two" / "deals.csv").read_bytes()
