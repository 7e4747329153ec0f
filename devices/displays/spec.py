"""Customer displays as they are held to account.

They say nothing, so golden frames are what they are *sent*, by open clients and manuals, and the decoder is the one that the
simulator hears with.
"""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from devices.conformance.spec import Check, Golden, ProtocolSpec
from devices.device import Device, DeviceError, Health
from devices.displays.commands import Brightness, Clear, Command, Dialect, Letter, Move, Page, Route, Row, Start
from devices.displays.config import display_config
from devices.displays.dialects import DIALECTS
from devices.displays.display import CustomerDisplay
from devices.displays.simulator import DisplaySimulator

PATIENCE = 5.0
CLIENT = "batzlerg/cd5220 (open client)"
POS = "LCDproc, serialPOS driver"
ESCPOS = "python-escpos, linedisplay"
VFD = "kerilb/VFDSerial (open client)"

GOLDEN: dict[str, tuple[Golden, ...]] = {
    "cd5220": (
        Golden(b"\x1b@", (Start(),), CLIENT),
        Golden(b"\x0c", (Clear(),), CLIENT),
        Golden(b"\x1bQAHello\r", (Row(1, b"Hello"),), CLIENT),
        Golden(b"\x1bQBTOTAL         129.90\r", (Row(2, b"TOTAL         129.90"),), CLIENT),
        Golden(b"\x1b*\x02", (Brightness(2),), CLIENT),
    ),
    "dm-d": (
        Golden(b"\x1b@", (Start(),), POS),
        Golden(b"\x0c", (Clear(),), POS),
        Golden(b"\x1f$\x01\x02", (Move(1, 2),), POS),
        Golden(b"\x1fX\x03", (Brightness(3),), "Epson DM-D command list, unconfirmed"),
        Golden(b"\x1bt\x11", (Page(17),), "Epson DM-D command list, unconfirmed"),
        Golden(b"\x1b=\x02Hi\x1b=\x01", (Route(2), Letter(0x48), Letter(0x69), Route(1)), ESCPOS),
    ),
    "ansi": (
        Golden(b"\x1b[2J", (Clear(),), VFD),
        Golden(b"\x1b[1;1H", (Move(1, 1),), VFD),
        Golden(b"\x1b[2;20H", (Move(20, 2),), VFD),
        Golden(b"\x1bR5", (Page(0x35),), VFD),
    ),
}


async def verify_display(device: Device, say: Callable[[str], None]) -> list[Check]:
    """Show two lines; whether they can be read only a person can say."""
    try:
        async with asyncio.timeout(PATIENCE):
            while device.state.health is not Health.OK:
                await asyncio.sleep(0.02)
    except TimeoutError:
        return [Check("opens", passed=False, seen=", ".join(device.state.causes))]
    say("Read the display: it must say TILLCARD and, below, Молоко 129.90.")
    try:
        shown = await device.ask("show", {"lines": ["TILLCARD", "Молоко 129.90"]})
    except DeviceError as error:
        return [Check("takes two lines", passed=False, seen=error.code)]
    return [Check("takes two lines", passed=True, seen=" | ".join(shown["lines"]))]


def _device(dialect: str, id: str, url: str, options: Mapping[str, Any]) -> Device:
    return CustomerDisplay(display_config(id, url, {"dialect": dialect, **options}))


def _spec(dialect: Dialect) -> ProtocolSpec:
    def encode(command: Command) -> bytes:
        return dialect.encode(command)

    return ProtocolSpec(
        f"display:{dialect.name}",
        dialect.title,
        dialect.line,
        GOLDEN[dialect.name],
        dialect.decoder,
        encode,
        partial(_device, dialect.name),
        partial(DisplaySimulator, dialect),
        verify_display,
    )


SPECS = tuple(map(_spec, DIALECTS.values()))
