"""The feed only tells of transactions that ended: its tests commit, in one database and one shop for each file."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from pos.storage.database import engine_for
from pos.storage.embedded import Cluster
from tests.database import cloned
from tests.pos.exchange.builders import Shop, a_shop


@pytest.fixture(scope="module")
async def database(postgres: Cluster) -> AsyncIterator[AsyncEngine]:
    async with cloned(postgres) as own:
        engine = engine_for(own.app, 4)
        yield engine
        await engine.dispose()


@pytest.fixture(scope="module")
async def shop(database: AsyncEngine) -> Shop:
    async with AsyncSession(database) as session, session.begin():
        return await a_shop(session)


@pytest.fixture
async def session(database: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session whose commits are commits."""
    async with AsyncSession(database, expire_on_commit=False) as open_session:
        yield open_session
