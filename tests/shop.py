"""A shop's schema and its document routes, for the long runs that start their own servers and kill them."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import asyncpg

from pos.registers.service import key_digest
from tests.documents import Till

SECRET = "0123456789abcdef0123456789abcdef"


async def introduce(owner_dsn: str, tills: list[Till]) -> None:
    """The tills' outlets, registers and keys, as the back office and pairing would have made them."""
    connection = await asyncpg.connect(owner_dsn)
    try:
        for till in tills:
            await connection.execute("INSERT INTO outlet (id, name, zone) VALUES ($1, 'Shop', 'UTC')", till.outlet_id)
            await connection.execute(
                "INSERT INTO register (id, outlet_id, name, prefix) VALUES ($1, $2, 'Till', $3)",
                till.register_id,
                till.outlet_id,
                till.prefix,
            )
            await connection.execute(
                "INSERT INTO register_epoch (register_id, epoch, key_digest, paired_at) VALUES ($1, $2, $3, now())",
                till.register_id,
                till.epoch,
                key_digest(SECRET),
            )
    finally:
        await connection.close()


def authorization(till: Till) -> str:
    return f"Register {till.register_id}.{till.epoch}.{SECRET}"


class Server:
    """The document routes in a process of their own, on a free loopback port."""

    def __init__(self, dsn: str, tills: list[Till]) -> None:
        self.dsn, self.tills = dsn, tills
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.serve", self.dsn, str(self.port)]
        self.process = subprocess.Popen(command, cwd=Path(__file__).parents[1], stdout=2)

    def wait(self, seconds: float = 120) -> None:
        """Return once it answers."""
        until = time.monotonic() + seconds
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/till/health", timeout=2).read()
                return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if time.monotonic() > until or (self.process and self.process.poll() is not None):
                    raise
                time.sleep(0.05)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(30)

    def cpu_seconds(self) -> float:
        """Processor time that the process has used so far (Linux)."""
        assert self.process
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
