"""A local workspace with the toy app connected over HTTP."""

from collections.abc import AsyncIterator

import pytest

from tests.support.local_workspace import Local, local_workspace


@pytest.fixture
async def local() -> AsyncIterator[Local]:
    async with local_workspace() as running:
        yield running
