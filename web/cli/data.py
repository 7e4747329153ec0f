"""`tillcard backup`, `restore` and `check`."""

import argparse
import sys

from pos.documents.check import check_database
from pos.storage import backup as backups
from web.cli.shop import shop_addresses
from web.settings import Settings


async def backup(asked: argparse.Namespace, settings: Settings) -> None:
    """Write everything into one file, with the digest of every table."""
    async with shop_addresses(settings) as addresses:
        print(await backups.backup(addresses, asked.file))


async def restore(asked: argparse.Namespace, settings: Settings) -> None:
    """Bring a backup into an empty data folder and verify it by digest."""
    async with shop_addresses(settings) as addresses:
        print(await backups.restore(addresses, asked.file))


async def check(asked: argparse.Namespace, settings: Settings) -> None:
    """Exit code 1 where anything is altered, missing or surplus."""
    async with shop_addresses(settings) as addresses:
        report = await check_database(addresses.owner)
    print(report)
    if report.problems:
        sys.exit(1)
