"""`tillcard devices test ID`: one device, tried by hand with nothing else running."""

import argparse
import asyncio
import json

from devices.agent.build import build_device
from devices.agent.config import DeviceConfig
from devices.cli.driving import came_up, configured, do, driven, words
from devices.device import Device, DeviceError

FIRST_QUESTION = {"scale": "weight", "scanner": "scan", "fiscal-register": "state", "payment-terminal": "state"}
"""What a device of a kind is asked when nothing else is said; the others are given a test page."""


def run(asked: argparse.Namespace) -> int:
    """Raises `ConfigError`."""
    return asyncio.run(_try(configured(asked.config, asked.id), drawer=asked.drawer, question=asked.ask))


async def _try(config: DeviceConfig, *, drawer: str | None, question: str | None) -> int:
    device = build_device(config)
    async with driven(device) as told:
        if not await came_up(device, told):
            print(f"{config.id} at {config.url}: {words(device.state)}")
            return 1
        print(f"{config.id}: {words(device.state)}")
        if drawer is not None:
            return await do(device, "drawer", {"reason": "no_sale", "note": drawer})
        question = question or FIRST_QUESTION.get(device.kind)
        return await (do(device, "test-page", {}) if question is None else _ask(device, question))


async def _ask(device: Device, question: str) -> int:
    try:
        print(json.dumps(await device.ask(question, {}), ensure_ascii=False))
    except DeviceError as error:
        print(error.code, *(f"{name}={value}" for name, value in error.fields.items()))
        return 1
    return 0
