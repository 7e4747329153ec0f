"""Both languages of receipt printers as they are held to account: replies from manuals, and printers made of software.

Real-time answers and flow control may stand inside the longer replies, so no reply need stand in the input in one piece: there
is no `encode` for the general suite; `tests/devices/receipt/test_replies.py` weaves them together.
"""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from devices.conformance.spec import Check, Golden, ProtocolSpec
from devices.device import Device, Job, Outcome, Power, Progress
from devices.receipt.config import printer_config
from devices.receipt.printer import ReceiptPrinter
from devices.receipt.replies import Automatic, Block, Flow, Queued, RealTime, ReplyParser
from devices.receipt.simulator import PrinterSimulator
from devices.receipt.star.replies import StarReplyParser, StarStatus
from devices.receipt.star.simulator import StarSimulator

PATIENCE = 10.0
BAUD = 19_200
EPSON = "Epson ESC/POS command reference"
BIXOLON = "Bixolon SRP-350 command manual, status tables"
LINE_MODE = "Star Line Mode Command Specifications, appendix 2"
RECEIPTIO = "receiptio 2.1.2 (open client)"

ESCPOS_GOLDEN = (
    Golden(b"\x12", (RealTime(0x12),), f"{EPSON}, DLE EOT: well"),
    Golden(b"\x16", (RealTime(0x16),), f"{BIXOLON}: cover open (n 2), drawer pin high (n 1)"),
    Golden(b"\x1a", (RealTime(0x1A),), f"{BIXOLON}: offline (n 1), feed button (n 2), cutter (n 3)"),
    Golden(b"\x32", (RealTime(0x32),), f"{EPSON}, DLE EOT: stopped by paper end (n 2), unrecoverable (n 3)"),
    Golden(b"\x52", (RealTime(0x52),), f"{EPSON}, DLE EOT: error (n 2), recovers by itself (n 3)"),
    Golden(b"\x1e", (RealTime(0x1E),), f"{BIXOLON}: near end (n 4)"),
    Golden(b"\x7e", (RealTime(0x7E),), f"{BIXOLON}: paper out (n 4)"),
    Golden(b"\x10\x00\x00\x00", (Automatic(b"\x10\x00\x00\x00"),), f"{EPSON}, GS a: well"),
    Golden(b"\x38\x00\x00\x00", (Automatic(b"\x38\x00\x00\x00"),), f"{EPSON}, GS a: cover open"),
    Golden(b"\x18\x00\x0f\x00", (Automatic(b"\x18\x00\x0f\x00"),), f"{EPSON}, GS a: paper out"),
    Golden(b"\x18\x08\x00\x00", (Automatic(b"\x18\x08\x00\x00"),), f"{EPSON}, GS a: cutter"),
    Golden(b"\x00", (Queued(0),), f"{EPSON}, GS r: paper is there"),
    Golden(b"\x03", (Queued(3),), f"{EPSON}, GS r: near end"),
    Golden(b"\x13\x11", (Flow(go=False), Flow(go=True)), f"{EPSON}: XOFF, XON"),
    Golden(b"_TM-T20\x00", (Block(b"_TM-T20"),), f"{EPSON}, GS I 67"),
    Golden(b'7"0042\x00', (Block(b'7"0042'),), f"{EPSON}, GS ( H"),
    Golden(b"7r@01\x00", (Block(b"7r@01"),), "Citizen CT-S280 manual, GS ( L function 64"),
    Golden(b"\x10\x00\x12\x00\x00", (RealTime(0x12), Automatic(b"\x10\x00\x00\x00")), RECEIPTIO),
)
WELL = b"\x23\x06\x00\x00\x00\x00\x00\x00\x00"
STAR_GOLDEN = (
    Golden(WELL, (StarStatus(WELL),), LINE_MODE),
    Golden(b"\x23\x06\x28" + bytes(6), (StarStatus(b"\x23\x06\x28" + bytes(6)),), f"{LINE_MODE}: cover open"),
    Golden(
        b"\x23\x06\x08\x00\x00\x0c\x00\x00\x00",
        (StarStatus(b"\x23\x06\x08\x00\x00\x0c\x00\x00\x00"),),
        f"{LINE_MODE}: paper end",
    ),
    Golden(
        b"\x23\x06\x02\x00\x00\x00\x00\x6e\x00",
        (StarStatus(b"\x23\x06\x02\x00\x00\x00\x00\x6e\x00"),),
        f"{LINE_MODE}: 31 ETB",
    ),
    Golden(b"\x0f\x06" + bytes(5), (StarStatus(b"\x0f\x06" + bytes(5)),), f"{LINE_MODE}: seven bytes, older models"),
    Golden(b"\x13\x11", (Flow(go=False), Flow(go=True)), LINE_MODE),
)


def _device(model: str, id: str, url: str, options: Mapping[str, Any]) -> Device:
    return ReceiptPrinter(printer_config(id, url, {"model": model, **options}))


async def verify_printer(device: Device, say: Callable[[str], None]) -> list[Check]:
    """See whether it answers, and print one test page. Never opens the drawer."""
    say("See that the printer has paper: a test page will be printed.")
    try:
        async with asyncio.timeout(PATIENCE):
            while device.state.power is not Power.ONLINE:
                await asyncio.sleep(0.05)
    except TimeoutError:
        return [Check("answers", passed=False, seen=", ".join(device.state.causes))]
    checks = [Check("answers", passed=True, seen=", ".join(device.state.causes) or "well")]
    ending = await device.perform(Job("verify", device.id, "test-page"), _unheard)
    seen = ", ".join((ending.outcome, *ending.causes))
    checks.append(Check("says that it printed a page", ending.outcome is Outcome.DONE, seen))
    replies = device.statistics.as_dict().get("reply_p95_us", 0)
    checks.append(Check("answers in real time", replies > 0, f"{replies} us, 95 of 100"))
    return checks


async def _unheard(progress: Progress, causes: tuple[str, ...]) -> None:
    """Nobody keeps how a test page goes on."""


SPECS = (
    ProtocolSpec(
        "printer:escpos",
        "ESC/POS receipt printers",
        f"baud={BAUD}",
        ESCPOS_GOLDEN,
        ReplyParser,
        None,
        partial(_device, "epson80"),
        partial(PrinterSimulator, baud=BAUD),
        verify_printer,
    ),
    ProtocolSpec(
        "printer:star",
        "Star line mode receipt printers",
        f"baud={BAUD}",
        STAR_GOLDEN,
        StarReplyParser,
        None,
        partial(_device, "star80"),
        partial(StarSimulator, baud=BAUD),
        verify_printer,
    ),
)
