"""Opening the shop's database for a command: found, upgraded, checked."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pos.storage import migrations
from pos.storage.database import Addresses, Database, located
from web.settings import Settings


@asynccontextmanager
async def shop_addresses(settings: Settings) -> AsyncIterator[Addresses]:
    """Where the shop's database is, running and at this version's schema.

    The schema of a database of our own is upgraded; one behind `DATABASE_URL` must be upgraded by `tillcard up` first.
    """
    url = os.environ.get("DATABASE_URL")
    async with located(settings.data, url, os.environ.get("TILLCARD_APP_DATABASE_URL")) as addresses:
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
