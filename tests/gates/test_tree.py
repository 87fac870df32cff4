"""What is in the tree: no address of a package registry, no path of one machine, locks that hold everywhere."""

import re

import pytest

from tools.files import ROOT, project_files

# Written with brackets, so that this file does not name what it looks for.
REGISTRIES = r"[p]ypi\.org|[p]ythonhosted\.org|registry\.[n]pmjs\.|deb\.[d]ebian\.org|[r]egistry\.yarnpkg"
MACHINE_PATHS = r"(?<![\w.])/(?:[w]ork|[r]oot|[o]pt/(?:pypi|wheels)|[h]ome/\w+|[U]sers/\w+|[t]mp/turf)(?:/|\b)"
FORBIDDEN = re.compile(f"{REGISTRIES}|{MACHINE_PATHS}")
LOCKS = ["requirements.lock", "requirements-dev.lock"]


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    found = []
    for path in project_files():
        text = (ROOT / path).read_bytes().decode("utf-8", errors="ignore")
        found += [f"{path}: {match.group()}" for match in FORBIDDEN.finditer(text)]
    assert found == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_is_pinned_and_hashed(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", re.sub(r"^ +#.*\n?", "", text, flags=re.MULTILINE).strip())
    assert len(entries) > 50
    assert [entry for entry in entries if not re.match(r"[\w.-]+==\S+.*\\\n +--hash=sha256:", entry)] == []
    assert re.search(r"https?:|file:| @ |^-", text, flags=re.MULTILINE) is None


def test_tests_and_product_are_locked_to_the_same_versions() -> None:
    product, tests = (
        set(re.findall(r"^([\w.-]+==[^\s;]+)", (ROOT / lock).read_text(encoding="utf-8"), flags=re.MULTILINE))
        for lock in LOCKS
    )
    assert product - tests == set()
    assert any(entry.startswith("setuptools==") for entry in product), "the project is built with what the lock brings"
