"""Opening the shop's database for a command: found, upgraded, checked."""

import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from pos.storage import migrations
from pos.storage.database import Addresses, Database, located
from web.settings import Settings


def found(settings: Settings) -> AbstractAsyncContextManager[Addresses]:
    """Where the shop's database is, running, whatever its schema."""
    url, app_url = os.environ.get("DATABASE_URL"), os.environ.get("TILLCARD_APP_DATABASE_URL")
    return located(settings.data, url, app_url)


@asynccontextmanager
async def shop_addresses(settings: Settings) -> AsyncIterator[Addresses]:
    """Where the shop's database is, running and brought up to this version's schema."""
    async with found(settings) as addresses:
        await migrations.upgrade(addresses.owner)
        yield addresses


@asynccontextmanager
async def shop_database(settings: Settings) -> AsyncIterator[Database]:
    """The shop's database, open in the app's role."""
    async with shop_addresses(settings) as addresses:
        database = await Database.open(addresses.app)
        try:
            yield database
        finally:
            await database.close()
