"""The databases, the browser and the real export that other tests are given."""

from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import Browser
from sqlalchemy.engine import make_url

from tests.support import maven
from tests.support.postgres import Server


def test_each_test_gets_a_database_of_its_own(database_url: str) -> None:
    url = make_url(database_url)
    assert url.get_backend_name() in ("sqlite", "postgresql")
    assert url.database != "postgres"


async def test_a_template_is_copied_with_its_rows(postgres: Server, postgresql_url: str) -> None:
    connection = await asyncpg.connect(postgresql_url)
    await connection.execute("CREATE TABLE marks (mark int); INSERT INTO marks VALUES (42)")
    await connection.close()
    template = make_url(postgresql_url).database or ""
    copy = await asyncpg.connect(postgres.create(f"{template}_copy", template))
    assert await copy.fetchval("SELECT mark FROM marks") == 42
    await copy.close()
    postgres.drop(f"{template}_copy")


@pytest.mark.browser
async def test_chromium_lays_out_a_page(browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 390, "height": 800})
    await page.set_content("<h1 style='font-family: sans-serif'>Turf</h1>")
    assert await page.evaluate("innerWidth") == 390
    size = await page.locator("h1").bounding_box()
    assert size is not None
    assert size["height"] > 10


def test_without_the_real_export_tests_are_skipped_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(maven.FOLDER, raising=False)
    with pytest.raises(pytest.skip.Exception, match="set TURF_MAVEN_DIR to the folder of its files"):
        maven.export_folder()


def test_a_folder_that_is_not_the_real_export_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(maven.FOLDER, str(tmp_path))
    (tmp_path / maven.DEALS).touch()
    with pytest.raises(pytest.fail.Exception, match=r"has no accounts\.csv and no sales_teams\.csv"):
        maven.export_folder()
    for name in (maven.ACCOUNTS, maven.TEAMS):
        (tmp_path / name).touch()
    assert maven.export_folder() == tmp_path
