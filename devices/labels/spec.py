"""The languages of label printers as they are held to account: answers from manuals, and printers made of software."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from devices.conformance.spec import Check, Golden, ProtocolSpec
from devices.device import Device, Job, Outcome, Power, Progress
from devices.labels.config import label_config
from devices.labels.epl2.language import Epl2
from devices.labels.epl2.simulator import Epl2Simulator
from devices.labels.epl2.status import ErrorReport
from devices.labels.epl2.status import encode as encode_report
from devices.labels.language import Language
from devices.labels.printer import LabelPrinter
from devices.labels.simulator import LabelSimulator
from devices.labels.tspl.language import Tspl
from devices.labels.tspl.simulator import TsplSimulator
from devices.labels.tspl.status import StatusByte
from devices.labels.tspl.status import encode as encode_byte
from devices.labels.zpl.language import Zpl
from devices.labels.zpl.simulator import ZplSimulator
from devices.labels.zpl.status import HostStatus
from devices.labels.zpl.status import encode as encode_status

PATIENCE, PRINTS_WITHIN = 10.0, 8.0
BAUD = 9_600
ZEBRA = "Zebra ZPL II Programming Guide, ~HS"
WELL = (b"030,0,0,0320,000,0,0,0,000,0,0,0", b"000,0,0,0,0,2,4,0,00000000,1,000", b"1234,0")


def _zpl(source: str, first: bytes = WELL[0], second: bytes = WELL[1]) -> Golden:
    status = HostStatus(first, second, WELL[2])
    frame = b"\x02%b\x03\r\n\x02%b\x03\r\n\x021234,0\x03\r\n" % (first, second)
    return Golden(frame, (status,), source)


ZPL_GOLDEN = (
    _zpl(f"{ZEBRA}: nothing to do"),
    _zpl(f"{ZEBRA}: paper out, b is 1", b"030,1,0,0320,001,0,0,0,000,0,0,0"),
    _zpl(f"{ZEBRA}: paused, c is 1", b"030,0,1,0320,000,0,0,0,000,0,0,0"),
    _zpl(f"{ZEBRA}: a format half read, h is 1", b"030,0,0,0320,000,0,0,1,000,0,0,0"),
    _zpl(f"{ZEBRA}: head up, o is 1; ribbon out, p is 1", WELL[0], b"000,0,1,1,1,2,4,0,00000000,1,000"),
    _zpl(f"{ZEBRA}: seven labels remain", WELL[0], b"000,0,0,0,0,2,4,0,00000007,1,000"),
)

TSC = "TSC TSPL/TSPL2 programming manual, <ESC>!?"
TSPL_GOLDEN = tuple(
    Golden(bytes([flags]), (StatusByte(flags),), f"{TSC}: {means}")
    for flags, means in (
        (0x00, "normal"), (0x01, "head opened"), (0x02, "paper jam"), (0x04, "out of paper"), (0x08, "out of ribbon"),
        (0x10, "pause"), (0x20, "printing"), (0x80, "other error"),
    )
)  # fmt: skip
ESIM = "Intermec ESim for the PC4 and PF8, programmer's reference"
EPL2_GOLDEN = (
    Golden(b"00\r\n", (ErrorReport(b"00"),), "Zebra EPL Programming Guide: no error"),
    Golden(b"01,11\r\n", (ErrorReport(b"01,11"),), f"{ESIM}, example of ^ee: syntax error and head open"),
    Golden(b"07\r\n", (ErrorReport(b"07"),), f"{ESIM}: paper or ribbon empty"),
)


async def verify_label_printer(device: Device, say: Callable[[str], None]) -> list[Check]:
    """See whether it answers, and print one label."""
    say("See that the printer has labels: one will be printed.")
    try:
        async with asyncio.timeout(PATIENCE):
            while device.state.causes[:1] == ("label.offline",) or (
                device.state.power is not Power.ONLINE and device.state.causes
            ):
                await asyncio.sleep(0.02)
    except TimeoutError:
        return [Check("answers", passed=False, seen=", ".join(device.state.causes))]
    try:
        async with asyncio.timeout(PRINTS_WITHIN):
            ending = await device.perform(Job("verify", device.id, "test-page"), _unheard)
    except TimeoutError:
        return [Check("prints a label", passed=False, seen=", ".join(device.state.causes) or "it waits")]
    seen = ", ".join((ending.outcome, *ending.causes))
    well = ending.outcome in (Outcome.DONE, Outcome.SENT_UNCONFIRMED)
    return [Check("answers", passed=True, seen=device.state.power), Check("prints a label", well, seen)]


async def _unheard(progress: Progress, causes: tuple[str, ...]) -> None:
    """Nobody keeps how a sample goes on."""


def _device(language: str, id: str, url: str, options: Mapping[str, Any]) -> Device:
    return LabelPrinter(label_config(id, url, {"language": language, **options}))


def _spec(
    language: Language,
    golden: tuple[Golden, ...],
    encode: Callable[[Any], bytes] | None,
    simulator: Callable[[], LabelSimulator],
) -> ProtocolSpec:
    return ProtocolSpec(
        f"label:{language.name}",
        language.title,
        f"baud={BAUD}",
        golden,
        language.decoder,
        encode,
        partial(_device, language.name),
        simulator,
        verify_label_printer,
    )


SPECS = (
    _spec(Zpl(), ZPL_GOLDEN, encode_status, ZplSimulator),
    _spec(Tspl(), TSPL_GOLDEN, encode_byte, TsplSimulator),
    _spec(Epl2(), EPL2_GOLDEN, encode_report, Epl2Simulator),
)
