"""A running shop that is told to end closes everything it opened, its PostgreSQL last, and opens again."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from pos.storage.embedded.place import place_of
from pos.storage.embedded.process import recorded_pid, running_server
from tests.e2e.shop import free_port
from tests.web.cli.test_start import DATABASE, ROOT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows ends a program without asking it")


async def ended_by(told: signal.Signals, data: Path, heeding: signal.Handlers = signal.SIG_DFL) -> int:
    """The exit code of `tillcard up` that was told to end once it had shown its addresses."""
    kept = {name: value for name, value in os.environ.items() if name not in DATABASE}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "web.cli", "up", "--data", data, "--port", str(free_port())),
        cwd=ROOT,
        env={**kept, "TILLCARD_AGENT_PORT": "0"},
        stdout=PIPE,
        stderr=STDOUT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, heeding),
    )
    assert process.stdout is not None
    try:
        said = [line.decode() async for line in until(process.stdout, b"back office")]
        assert "back office" in "".join(said)
        assert running_server(place_of(data).data) is not None
        process.send_signal(told)
        code = await process.wait()
        rest = (await process.stdout.read()).decode()
        assert "Traceback" not in rest, rest
        return code
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_work_that_was_broken_off_does_not_look_done(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setblocking(False)
        address = f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/none"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "web.cli", "backup", tmp_path / "file", "--data", tmp_path),
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": address},
        )
        await asyncio.get_running_loop().sock_accept(silent)  # now it waits for its database
        process.send_signal(signal.SIGTERM)

        assert await process.wait() == 143


async def until(stream: asyncio.StreamReader, word: bytes):
    """The lines of a program up to the one that has the word."""
    async for line in stream:
        yield line
        if word in line:
            return


async def test_a_service_managers_signal_and_ctrl_c_leave_no_postgresql_behind(tmp_path):
    data = tmp_path / "shop"

    for told, code, heeding in (
        (signal.SIGTERM, 0, signal.SIG_DFL),
        (signal.SIGTERM, 0, signal.SIG_IGN),  # a shell's background job does not hear Ctrl+C
        (signal.SIGINT, 130, signal.SIG_DFL),
    ):
        assert await ended_by(told, data, heeding) == code
        assert recorded_pid(place_of(data).data) is None
        assert running_server(place_of(data).data) is None
