"""A worker in a process of its own, for a test to kill: `python -m tests.loyalty.imports.worker_process DSN LEASE`."""

import asyncio
import sys

from pos.storage.database import Database
from tests.loyalty.imports.shop import worker


async def main(dsn: str, lease: float) -> None:
    await worker(await Database.open(dsn), lease=lease).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
