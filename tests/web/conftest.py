"""The real application over a real database, asked through HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

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


@pytest.fixture(scope="session")
def application() -> Litestar:
    """One for all tests of a worker, for its routes cost half a second. What is a test's own is put into its state."""
    return create_app(Settings(csrf_secret="a secret of this test"), database=None)


@pytest.fixture
async def client(application: Litestar, database: Database, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without cookies, talking to the application."""
    state = application.state
    state.database, state.known_keys = database, {}
    state.settings = Settings(data=tmp_path, csrf_secret="a secret of this test", agent_token="a token of this test")
    async with served(application) as address, httpx.AsyncClient(base_url=address, timeout=60) as client:
        yield client
