"""A small real device and the sink it talks to over TCP, clocks, and builders for agents and callers.

The sink reads lines `<job> <payload>` and answers each with `ok <job>`: a device that says when it is done.
"""

import asyncio
import contextlib
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from devices.agent.agent import Agent
from devices.agent.client import AgentClient, Fields, dial
from devices.agent.config import AgentConfig, RegisterAccess, ServerLink
from devices.device import DeviceError, DeviceState, Ending, Health, Job, Outcome, Power, Progress, Report, Said
from devices.statistics import Statistics
from tests.waiting import eventually

ORIGIN = "http://127.0.0.1:8080"
TILL = "0191c5de-0000-7000-8000-000000000001"
OTHER_TILL = "0191c5de-0000-7000-8000-000000000002"
TOKEN, OTHER_TOKEN = "token-of-the-first-till", "token-of-the-second-till"
ONLINE = DeviceState(Power.ONLINE, Health.OK)
OFFLINE = DeviceState(Power.OFFLINE, Health.CANNOT_WORK, ("line.offline",))


def new_id() -> str:
    return str(uuid4())


class Sink:
    """Counts how often and with how many bytes each job arrived; on a thread of its own, so that it outlives agents.

    `muted` keeps answers back, as paper out does.
    """

    def __init__(self, *, answers_after: float = 0.0) -> None:
        self._answers_after = answers_after
        self.arrived: Counter[str] = Counter()
        self.size: Counter[str] = Counter()
        self.order: list[str] = []
        self.port = 0
        self._muted = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._talks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> "Sink":
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def mute(self) -> None:
        self._muted.set()

    def speak(self) -> None:
        self._muted.clear()

    async def _listen(self) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _stop(self) -> None:
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            while line := await reader.readline():
                job = line.split(b" ")[0].decode()
                if not line.endswith(b"\n"):  # the sender died in the middle
                    self.size[job] += len(line)
                    break
                self.arrived[job] += 1
                self.size[job] += len(line)
                self.order.append(job)
                await asyncio.sleep(self._answers_after)
                await eventually(lambda: not self._muted.is_set())
                writer.write(b"ok " + job.encode() + b"\n")
                await writer.drain()
        writer.close()
        self._talks.discard(task)


class LineDevice:
    """Writes each job as one line, in two halves, and waits for the sink's `ok`."""

    kind = "line"

    def __init__(self, id: str, port: int, *, pause: float = 0.0) -> None:
        self.id = id
        self._port = port
        self._pause = pause
        self._state = DeviceState(Power.UNKNOWN, Health.CANNOT_WORK)
        self._changed: Callable[[DeviceState], None] = lambda state: None
        self._pipe: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._lost = asyncio.Event()
        self.performed: Counter[str] = Counter()
        self.statistics = Statistics()
        self.say: Said = lambda what: None
        self.watched: list[bool] = []

    @property
    def state(self) -> DeviceState:
        return self._state

    async def run(self, changed: Callable[[DeviceState], None], said: Said) -> None:
        self._changed = changed
        self.say = said
        while True:
            try:
                self._pipe = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                self._become(OFFLINE)
            else:
                self._lost.clear()
                self._become(ONLINE)
                await self._lost.wait()
                self._pipe[1].close()
                self._pipe = None
                self._become(OFFLINE)
            await asyncio.sleep(0.05)

    def _become(self, state: DeviceState) -> None:
        if state != self._state:
            self._state = state
            self._changed(state)

    async def ask(self, question: str, content: Fields) -> Fields:
        if question != "echo":
            raise DeviceError("device.question_unknown", question=question)
        await asyncio.sleep(content.get("after_ms", 0) / 1_000)
        return content

    def watch(self, *, watched: bool) -> None:
        self.watched.append(watched)

    async def perform(self, job: Job, report: Report) -> Ending:
        if self._pipe is None:
            return Ending(Outcome.FAILED, ("line.offline",))
        reader, writer = self._pipe
        self.performed[job.id] += 1
        await report(Progress.SENDING, ())
        payload = str(job.content.get("text", "")) + f" copy {job.copy}"
        try:
            writer.write(f"{job.id} ".encode())
            await writer.drain()
            await asyncio.sleep(self._pause)
            writer.write(payload.encode() + b"\n")
            await writer.drain()
            await report(Progress.SENT, ())
            answer = await reader.readline()
        except OSError:
            answer = b""
        if answer == b"ok " + job.id.encode() + b"\n":
            return Ending(Outcome.DONE, result=job.content.get("result"))
        self._lost.set()
        return Ending(Outcome.UNCERTAIN, ("line.lost",))


class HeldClock:
    """Stands still until moved on; sleepers wake when their time has come."""

    def __init__(self, at: datetime = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)) -> None:
        self._now = at
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        wakes: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now + timedelta(seconds=seconds), wakes))
        await wakes

    @property
    def sleepers(self) -> int:
        """How many sleep now."""
        return sum(not wakes.done() for _, wakes in self._sleepers)

    def move_on(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        due = [wakes for at, wakes in self._sleepers if at <= self._now]
        self._sleepers = [(at, wakes) for at, wakes in self._sleepers if at > self._now]
        for wakes in due:
            if not wakes.done():
                wakes.set_result(None)


def a_config(folder: Path, *, port: int | None = 0, server: ServerLink | None = None, **more: Any) -> AgentConfig:
    """A listener for two tills, each with its own token."""
    registers = (RegisterAccess(TILL, TOKEN), RegisterAccess(OTHER_TILL, OTHER_TOKEN))
    return AgentConfig(
        state=folder, port=port, origins=frozenset({ORIGIN}), server=server, **{"registers": registers} | more
    )


@asynccontextmanager
async def a_till(
    agent: Agent | str, *, register: str = TILL, token: str = TOKEN, resume: int | None = None
) -> AsyncGenerator[AgentClient]:
    """A till page that has said hello; its `welcome` is in `.welcome`."""
    url = agent if isinstance(agent, str) else agent.url
    async with dial(url, origin=ORIGIN) as client:
        client.welcome = await client.hello(register=register, token=token, resume=resume)  # type: ignore[attr-defined]
        yield client


def seen(client: AgentClient) -> list[Fields]:
    """The events that have arrived so far, taken out."""
    found: list[Fields] = []
    while not client.events.empty():
        found.append(client.events.get_nowait())
    return found


async def settled(client: AgentClient) -> None:
    """Everything the agent had said by now has arrived: messages of one connection are answered in order."""
    await client.ask("jobs", ids=[])
