"""The documents agree with the code."""

import re

from bot.settings import Settings
from tools.docs import outdated
from tools.files import ROOT, project_files


def test_what_is_generated_is_up_to_date() -> None:
    assert outdated() == [], "run make docs"


def test_the_example_environment_names_every_setting() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^([A-Z_]+)=", example, flags=re.MULTILINE))
    assert named == {str(field.alias) for field in Settings.model_fields.values()}


def test_links_between_documents_lead_somewhere() -> None:
    dead = []
    for path in project_files():
        if path.suffix == ".md":
            for target in re.findall(r"\]\(([^)#\s]+)", (ROOT / path).read_text(encoding="utf-8")):
                if "://" not in target and not (ROOT / path.parent / target).exists():
                    dead.append(f"{path}: {target}")
    assert dead == []
