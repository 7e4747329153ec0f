"""Opening the shop's database for a command: found, upgraded, checked."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

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


def kept_secret(data: Path, name: str) -> str:
    """A random text that stays the same for this data folder; only its owner may read the file."""
    folder = data / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        new = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(new, "w") as file:
            file.write(secrets.token_urlsafe(32))
    return path.read_text()
