"""Several webs and workers on one database: restarted one by one, or ended at once, while people are busy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.processes import yard


@pytest.mark.slow
async def test_one_web_and_one_worker_are_replaced_while_people_are_busy(
    sample_postgresql_url: str, tmp_path: Path
) -> None:
    async with yard(sample_postgresql_url, tmp_path) as here:
        web, worker = await here.start("web", "worker")
        async with here.busy():
            await here.until_acknowledged(5)
            await here.replace(web)
            await here.replace(worker)
            await here.until_acknowledged(5)
        await here.require_once(all_taken=True)


@pytest.mark.slow
async def test_all_of_two_webs_and_two_workers_are_replaced_while_people_are_busy(
    sample_postgresql_url: str, tmp_path: Path
) -> None:
    async with yard(sample_postgresql_url, tmp_path) as here:
        first = await here.start("web", "web", "worker", "worker")
        assert await here.alive() == 2
        async with here.busy():
            for process in first:
                await here.until_acknowledged(20)
                await here.replace(process)
            await here.until_acknowledged(20)
        await here.require_once(all_taken=True)
        assert await here.alive() == 2


@pytest.mark.parametrize("over_socket", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["http", "socket"])
@pytest.mark.parametrize(
    "address",
    ["sample_url", pytest.param("sample_postgresql_url", marks=pytest.mark.slow)],
    ids=["sqlite", "postgresql"],
)
async def test_a_web_and_a_worker_end_with_0_at_once_while_people_are_busy(
    request: pytest.FixtureRequest, address: str, over_socket: bool, tmp_path: Path
) -> None:
    async with yard(request.getfixturevalue(address), tmp_path, over_socket=over_socket) as here:
        first = await here.start("web", "worker")
        async with here.busy():
            await here.until_acknowledged(10)
            for process in first:
                await process.end()
        for process in first:
            await here.leave_out(process)
        await here.start("web", "worker")
        await here.require_once(all_taken=False)
