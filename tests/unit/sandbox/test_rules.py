"""Every row of the table of rules has a test, and none is told without saying where it comes from."""

from importlib import import_module

from sandbox.limits import LIMITS
from sandbox.rules import RULES, markdown, rows
from tests.support.slack_rules import KEYS, PROVEN
from tools.files import ROOT


def test_no_row_is_without_a_test():
    for file in sorted((ROOT / "tests").glob("*/sandbox/test_*.py")):
        import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    assert set() == KEYS - PROVEN


def test_a_key_stands_for_one_row():
    assert not set(LIMITS) & set(RULES)
    assert len(list(rows())) == len(KEYS)


def test_every_row_names_its_page_or_that_it_is_assumed():
    pages = [row.page for row in rows() if row.page is not None]
    assert all(page.startswith("https://docs.slack.dev/") for page in pages)
    assert markdown().count("| assumed |") == len(KEYS) - len(pages) > 0
