"""`tillcard devices learn ID WHAT`: what no program can read of a receipt printer, a person says once; it is written down."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from devices.agent.build import build_device
from devices.agent.config import DeviceConfig
from devices.agent.errors import ConfigError
from devices.cli.driving import came_up, configured, driven, words
from devices.cli.testing import do
from devices.cli.writing import draft, text_of, with_options
from devices.device import Device, DeviceError
from devices.options import BadOption
from devices.receipt.printer import ReceiptPrinter
from devices.receipt.testpage import pages_seen

Options = dict[str, Any]
Works = Callable[[], Awaitable[None]]
"""Waits until the device can be worked with. Raises `Unlearnt`."""
Way = Callable[[Device, Works], Awaitable[Options]]


class Unlearnt(Exception):
    """It did not come to an answer; the text says why. Nothing was written."""


def run(asked: argparse.Namespace) -> int:
    """Ask, and write the options down. Returns 1, and says why, where nothing was learnt. Raises `ConfigError`."""
    config = configured(asked.config, asked.id)
    if config.kind != ReceiptPrinter.kind:
        raise ConfigError(f"{asked.id} is a {config.kind}: only a receipt printer has something to learn")
    try:
        options = asyncio.run(_learn(config, WAYS[asked.what]))
    except Unlearnt as error:
        print(f"nothing was written: {error}", file=sys.stderr)
        return 1
    with draft(asked.config, private=False) as new:
        new.write(with_options(text_of(asked.config) or "", asked.id, options))
        new.keep()
    print(f"written in {asked.config}: " + ", ".join(f"{name} = {value}" for name, value in options.items()))
    print("a running agent reads it when it is started anew")
    return 0


async def _learn(config: DeviceConfig, way: Way) -> Options:
    device = build_device(config)
    async with driven(device) as told:

        async def works() -> None:
            if not await came_up(device, told):
                raise Unlearnt(f"{config.id} at {config.url}: {words(device.state)}")

        await works()
        return await way(device, works)


async def _code_pages(device: Device, works: Works) -> Options:
    """Which number is which code page, by what a person sees right on a printed page."""
    if await do(device, "test-page", {"of": "code-pages"}):
        raise Unlearnt("the page did not come out")
    print("At the top stand the right letters for A, B, C and so on; below them each number with the same letters.")
    print("Type each number where they are right, with its letter, for example 17A 46B, then Enter.")
    while True:
        try:
            return {"pages": [list(page) for page in pages_seen(_said("seen right: "))]}
        except BadOption as error:
            print(f"not understood: {error.why}")


async def _drawer(device: Device, works: Works) -> Options:
    """Whether the contact is high or low while the drawer is open."""
    options: Options = {}
    for where, ask in (
        ("open", "Open the drawer with its key, then press Enter. "),
        ("closed", "Shut it, then Enter. "),
    ):
        _said(ask)
        await works()  # nothing was heard of the printer while a person was waited for
        try:
            options = (await device.ask("learn-drawer", {"drawer": where})).get("options", {})
        except DeviceError as error:
            raise Unlearnt(WHY.get(error.code, error.code)) from error
    return options


def _said(prompt: str) -> str:
    """A line that was typed. Raises `Unlearnt` at the end of them."""
    try:
        return input(prompt)
    except EOFError:
        raise Unlearnt("nothing was typed") from None


WAYS: dict[str, Way] = {"code-pages": _code_pages, "drawer": _drawer}
WHY = {"drawer.not_seen": "the printer sees no difference: no contact is wired, or the drawer was not opened and shut"}
