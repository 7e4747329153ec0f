"""A printer behind a queue of the system's print service, as a last resort: bytes go there, nothing comes back.

Through the programs `lp` and `lpstat` of CUPS. What is flushed at once is one raw job; that the queue took it says nothing of
the paper.
"""

import asyncio
import contextlib
import os
import re

from devices.ports.port import PortLost, PortUnavailable

QUEUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,126}")
LOOK_SECONDS = 10.0
ENGLISH = {"LC_ALL": "C"}


class CupsPort:
    """The queue called `queue`; each call of a program ends within `open_timeout` seconds or is given up."""

    def __init__(self, queue: str, *, open_timeout: float = 3.0) -> None:
        self.name = f"cups://{queue}"
        self._queue, self._open_timeout = queue, open_timeout
        self._unsent = bytearray()
        self._sending: asyncio.Task[None] | None = None
        self._lost: PortLost | None = PortLost(f"{self.name}: not open")
        self._gone = asyncio.Event()

    async def open(self) -> None:
        await self.close()
        refused = await self._look()
        if refused:
            raise PortUnavailable(f"{self.name}: {refused}")
        self._unsent.clear()
        self._lost, self._gone = None, asyncio.Event()

    def feed(self, data: bytes) -> None:
        self._check_open()
        self._unsent += data

    async def flush(self, seconds: float) -> bool:
        self._check_open()
        if self._sending is None and self._unsent:
            job = bytes(self._unsent)
            self._unsent.clear()
            self._sending = asyncio.create_task(self._send(job))
        if self._sending is not None:
            done, _ = await asyncio.wait([self._sending], timeout=seconds)
            if not done:
                return False
            sent, self._sending = self._sending, None
            try:
                sent.result()
            except PortLost as lost:
                self._lose(lost)
        self._check_open()
        return not self._unsent

    async def read(self) -> bytes:
        """Only ever ends with the loss of the queue."""
        while True:
            self._check_open()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._gone.wait()
            if self._lost is None and (refused := await self._look()):
                self._lose(PortLost(f"{self.name}: {refused}"))

    async def close(self) -> None:
        self._lose(PortLost(f"{self.name}: closed"))
        sending, self._sending = self._sending, None
        if sending is not None:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _look(self) -> str:
        """Why the queue cannot be used; empty if it can."""
        try:
            code, said = await self._run(b"", "lpstat", "-p", self._queue)
        except (OSError, TimeoutError) as error:
            return str(error) or "lpstat did not answer"
        if code != 0:
            return said or "no such queue"
        return said if " disabled " in said else ""

    async def _send(self, job: bytes) -> None:
        """Raises `PortLost`; the queue may have the job even then."""
        try:
            code, said = await self._run(job, "lp", "-d", self._queue, "-o", "raw", "-t", "Tillcard", "-s")
        except (OSError, TimeoutError) as error:
            raise PortLost(f"{self.name}: {error or 'lp did not end'}") from error
        if code != 0:
            raise PortLost(f"{self.name}: {said or 'lp refused the job'}")

    async def _run(self, given: bytes, *command: str) -> tuple[int, str]:
        """Its exit code and what it said. Raises `OSError` if there is no such program, `TimeoutError`."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.STDOUT, env={**os.environ, **ENGLISH}
        )
        try:
            async with asyncio.timeout(self._open_timeout):
                said, _ = await process.communicate(given)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode or 0, said.decode("utf-8", "replace").strip()

    def _lose(self, lost: PortLost) -> None:
        if self._lost is None:
            self._lost = lost
        self._gone.set()

    def _check_open(self) -> None:
        if self._lost is not None:
            raise self._lost
