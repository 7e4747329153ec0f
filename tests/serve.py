"""`python -m tests.serve DSN PORT`: the web application as `tillcard serve` runs it, over one database."""

import asyncio
import sys
import tempfile
from pathlib import Path

from pos.storage.database import Database
from web.cli.commands import event_loop
from web.cli.serving import serve_until_stopped
from web.settings import Settings


async def serve(dsn: str, port: int, folder: Path) -> None:
    settings = Settings(data=folder, port=port, csrf_secret="c" * 43, agent_token="")
    database = await Database.open(dsn)
    try:
        await serve_until_stopped(settings, database, [], lambda: None)
    finally:
        await database.close()


def main() -> None:
    dsn, port = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="tillcard-serve-") as folder:
        with asyncio.Runner(loop_factory=event_loop()) as runner:
            runner.run(serve(dsn, port, Path(folder)))


if __name__ == "__main__":
    main()
