"""Kills the agent, the server or the printer at every step of a job, one kill a job, and looks at the paper.

A tablet hands each receipt to the server's relay and hands it in again, under the same id, until it has ended; the
relay passes it to the agent, the agent to a simulated printer over TCP. `python -m tests.devices.agent.crash_steps 1000`
ends with one JSON object. `printed_once`: said to be done, and whole on the paper exactly once; `uncertain`: nobody
knows, and it says so (on the paper at most once); `doubled`: printed again by itself; `lost`: all else.
"""

import asyncio
import contextlib
import json
import multiprocessing
import random
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import cycle, islice
from multiprocessing.process import BaseProcess
from typing import Any

import websockets

from devices.agent.client import AgentClient, AgentError, AgentGone, dial
from devices.receipt.simulator import PrinterSimulator
from tests.devices.agent.kit import ORIGIN, new_id
from tests.devices.agent.lone_agent import drive
from tests.devices.agent.lone_server import serve
from tests.waiting import eventually

BAUD = 230_400
LINE_SECONDS = 0.002
LINES = 12
PATIENCE = 5.0
"""How long the till waits for news before it hands the job in again."""
GIVE_UP = 180.0
PRELOADED = ["tests.devices.agent.lone_agent", "tests.devices.agent.lone_server", "PIL.Image"]


@dataclass(slots=True)
class Stage:
    """One job as it is seen from outside: by the till's messages and on the printer's side of the wire."""

    job: str
    killed: str
    printer: PrinterSimulator
    heard: int
    """Bytes the printer had heard before."""
    cuts: int
    reached: set[str] = field(default_factory=set[str])
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def state(self, *states: str) -> None:
        while not self.reached & set(states):
            self.moved.clear()
            await self.moved.wait()

    async def bytes(self, count: int) -> None:
        await self.printer.until(lambda printer: len(printer.received) >= self.heard + count)

    async def on_paper(self) -> None:
        await self.printer.until(lambda printer: self.job.encode() in printer.unfinished)

    async def cut(self) -> None:
        await self.printer.until(lambda printer: len(printer.receipts) > self.cuts)


STEPS: Mapping[str, Callable[[Stage], Awaitable[None]]] = {
    "handed in": lambda stage: stage.state("handed in"),
    "queued": lambda stage: stage.state("queued", "sending", "sent", "done"),
    "sending": lambda stage: stage.state("sending", "sent", "done"),
    "first byte": lambda stage: stage.bytes(1),
    "some bytes": lambda stage: stage.bytes(100),
    "most bytes": lambda stage: stage.bytes(400),
    "sent": lambda stage: stage.state("sent", "done"),
    "on paper": lambda stage: stage.on_paper(),
    "cut": lambda stage: stage.cut(),
    "done": lambda stage: stage.state("done", "uncertain"),
}
VICTIMS = ("printer", "server", "agent")
"""In this order: an agent that has lost its server again and again waits ever longer, a new one does not."""


class Shop:
    """A server and an agent as processes that can be killed, and a printer whose power can be cut."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.printer = PrinterSimulator(baud=BAUD, line_seconds=LINE_SECONDS)
        self.port = _free_port()
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(PRELOADED)
        self._processes: dict[str, BaseProcess] = {}
        self._address = ""

    async def __aenter__(self) -> "Shop":
        self._address = await self.printer.start_tcp()
        for name in ("server", "agent"):
            self._start(name)
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.kill()
            process.join()
        await self.printer.stop()

    def _start(self, name: str) -> None:
        link = f"ws://127.0.0.1:{self.port}/api/agent/link"
        work = {"server": (serve, (self.port,)), "agent": (drive, (self.folder, self._address, link))}[name]
        process = self._context.Process(target=work[0], args=work[1], daemon=True)
        process.start()
        self._processes[name] = process

    async def strike(self, victim: str) -> None:
        """SIGKILL and a new one, or the power off and on."""
        if victim == "printer":
            self.printer.power_off()
            await asyncio.sleep(0.02)
            self.printer.power_on()
            return
        process = self._processes[victim]
        process.kill()
        await asyncio.to_thread(process.join)
        self._start(victim)

    async def carry(self, stage: Stage) -> str:
        """Hand the job in, again and again until it has ended; returns how."""
        while True:
            with contextlib.suppress(AgentGone, AgentError, TimeoutError, OSError, websockets.WebSocketException):
                async with dial(f"ws://127.0.0.1:{self.port}/api/till/agent", origin=ORIGIN) as till:
                    return await self._until_ended(till, stage)
            await asyncio.sleep(0.02)

    async def _until_ended(self, till: AgentClient, stage: Stage) -> str:
        async with asyncio.timeout(PATIENCE):
            await till.hello()
        watching = asyncio.create_task(_watch(till, stage))
        try:
            stage.reached.add("handed in")
            stage.moved.set()
            lines = [{"kind": "text", "text": f"line {number}"} for number in range(LINES)]
            content = {"lines": [{"kind": "text", "text": stage.job}, *lines, {"kind": "cut"}]}
            async with asyncio.timeout(PATIENCE):
                _note(stage, await till.submit(stage.job, "receipt", "receipt", content))
                return (await till.until(stage.job))["state"]
        finally:
            watching.cancel()


async def _watch(till: AgentClient, stage: Stage) -> None:
    while True:
        _note(stage, await till.events.get())


def _note(stage: Stage, message: dict[str, Any]) -> None:
    if message.get("job") == stage.job:
        stage.reached.add(message["state"])
        stage.moved.set()


async def crash_steps(jobs: int, seed: int = 1) -> dict[str, Any]:
    """One kill a job, at every step in turn; returns the counts."""
    steps = random.Random(seed).sample(sorted(STEPS), len(STEPS))
    plan = [(victim, step) for step in steps for victim in VICTIMS]
    ends: dict[str, str] = {}
    stages: list[Stage] = []
    struck: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="crash-steps-") as folder:
        async with Shop(folder) as shop:
            for victim, step in islice(cycle(plan), jobs):
                stage = Stage(
                    new_id(),
                    f"{victim} at {step!r}",
                    shop.printer,
                    len(shop.printer.received),
                    len(shop.printer.receipts),
                )
                stages.append(stage)
                ends[stage.job] = await _one(shop, stage, victim, step)
                struck[victim] += 1
            await eventually(lambda: shop.printer.holds == 0)
            papers = Counter(job for receipt in shop.printer.receipts for job in ends if job.encode() in receipt.data)
            torn = Counter(job for paper in shop.printer.torn for job in ends if job.encode() in paper)
    wrong = [stage for stage in stages if ends[stage.job] not in ("done", "uncertain") or papers[stage.job] > 1]
    for stage in wrong:
        print(f"{stage.killed}: {ends[stage.job]}, {papers[stage.job]} on paper, reached {stage.reached}")
    return {**_counted(ends, papers, torn), "kills": dict(struck)}


async def _one(shop: Shop, stage: Stage, victim: str, step: str) -> str:
    async def kill() -> None:
        await STEPS[step](stage)
        await shop.strike(victim)

    killing = asyncio.create_task(kill())
    try:
        async with asyncio.timeout(GIVE_UP):
            end = await shop.carry(stage)
            stage.reached.add("done")  # a step that was passed unseen: the kill comes after the end
            stage.moved.set()
            await asyncio.wait([killing], timeout=1)
    except TimeoutError:
        end = "open"
    if not killing.done():
        killing.cancel()
        await shop.strike(victim)
    return end


def _counted(ends: dict[str, str], papers: Counter[str], torn: Counter[str]) -> dict[str, int]:
    once = [job for job, end in ends.items() if end == "done" and papers[job] == 1]
    doubled = [job for job in ends if papers[job] > 1 or (papers[job] and torn[job])]
    uncertain = [job for job, end in ends.items() if end == "uncertain"]
    return {
        "jobs": len(ends),
        "printed_once": len(once),
        "uncertain": len(uncertain),
        "doubled": len(doubled),
        "lost": len(ends) - len(once) - len(uncertain),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    answer = asyncio.run(crash_steps(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
    print(json.dumps(answer))
    sys.exit(1 if answer["doubled"] or answer["lost"] else 0)
