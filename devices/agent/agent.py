"""The whole agent: journal, devices, listener and link, put together and taken apart in the right order."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from functools import partial
from types import TracebackType
from typing import Any, Self

from devices.agent.access import Access
from devices.agent.clock import Clock, SystemClock, milliseconds
from devices.agent.config import AgentConfig, ConfigError, RegisterAccess
from devices.agent.exchange import Exchange
from devices.agent.health import Counts
from devices.agent.journal import Journal
from devices.agent.link import Link
from devices.agent.listener import Listener
from devices.agent.queue import DeviceQueue
from devices.agent.remembered import Remembered
from devices.agent.second_copy import SecondCopy
from devices.agent.store import Store
from devices.device import Device
from devices.driver import PortDriver
from devices.ports.hotplug import watch_ports

log = logging.getLogger(__name__)

JOURNAL_FILE = "journal.sqlite"
STOP_WITHIN = 5.0
PRUNE_EVERY = 60 * 60.0
STATISTICS_EVERY = 5 * 60.0
REST = 1.0


class Agent:
    """Drives `devices` for the registers of `config`.

    `async with Agent(config, devices) as agent` runs it beside other work; `run()` runs it until cancelled.
    """

    def __init__(self, config: AgentConfig, devices: Sequence[Device], clock: Clock | None = None) -> None:
        self._config = config
        self._clock = clock or SystemClock()
        self._store = Store(config.state / JOURNAL_FILE)
        self.journal = Journal(self._store, self._clock)
        self.second_copy = SecondCopy(self._store, self._clock)
        self.access = Access(self._store, self._clock, config.registers)
        self._remembered = Remembered(self._store, devices)
        self._queues = {device.id: DeviceQueue(device, self.journal, self._clock) for device in devices}
        if len(self._queues) != len(devices):
            raise ConfigError("two devices have the same id")
        self._exchange = Exchange(
            journal=self.journal,
            second_copy=self.second_copy,
            access=self.access,
            clock=self._clock,
            queues=self._queues,
            devices_of={access.id: access.devices for access in config.registers if access.devices is not None},
        )
        self._listener: Listener | None = None
        self._link: Link | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._stack = AsyncExitStack()

    @property
    def id(self) -> str:
        """The identity of the journal; empty until the agent runs."""
        return self._exchange.agent

    @property
    def port(self) -> int | None:
        """The port of the listener, once it runs."""
        return None if self._listener is None else self._listener.port

    @property
    def url(self) -> str:
        """Where the till page on this computer finds the agent."""
        return f"ws://127.0.0.1:{self.port}/agent"

    @property
    def connected(self) -> bool:
        """Whether the link to the server stands now."""
        return self._link is not None and self._link.connected

    def let_in(self, access: RegisterAccess) -> None:
        """Let one more register in while the agent runs, with its own token (all devices)."""
        self.access.let_in(access)

    @property
    def counts(self) -> Counts:
        """What the agent has counted since it started."""
        return self._exchange.counts

    async def run(self) -> None:
        """Run until cancelled."""
        async with self:
            await asyncio.gather(*self._tasks)

    async def __aenter__(self) -> Self:
        """Start. Raises `AgentAlreadyRunning`, `JournalUnavailable`, or `OSError` for a port that is taken."""
        async with AsyncExitStack() as stack:
            await self._store.open()
            stack.push_async_callback(self._store.close)
            self._exchange.since = milliseconds(self._clock.now())
            self._exchange.agent = await self.journal.identity()
            await self.access.load()
            await self._remembered.load()
            stack.push_async_callback(self._remembered.keep)
            self._store.told = self._exchange.told
            left = await self.journal.recover(self._queues.keys())
            for job_id, device, expires_at in left:
                self._queues[device].add(job_id, expires_at)
            if self._config.port is not None:
                listener = Listener(self._exchange, port=self._config.port, origins=self._config.allowed_origins)
                await listener.start()
                self._listener = listener
                stack.push_async_callback(listener.stop)
            stack.push_async_callback(self._stop_tasks)
            for queue in self._queues.values():
                queue.said = partial(self._exchange.said, queue.device.id)
                self._begin(queue.run, f"device {queue.device.id}")
            if self._config.server is not None:
                self._link = Link(self._exchange, self._config.server)
                self._begin(self._link.run, "link")
            self._begin(self._prune, "prune")
            self._begin(self._keep_statistics, "statistics")
            self._begin(partial(watch_ports, self._plugged_in), "ports")
            stack.push_async_callback(self._drain)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let each device finish what it is doing (5 s), close the roads, then the journal."""
        await self._stack.aclose()

    def _begin(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        self._tasks.append(asyncio.create_task(self._keep_on(work, name), name=f"agent {name}"))

    async def _keep_on(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        """Begin the work anew whenever it breaks: one part's bug must not silence the others."""
        while True:
            try:
                await work()
            except Exception:
                log.exception("%s broke and is begun anew", name)
            await self._clock.sleep(REST)

    def _plugged_in(self) -> None:
        """Something was plugged in: whoever waits to open its port tries at once."""
        for queue in self._queues.values():
            if isinstance(queue.device, PortDriver):
                queue.device.plugged_in()

    async def _keep_statistics(self) -> None:
        while True:
            await self._clock.sleep(STATISTICS_EVERY)
            await self._remembered.keep()

    async def _drain(self) -> None:
        try:
            async with asyncio.timeout(STOP_WITHIN):
                await asyncio.gather(*(queue.drain() for queue in self._queues.values()))
        except TimeoutError:
            log.warning("a device did not finish in time")

    async def _stop_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _prune(self) -> None:
        while True:
            await self.journal.prune()
            await self._clock.sleep(PRUNE_EVERY)
