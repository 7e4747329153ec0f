"""The feed only tells of transactions that ended: its tests commit, in one database and one shop for each file.

Their server is their own: a transaction left open in any database of a server holds back what its feeds tell.
"""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from pos.storage.database import engine_for
from tests import database as databases
from tests.pos.exchange.builders import Shop, a_shop


@pytest.fixture(scope="module")
async def database() -> AsyncIterator[AsyncEngine]:
    run = databases.run_folder()
    folder = run.with_name(f"{run.name}-feed-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
    async with await databases.open_server(folder) as server:
        await databases.make_template(server)
        async with databases.cloned(server) as own:
            engine = engine_for(own.app, 4)
            yield engine
            await engine.dispose()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
async def shop(database: AsyncEngine) -> Shop:
    async with AsyncSession(database) as session, session.begin():
        return await a_shop(session)


@pytest.fixture
async def session(database: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session whose commits are commits."""
    async with AsyncSession(database, expire_on_commit=False) as open_session:
        yield open_session
