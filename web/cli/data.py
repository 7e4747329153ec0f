"""`tillcard backup`, `restore` and `check`."""

import argparse
import sys

import asyncpg

from pos import __version__
from pos.documents.bare import bare_sales
from pos.documents.check import check as findings
from pos.exchange.cursor import begin_epoch
from pos.storage import backup as backups
from pos.storage import migrations
from pos.storage.database import Database
from web import clock
from web.cli.shop import found, shop_addresses
from web.settings import Settings

MOST_SHOWN = 100


async def backup(asked: argparse.Namespace, settings: Settings) -> None:
    """Write everything into one new file, with the digest of every table; the shop stays open."""
    async with found(settings) as addresses:
        header = await backups.backup(addresses.owner, asked.file, app_version=__version__, at=clock.now())
    print(f"saved {len(header.tables)} tables of PostgreSQL {header.server_version} into {asked.file}")


async def restore(asked: argparse.Namespace, settings: Settings) -> None:
    """Bring a backup into an empty data folder and verify it by digest; tills then take a full copy."""
    async with found(settings) as addresses:
        header = await backups.restore(addresses.owner, asked.file)
        await migrations.upgrade(addresses.owner)
        database = await Database.open(addresses.app)
        try:
            async with database.transaction() as session:
                begin_epoch(session, "restored", at=clock.now())
        finally:
            await database.close()
    print(f"restored {len(header.tables)} tables made {header.made_at}, every one verified")


async def check(asked: argparse.Namespace, settings: Settings) -> None:
    """Derive everything again from the documents' bytes; exit code 1 where anything differs."""
    async with shop_addresses(settings) as addresses:
        connection = await asyncpg.connect(addresses.owner)
        try:
            found = 0
            async for finding in findings(connection):
                found += 1
                if found <= MOST_SHOWN:
                    print(f"{finding.kind:10} {finding.table:18} {finding.document_id or '-'}  {finding.detail}")
            bare = await bare_sales(connection)
            documents = await connection.fetchval("SELECT count(*) FROM document") - bare
        finally:
            await connection.close()
    print(f"{documents} documents checked, {found} findings")
    if bare:
        print(f"{bare} sales are history made for measuring: no documents, so only their sums were checked")
    if found:
        sys.exit(1)
