"""Fixtures that reach every test: real PostgreSQL, rolled back or cloned."""

import asyncio
import shutil
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from pos.storage.database import Addresses, Pool, engine_for, pool_for
from pos.storage.embedded import Cluster
from tests import database as databases


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[Cluster]:
    """The server of this test run, shared by its workers."""
    async with await databases.open_server() as server:
        await databases.make_template(server)
        yield server


@pytest.fixture
async def addresses(postgres: Cluster) -> AsyncIterator[Addresses]:
    """A migrated database of the test's own, for whatever commits."""
    async with databases.cloned(postgres) as own:
        yield own


@pytest.fixture
async def pool(addresses: Addresses) -> AsyncIterator[Pool]:
    """The record path's pool, in the app's role, on a database of the test's own."""
    async with await pool_for(addresses.app, 8) as connections:
        yield connections


@pytest.fixture(scope="session")
async def _shared_engine(postgres: Cluster) -> AsyncIterator[AsyncEngine]:
    async with databases.cloned(postgres) as shared:
        engine = engine_for(shared.app, 4)
        yield engine
        await engine.dispose()


@pytest.fixture
async def session(_shared_engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session in the app's role whose every change is rolled back after the test, commits included."""
    async with _shared_engine.connect() as connection:
        outer = await connection.begin()
        async with AsyncSession(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as rolled_back:
            yield rolled_back
        await outer.rollback()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        databases.run_folder()  # names the run, before workers inherit the name
        asyncio.run(databases.sweep())


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """The run's server is stopped by the last worker; its folder goes with the run."""
    if not hasattr(session.config, "workerinput"):
        shutil.rmtree(databases.run_folder(), ignore_errors=True)
