"""The real device agent as a process of its own, beside one till."""

import re
import sys
from asyncio import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.till.shop import REGISTER

ROOT = Path(__file__).parents[2]
TOKEN = "token-of-the-till"


@asynccontextmanager
async def device_program(folder: Path, origin: str, devices: str) -> AsyncIterator[dict[str, str]]:
    """Runs with these `[[devices]]`; yields what a server tells its till about it."""
    config = folder / "devices.toml"
    config.write_text(
        f'state = "{folder / "agent"}"\nport = 0\norigins = ["{origin}"]\n'
        f'[[registers]]\nid = "{REGISTER}"\ntoken = "{TOKEN}"\n{devices}'
    )
    process = await subprocess.create_subprocess_exec(
        sys.executable, "-u", "-m", "devices.cli", "--config", str(config), stdout=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout
    try:
        said = (await process.stdout.readline()).decode()
        found = re.search(r"ws://\S+", said)
        assert found, said
        yield {"url": found[0], "token": TOKEN}
    finally:
        process.terminate()
        await process.wait()
