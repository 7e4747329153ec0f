"""Recording on a database of the test's own."""

from collections.abc import AsyncIterator

import pytest

from pos.sales.record import Recorder
from pos.storage.database import Pool


@pytest.fixture
async def recorder(pool: Pool) -> AsyncIterator[Recorder]:
    async with Recorder(pool) as running:
        yield running
