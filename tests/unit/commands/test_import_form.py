"""What people enter into the modal of an import: names that do harm, files that are none, kinds that nobody knows."""

import pytest

from commands.imports.form import MOST_BYTES, filled, safe_name
from commands.kit.call import View

GOOD = {"id": "F1", "name": "deals.csv", "size": 5}


def wrong(*files: object, **more: str) -> dict[str, str]:
    state = {"files": {"value": {"type": "file_input", "files": list(files)}}}
    for name, value in ({"max_rejects": "5%", "max_removed": "5%"} | more).items():
        option = {"selected_option": {"value": value}} if name in ("kind", "mapping") else {"value": value}
        state[name] = {"value": option}
    return filled(View("V1", "h", "imports.send", "", state))[2]


def test_what_is_right() -> None:
    assert wrong(GOOD) == {}
    assert wrong(GOOD | {"name": "report.xlsx"}, mapping="salesforce") == {}
    assert wrong(GOOD | {"name": "report.xlsx"}, kind="deals") == {}


@pytest.mark.parametrize(
    ("files", "more", "field", "said"),
    [
        ([], {}, "files", "at least one"),
        ([GOOD | {"id": ""}], {}, "files", "at least one"),
        (["F1"], {}, "files", "at least one"),
        ([GOOD | {"name": "deals.zip"}], {}, "files", ".csv"),
        ([GOOD | {"size": MOST_BYTES + 1}], {}, "files", "larger than 10 MB"),
        ([GOOD | {"size": 0}], {}, "files", "is empty"),
        ([GOOD | {"name": "Verträge.csv"}], {}, "kind", "Which kind is Verträge.csv?"),
        ([GOOD], {"kind": "people"}, "kind", "another kind"),
        ([GOOD], {"kind": "secrets"}, "kind", "no such kind"),
        ([GOOD], {"mapping": "/etc/passwd"}, "mapping", "no such mapping"),
        ([GOOD], {"max_rejects": "-1"}, "max_rejects", "no limit"),
    ],
)
def test_what_is_wrong_stands_at_its_field(files: list[object], more: dict[str, str], field: str, said: str) -> None:
    found = wrong(*files, **more)
    assert set(found) == {field}
    assert said in found[field]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/deals.csv", "deals.csv"),
        ("C:\\Users\\me\\deals.csv", "deals.csv"),
        (".hidden.csv", "hidden.csv"),
        ("de\u202eals\n.csv", "deals .csv"),
        ("", "file"),
        (None, "file"),
        ("/", "file"),
        ("x" * 300 + ".csv", "x" * 96 + ".csv"),
    ],
)
def test_a_name_does_no_harm(given: object, kept: str) -> None:
    assert safe_name(given) == kept
