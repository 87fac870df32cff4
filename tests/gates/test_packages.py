"""The lists in pyproject.toml name every package and every file that a package needs at run time."""

import tomllib

from setuptools import Distribution
from setuptools.command.build_py import build_py

from tools.files import PACKAGES, ROOT, project_files

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]


def test_every_package_folder_is_listed() -> None:
    modules = [path for path in project_files() if path.parts[0] in PACKAGES and path.suffix == ".py"]
    assert sorted({".".join(path.parent.parts) for path in modules}) == sorted(SETTINGS["packages"])


def test_every_package_folder_has_an_init_file() -> None:
    # Without it the checks of layers would not see the folder. Alembic reads its scripts by path.
    folders = {path.parent for path in project_files() if path.parts[0] in PACKAGES and path.suffix == ".py"}
    without = {str(folder) for folder in folders if not (ROOT / folder / "__init__.py").is_file()}
    assert without <= {"storage/migrations/versions"}


def test_every_data_file_of_a_package_is_listed() -> None:
    builder = build_py(Distribution({"packages": SETTINGS["packages"], "package_data": SETTINGS["package-data"]}))
    builder.ensure_finalized()
    listed = {f"{folder}/{name}" for _, folder, _, names in builder.data_files for name in names}
    present = {str(path) for path in project_files() if path.parts[0] in PACKAGES and path.suffix != ".py"}
    assert present - listed == set()
