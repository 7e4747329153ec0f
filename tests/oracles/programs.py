"""Programs of others, run on their own: the Node ones stand in `package.json`, pinned with their hashes."""

import asyncio
import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PATIENCE = 60.0


class NotInstalled(Exception):
    """`npm ci` has not been run here."""


async def run(program: Path, *arguments: str, given: bytes = b"") -> tuple[bytes, str]:
    """What a Node program wrote to standard output, and to standard error. Raises `NotInstalled`, `TimeoutError`."""
    if not (HERE / "node_modules").is_dir():
        raise NotInstalled("run `make oracles`, which installs them with npm")
    process = await asyncio.create_subprocess_exec(
        "node",
        str(program),
        *arguments,
        cwd=HERE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            said, complaint = await process.communicate(given)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    return said, complaint.decode(errors="replace").strip()


async def answer(script: str, question: Any) -> bytes:
    """What a script of ours, which calls a library of others, writes to standard output; it reads JSON."""
    said, complaint = await run(HERE / script, given=json.dumps(question, ensure_ascii=False).encode())
    assert said, complaint
    return said
