"""The real application on a real port of this computer, in the test's own event loop."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from litestar import Litestar


@asynccontextmanager
async def served(app: Litestar, port: int = 0) -> AsyncIterator[str]:
    """The address of `app` while the block runs, on `port` or any free one."""
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            task.result()
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


async def until_answered(
    client: httpx.AsyncClient, path: str, process: "subprocess.Popen[str]", seconds: int = 60
) -> None:
    """Return once the server of `process` answers at `path`."""
    for _ in range(seconds * 10):
        assert process.poll() is None, "the server ended"
        try:
            await client.get(path)
            return
        except httpx.TransportError:
            await asyncio.sleep(0.1)
    raise AssertionError(f"no answer at {path}")
