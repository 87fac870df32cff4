"""What a new user types wrong: one sentence with the remedy, and no traceback."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bot.cli.main import main
from bot.doctor.data import examine_data
from bot.doctor.finding import State
from bot.settings import Settings
from storage.addresses import ping
from storage.database import Database
from storage.kinds import KINDS
from tests.support.imports import write

WELL_WRITTEN = "postgresql://user:password@host:5432/turf"
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sqlite_url: str) -> Typed:
    """Type `turf ...`: the exit code, what was printed, and what went wrong."""

    def run(*words: str, url: str = sqlite_url) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["turf", *words])
        monkeypatch.setenv("DATABASE_URL", url)
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_an_option_s_wrong_value_is_answered_in_plain_words(typed: Typed) -> None:
    code, _, said = typed("report", "targets", "--by", "planet")
    assert code == 2
    assert "Invalid value for '--by': 'planet' is not one of 'person'" in " ".join(said.split())


def test_the_version_is_told(typed: Typed) -> None:
    assert typed("--version") == (0, f"turf {version('turf-bot')}\n", "")


def wrong(tmp_path: Path) -> dict[str, tuple[str, str]]:
    """Addresses that lead nowhere, and what is said of them."""
    (tmp_path / "notes.txt").write_text("These are notes.", encoding="utf-8")
    return {
        "folder": (
            f"sqlite:///{tmp_path}/none/turf.db",
            f"DATABASE_URL: there is no folder {tmp_path}/none. Make it, or name a file elsewhere.",
        ),
        "no database": (
            f"sqlite:///{tmp_path}/notes.txt",
            f"DATABASE_URL: {tmp_path}/notes.txt is no SQLite database. Name another file: a new one is made.",
        ),
        "is a folder": (
            f"sqlite:///{tmp_path}",
            f"DATABASE_URL: {tmp_path} is a folder. Name a file in it: sqlite:///{tmp_path}/turf.db",
        ),
        "scheme": (
            "mysql://localhost/turf",
            "DATABASE_URL must look like sqlite:///turf.db or postgresql://user:password@host/name.",
        ),
        "port": (
            "postgresql://turf:secret@host:port/turf",
            f"DATABASE_URL can't be read. Write it like {WELL_WRITTEN}, with %40 for an @ in the password.",
        ),
        "away": (
            "postgresql://turf:secret@127.0.0.1:9/turf",
            "PostgreSQL does not answer at 127.0.0.1:9. Check DATABASE_URL, and that the server runs.",
        ),
    }


@pytest.mark.parametrize("which", ["folder", "no database", "is a folder", "scheme", "port", "away"])
def test_an_address_that_leads_nowhere_is_one_sentence(typed: Typed, tmp_path: Path, which: str) -> None:
    url, sentence = wrong(tmp_path)[which]
    for command in (["init"], ["migrate"], ["import", str(tmp_path)], ["report", "targets"]):
        code, out, err = typed(*command, url=url)
        assert (code, out, err) == (1, "", f"{sentence}\n")


@pytest.mark.parametrize("which", ["folder", "no database", "is a folder", "port", "away"])
async def test_the_doctor_says_it_with_its_remedy(tmp_path: Path, which: str) -> None:
    url, sentence = wrong(tmp_path)[which]
    [finding] = (await examine_data(Settings.from_env({"DATABASE_URL": url}))).findings
    assert (finding.check, finding.state) == ("database", State.FAIL)
    assert f"{finding.found}. {finding.remedy}" == sentence


def test_a_database_or_a_user_that_the_server_does_not_know(typed: Typed, postgresql_url: str) -> None:
    known = make_url(postgresql_url)
    nowhere = known.set(database="nowhere").render_as_string(hide_password=False)
    said = "DATABASE_URL: the server has no database 'nowhere'. Make it (createdb nowhere), or name another.\n"
    assert typed("init", url=nowhere) == (1, "", said)
    nobody = known.set(username="nobody").render_as_string(hide_password=False)
    said = "DATABASE_URL: the server refuses the user 'nobody'. Check the user and the password.\n"
    assert typed("init", url=nobody) == (1, "", said)


async def test_a_database_that_is_there_is_fine(database_url: str) -> None:
    database = Database(database_url)
    await ping(database)
    await database.close()


def test_a_folder_without_a_kind_says_which_names_are_looked_for(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "export", "q3-final", {"deal": "d1"}).parent
    monkeypatch.chdir(folder)
    for words, begins in (
        (["import", "."], "export: no file here is named after what it holds, such as people.csv or deals.xlsx."),
        (["import", ".", "--mapping", "salesforce"], "export: the mapping salesforce has no table that fits."),
    ):
        code, _, err = typed(*words)
        assert (code, err.startswith(begins)) == (2, True), err
    _, _, err = typed("import", str(folder))
    assert ", ".join(KINDS) in err
    assert "--mapping salesforce" in err
