"""`python -m tests.serve DSN PORT`: the web application as `tillcard serve` runs it, over one database."""

import sys
import tempfile
from pathlib import Path

import uvicorn

from pos.storage.database import Database
from web.app import create_app
from web.settings import Settings


async def serve(dsn: str, port: int, folder: Path) -> None:
    settings = Settings(data=folder, port=port, csrf_secret="c" * 43, agent_token="")
    database = await Database.open(dsn)
    try:
        config = uvicorn.Config(
            create_app(settings, database),
            host="127.0.0.1",
            port=port,
            access_log=False,
            log_level="warning",
            backlog=512,
            timeout_graceful_shutdown=5,
        )
        await uvicorn.Server(config).serve()
    finally:
        await database.close()


def main() -> None:
    dsn, port = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="tillcard-serve-") as folder:
        run(serve(dsn, port, Path(folder)))


def run(coroutine: object) -> None:
    try:
        import uvloop
    except ImportError:
        import asyncio

        asyncio.run(coroutine)  # type: ignore[arg-type]  # a coroutine
    else:
        uvloop.run(coroutine)  # type: ignore[arg-type]  # a coroutine


if __name__ == "__main__":
    main()
