"""Waiting for what another program does in its own time."""

import asyncio
from collections.abc import Callable


async def eventually(true: Callable[[], bool]) -> None:
    """Wait until it is true; the test's own time limit is the end of patience."""
    while not true():
        await asyncio.sleep(0.01)
