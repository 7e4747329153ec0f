"""Keeps the embedded server up: when it dies, it is started again."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from pos.storage.embedded.cluster import Cluster
from pos.storage.embedded.errors import EmbeddedError

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def supervised(cluster: Cluster, *, every: float = 1.0) -> AsyncIterator[Cluster]:
    """Look every `every` seconds whether the server's process lives, and start it again when it does not.

    Stops looking at the end, before the cluster is closed; a start that fails is tried again, ever more slowly, up to
    once a minute.
    """
    watching = asyncio.create_task(_watch(cluster, every))
    try:
        yield cluster
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


async def _watch(cluster: Cluster, every: float) -> None:
    pause = every
    while True:
        await asyncio.sleep(pause)
        if await asyncio.to_thread(cluster.pid) is not None:
            continue
        _log.warning("database.died")
        try:
            await cluster.start_again()
        except EmbeddedError as error:
            pause = min(pause * 2, 60.0)
            _log.error("database.restart_failed", reason=str(error))
        else:
            pause = every
            _log.info("database.restarted")
