"""What the documents show is what happens: their examples are run as they stand."""

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel

from storage.importing.mapping import ColumnRule, Lookup, Mapping, Rule, TableRule, load_mapping
from tests.support import sample
from tests.support.documents import ANY_LINES, Block, agrees, blocks, commands, run, run_blocks, sections
from tools.files import ROOT

NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)


def document(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.slow
def test_importing_goes_as_described(tmp_path: Path) -> None:
    found = blocks(document("import.md"))
    assert sum(len(list(commands(block))) for block in found if block.language == "console") > 20
    assert run_blocks(found, tmp_path / "example", NOW) == []


def test_what_is_printed_otherwise_is_found(tmp_path: Path) -> None:
    wrong = Block("console", "", "$ echo one; echo two\none\n...\nthree\n")
    assert run_blocks([wrong], tmp_path / "example", NOW) == ["$ echo one; echo two\none\ntwo\n"]
    right = Block("console", "", "$ echo one; echo two\n...\ntwo\n$ echo  three\nthree\n")
    assert run_blocks([right], tmp_path / "example", NOW) == []
    assert not agrees("one\n", "one\ntwo\n")
    assert agrees(f"{ANY_LINES}\n", "")


SAID = {
    "turf import crm-export --dry-run": "nothing was written",
    "turf import crm-export --rejects rejects.csv": "Refused: 1",
    "turf import deals rejects.csv": "deals",
    'turf report targets --by territory --period "last quarter"': "New England",
    "turf report targets --as-of 2026-11-23 --format csv": "subject_kind,subject,name",
    "turf report targets --unanswered": "",
    "turf export people": "person,name",
    "turf doctor": "workspace",
    "turf outbox list": "",
    "turf digest list": "Nobody has subscribed",
}
"""What each command of the guide for operations prints, among other things."""


@pytest.mark.slow
def test_what_the_guide_for_operations_types_works(tmp_path: Path, sample_file: Path) -> None:
    folder = tmp_path / "example"
    (folder / "crm-export").mkdir(parents=True)
    shutil.copyfile(sample_file, folder / "turf.db")
    assert run("turf export deals -o crm-export/deals.csv", folder, sample.NOW) is not None
    with (folder / "crm-export" / "deals.csv").open("a", encoding="utf-8") as file:
        file.write(f"D-odd{',' * 20}\n")
    typed = [command.line for block in blocks(document("guides/ops.md")) for command in commands(block)]
    assert set(typed) == set(SAID)
    for line in typed:
        printed = run(line, folder, sample.NOW)
        assert SAID[line] in printed, printed
        assert not re.search("Usage:|Traceback|No such", printed), printed


MAPPINGS = sections(document("mappings.md"))


@pytest.mark.parametrize("title", MAPPINGS)
def test_each_example_of_a_mapping_works(tmp_path: Path, title: str) -> None:
    found = MAPPINGS[title]
    used = {block.name for block in found if block.language == "yaml"}
    typed = [command.line for block in found for command in commands(block)]
    assert all(any(name in line for line in typed) for name in used)
    assert run_blocks(found, tmp_path / "example", NOW) == []


def keys_of(*models: type[BaseModel]) -> set[str]:
    return {name for model in models for name in model.model_fields}


def test_every_key_of_a_mapping_is_explained_and_shown() -> None:
    keys = keys_of(Mapping, TableRule, ColumnRule, Lookup, Rule)
    text = document("mappings.md")
    assert {key for key in keys if f"`{key}`" not in text} == set()
    examples = "".join(block.text for some in MAPPINGS.values() for block in some if block.language == "yaml")
    assert {key for key in keys if not re.search(rf"\b{key}:", examples)} == set()


def test_the_shipped_mappings_are_described_with_all_that_they_read() -> None:
    text = document("mappings.md")
    for name in ("salesforce", "maven-crm"):
        described = text.partition(f"## `{name}`")[2].partition("\n## ")[0]
        read = {rule.column for table in load_mapping(name).tables for rule in table.columns.values() if rule.column}
        read |= {column for table in load_mapping(name).tables for column in table.has}
        if name == "salesforce":
            assert {column for column in read if column not in described} == set()
        for table in load_mapping(name).tables:
            changed = {right for rule in table.columns.values() for right in rule.normalise.items()}
            assert {pair for pair in changed if not all(word in described for word in pair)} == set()
