"""A web process starts without the heavy libraries; features meet only at their services."""

import subprocess
import sys

import grimp
import pytest

from tools.files import PACKAGES, ROOT

HEAVY = ("pandas", "matplotlib", "PIL", "scipy", "alembic", "pyarrow", "python_calamine", "holidays", "xlsxwriter")


def test_the_app_loads_nothing_heavy() -> None:
    code = f"import sys, bot.app; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def test_one_feature_imports_only_the_service_of_another(graph: grimp.ImportGraph) -> None:
    features = graph.find_children("commands") - {"commands.kit"}
    crossings = [
        f"{importer} imports {imported}"
        for feature in features
        for importer in {feature, *graph.find_descendants(feature)}
        for imported in graph.find_modules_directly_imported_by(importer)
        for other in features - {feature}
        if imported.startswith(f"{other}.") and not imported.startswith(f"{other}.service")
    ]
    assert crossings == []


def test_only_tests_import_the_local_workspace(graph: grimp.ImportGraph) -> None:
    inside = {"sandbox", *graph.find_descendants("sandbox")}
    importers = {importer for module in inside for importer in graph.find_modules_that_directly_import(module)}
    assert importers <= inside
