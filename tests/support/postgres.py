"""A PostgreSQL server for the tests, and a fresh database for each test.

`TEST_DATABASE_URL` names a server on this machine that is there already; otherwise the system's own binaries are
started once in each test process, in a folder that is thrown away, with everything off that only protects data.
"""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from tests.support.required import missing

SERVER_OPTIONS = (
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "autovacuum=off",
    "max_connections=50",
    "shared_buffers=64MB",
    "log_min_messages=fatal",
)
STARTS = 3


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `url` leads to the database from which others are made."""

    url: str

    def create(self, name: str, template: str = "template0") -> str:
        """A new database, a copy of `template`; returns its URL."""
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        """Remove a database even if a test left a connection to it open."""
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def run(self, statement: str) -> None:
        """Run one statement in the maintenance database, on a thread: the test's own event loop is not disturbed."""
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _execute(self.url, statement)).result()


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def binaries() -> Path | None:
    """The folder of the newest installed server, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _as_owner() -> list[str]:
    """The server refuses to be root, so root becomes `postgres` first."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def _run(*command: str | Path) -> None:
    """Run a server program. Raises RuntimeError with what it said."""
    with tempfile.TemporaryFile() as output:
        # Into a file, not a pipe: the started server would keep a pipe open.
        done = subprocess.run(
            [*_as_owner(), *command], cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        output.seek(0)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {output.read().decode(errors='replace')}")


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder with a short name (a socket's path is limited), owned by the user who runs the server."""
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp", ignore_cleanup_errors=True) as name:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(name, owner.pw_uid, owner.pw_gid)
        yield Path(name)


def _start(programs: Path, folder: Path) -> int:
    """Start on a free port; another process may take the port in between, so it is tried again."""
    for attempt in range(1, STARTS + 1):
        port = _free_port()
        options = " ".join(f"-c {option}" for option in (*SERVER_OPTIONS, f"unix_socket_directories={folder}"))
        try:
            _run(
                programs / "pg_ctl",
                "start",
                "-w",
                "-D",
                folder / "data",
                "-l",
                folder / "log",
                "-o",
                f"-p {port} {options}",
            )
        except RuntimeError:
            if attempt == STARTS:
                raise
        else:
            return port
    raise AssertionError("the loop returns or raises")


def _ender(programs: Path, folder: Path) -> subprocess.Popen[bytes]:
    """Ends the server and removes its data when our end of the pipe closes: also when this process is killed."""
    script = 'cat; "$1" stop -w -m immediate -D "$2/data"; rm -rf "$2"'
    return subprocess.Popen(
        [*_as_owner(), "sh", "-c", script, "sh", programs / "pg_ctl", folder],
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@contextmanager
def local_server(programs: Path) -> Iterator[Server]:
    """The system's PostgreSQL in a folder of its own, gone with its data at the end."""
    with _folder() as folder, _ender(programs, folder):
        _run(
            programs / "initdb",
            "-D",
            folder / "data",
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--no-locale",
            "-N",
        )
        port = _start(programs, folder)
        yield Server(f"postgresql://postgres@127.0.0.1:{port}/postgres")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The server of this test process."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield Server(url)
    elif programs := binaries():
        with local_server(programs) as server:
            yield server
    else:
        missing("PostgreSQL", "install it (make test does, as root on Debian) or set TEST_DATABASE_URL")


_numbers = count(1)


@pytest.fixture
def postgresql_url(postgres: Server) -> Iterator[str]:
    """A fresh, empty PostgreSQL database: `postgresql://...`."""
    name = f"turf_test_{os.getpid()}_{next(_numbers)}"
    yield postgres.create(name)
    postgres.drop(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A fresh SQLite file that does not exist yet: `sqlite:///...`."""
    return f"sqlite:///{tmp_path / 'turf.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, empty database; a test that takes it runs on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
