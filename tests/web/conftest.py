"""The real application over a real database, asked through HTTP."""

from collections.abc import AsyncIterator

import httpx
import pytest

from pos.storage.database import Addresses, Database
from tests.web.serving import served
from web.app import create_app
from web.settings import Settings


@pytest.fixture
async def database(addresses: Addresses) -> AsyncIterator[Database]:
    """A migrated database of the test's own, open in the app's role."""
    database = await Database.open(addresses.app)
    yield database
    await database.close()


@pytest.fixture
async def client(database: Database, tmp_path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without cookies, talking to the application."""
    settings = Settings(data=tmp_path, csrf_secret="a secret of this test", agent_token="a token of this test")
    async with served(create_app(settings, database)) as address, httpx.AsyncClient(base_url=address) as client:
        yield client
