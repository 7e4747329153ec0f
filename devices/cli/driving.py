"""One device, driven by a word of the command line with nothing else running."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from devices.agent.config import DeviceConfig, read_config
from devices.agent.errors import ConfigError
from devices.device import Device, DeviceState, Health, Job, Outcome, Progress

COMES_UP_WITHIN = 10.0


def configured(path: Path, id: str) -> DeviceConfig:
    """The device of that name. Raises `ConfigError`."""
    config = next((device for device in read_config(path).devices if device.id == id), None)
    if config is None:
        raise ConfigError(f"no device is called {id} in {path}")
    return config


@asynccontextmanager
async def driven(device: Device) -> AsyncGenerator[asyncio.Queue[DeviceState]]:
    """While the block runs; what it says by itself is printed, how it stands is put into the queue."""
    told: asyncio.Queue[DeviceState] = asyncio.Queue()
    running = asyncio.create_task(device.run(told.put_nowait, lambda said: print(json.dumps(said, ensure_ascii=False))))
    try:
        yield told
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def came_up(device: Device, told: "asyncio.Queue[DeviceState]") -> bool:
    """Whether it can be worked with within some seconds; paper out is not for us to wait for."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(COMES_UP_WITHIN):
            while device.state.health is Health.CANNOT_WORK:
                await told.get()
    return device.state.health is not Health.CANNOT_WORK


async def do(device: Device, kind: str, content: dict[str, Any]) -> int:
    """One job, told as it goes; 0 if it was done."""

    async def report(progress: Progress, causes: tuple[str, ...]) -> None:
        print(f"  {progress.value} {' '.join(causes)}".rstrip())

    ending = await device.perform(Job(str(uuid4()), device.id, kind, content), report)
    print(f"{ending.outcome.value} {' '.join(ending.causes)}".rstrip())
    return 0 if ending.outcome in (Outcome.DONE, Outcome.SENT_UNCONFIRMED) else 1


def words(state: DeviceState) -> str:
    return f"{state.power.value}, {state.health.value} {' '.join(state.causes)}".rstrip()
