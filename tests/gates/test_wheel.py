"""The wheel works away from the source: built, installed in an environment of its own, run in another folder."""

import shutil
import socket
import subprocess
import sys
import sysconfig
import venv
from itertools import takewhile
from pathlib import Path
from urllib.request import urlopen

import pytest

from tools.files import ROOT, project_files


def _run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that a build folder of the checkout cannot slip in."""
    source = tmp_path_factory.mktemp("source")
    for path in project_files():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, source / path)
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", source / "dist", cwd=source)
    (built,) = (source / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel, and this one's packages on its path in place of a download.

    A .pth file inside a folder that is on the path by a .pth file is not read: the editable install stays behind.
    """
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "env", with_pip=False, symlinks=True)
    python = folder / "env/bin/python"
    _run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-index", "--no-deps", wheel, cwd=folder)
    site = _run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    (Path(site) / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return folder


def test_the_wheel_s_own_modules_are_used(installed: Path) -> None:
    python = installed / "env/bin/python"
    assert _run(python, "-c", "import domain; print(domain.__file__)", cwd=installed).startswith(str(installed))


def test_turf_explains_itself(installed: Path) -> None:
    assert "demo" in _run(installed / "env/bin/turf", "--help", cwd=installed)


def test_the_demo_runs_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    """`turf demo` says where its page is, the page answers, and SIGTERM ends it all."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(installed / "env/bin/turf"), "demo", "--port", str(port)]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout
        try:
            said = list(takewhile(lambda line: not line.startswith("Ready: "), demo.stdout))
            assert demo.poll() is None, "".join(said)
            with urlopen(f"http://127.0.0.1:{port}/") as page:
                assert page.status == 200
        finally:
            demo.terminate()
        demo.stdout.read()
    assert demo.returncode == 0
