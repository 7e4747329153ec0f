"""The demo shop as a newcomer starts it: a process of its own on a free port, which tests may kill and start again."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from pos.storage.embedded.locks import FileLock
from tests.database import run_folder

ROOT = Path(__file__).parents[2]
READY_WITHIN = 180.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ShopProcess:
    """`tillcard demo` over one data folder. The port stays the same over restarts, as a browser's origin must."""

    def __init__(self, data: Path, *, products: int = 2_000) -> None:
        self.data, self.products = data, products
        self.port, self.agent_port = free_port(), free_port()
        self.said = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._log = data.parent / f"{data.name}.log"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start and wait until the terminal shows the addresses. Fails with what it said instead."""
        command = [sys.executable, "-m", "web.cli", "demo", "--data", str(self.data), "--port", str(self.port)]
        environment = {**os.environ, "TILLCARD_AGENT_PORT": str(self.agent_port)}
        began = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--products", str(self.products)],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        for _ in range(int(READY_WITHIN * 10)):
            self.said = self._log.read_bytes()[began:].decode()
            if "Stop it with" in self.said:
                return
            if self._process.poll() is not None:
                break
            await asyncio.sleep(0.1)
        raise AssertionError(f"the shop did not open:\n{self.said[-4000:]}")

    def kill(self) -> None:
        """End the server as a power cut would: no goodbye."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End the server as Ctrl+C does; what is left after that is killed."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()

    def code(self, name: str) -> str:
        """The barcode or card that the terminal shows behind a name beginning so."""
        found = re.search(rf"^ +{re.escape(name)}.* (\d{{13,16}})$", self.said, re.MULTILINE)
        assert found, f"{name} is not among:\n{self.said}"
        return found[1]

    def pin(self, name: str) -> str:
        found = re.search(rf"{re.escape(name)} (\d{{4}})", self.said)
        assert found, self.said
        return found[1]


async def demo_shop() -> ShopProcess:
    """A demo shop of its own, started: a copy of what the first of this test run to ask has made. It goes with the run."""
    run_folder().mkdir(exist_ok=True)
    run_folder().chmod(0o755)  # a folder that PostgreSQL's user cannot walk into has its data elsewhere, uncopied
    made = run_folder() / "demo-shop"
    lock = FileLock(run_folder() / "demo-shop.lock")
    assert await asyncio.to_thread(lock.take, alone=True, wait=READY_WITHIN)
    try:
        if not made.exists():
            first = ShopProcess(made.with_name("demo-shop-making"))
            await first.start()
            first.stop()
            first.data.rename(made)
    finally:
        lock.leave()
    data = run_folder() / f"demo-shop-{uuid4().hex[:12]}"
    subprocess.run(["cp", "-a", made, data], check=True)  # owners too
    shop = ShopProcess(data)
    await shop.start()
    return shop
