"""What the conformance suite, the fuzzer and `tillcard devices` know of scanners."""

from collections.abc import Callable, Mapping
from typing import Any

from devices.conformance.spec import Check, Golden, ProtocolSpec
from devices.device import Device, DeviceError
from devices.scanners.config import scanner_config
from devices.scanners.framing import ScanDecoder
from devices.scanners.hid_pos import ReportDecoder, reports_of, traces_of
from devices.scanners.scan import Scan
from devices.scanners.scanner import Scanner
from devices.scanners.simulator import SCAN_GOODS, SCAN_MARKED, HidPosSimulator, ScannerSimulator

LINE = "baud=9600"
PATIENCE_MS = 6_000

SERIAL_GOLDEN = (
    Golden(
        b"]E04006381333931\r",
        (Scan("]E0", b"4006381333931"),),
        "AIM identifier and CR as the Motorola LS4208 and Datalogic manuals describe them; not captured",
    ),
    Golden(
        b"4006381333931\r",
        (Scan(None, b"4006381333931"),),
        "the same manuals, identifiers off: not captured",
    ),
    Golden(
        b"]d20104623091234503215abcdefghijkl\x1d91EE05\x1d92" + b"A" * 44 + b"\r",
        (Scan("]d2", b"0104623091234503215abcdefghijkl\x1d91EE05\x1d92" + b"A" * 44),),
        "structure of a marking code by the help pages of the Belarusian operator; composed, not captured",
    ),
    Golden(
        b"04780101164394TF&csaNNW1kK0tL\r",
        (Scan(None, b"04780101164394TF&csaNNW1kK0tL"),),
        "example of a tobacco pack on the help pages of the Uzbek operator",
    ),
)

HID_GOLDEN = (
    Golden(
        b"\x02\x08]E496385074" + bytes(51),
        (Scan("]E4", b"96385074"),),
        "field order of the two example reports in the Access-IS ATR110 manual; composed, not captured",
    ),
    Golden(
        b"\x02\x0d]E04006381333931" + bytes(46),
        (Scan("]E0", b"4006381333931"),),
        "field order of the Access-IS ATR110 manual and of a Honeywell report descriptor; composed, not captured",
    ),
)


async def verify(device: Device, say: Callable[[str], None]) -> list[Check]:
    """Ask a person for two scans and look at what came. Nothing is sent to the scanner."""
    try:
        goods = await _scanned(device, say, SCAN_GOODS)
        marked = await _scanned(device, say, SCAN_MARKED)
    except DeviceError as error:
        return [Check("codes arrive", False, error.code)]
    identified = [goods["aim"], marked["aim"]]
    marking = marked["marking"]
    return [
        Check("codes arrive", True, f"{goods['raw']!r}, {marked['raw']!r}"),
        Check("each with its AIM identifier", all(identified), str(identified)),
        Check("a marking code keeps its separators", marking is not None and marking["whole"], repr(marked["raw"])),
    ]


async def _scanned(device: Device, say: Callable[[str], None], what: str) -> dict[str, Any]:
    say(what)
    return await device.ask("scan", {"milliseconds": PATIENCE_MS})


def _device(id: str, url: str, options: Mapping[str, Any]) -> Device:
    return Scanner(scanner_config(id, url, options))


def _hid_device(id: str, url: str, options: Mapping[str, Any]) -> Device:
    return Scanner(scanner_config(id, url, {"protocol": "hid-pos", **options}))


SERIAL = ProtocolSpec(
    name="scanner:serial",
    title="Barcode scanner, serial or USB-CDC",
    line=LINE,
    golden=SERIAL_GOLDEN,
    decoder=lambda: ScanDecoder("cr"),
    encode=lambda scan: scan.sent + b"\r",
    device=_device,
    simulator=ScannerSimulator,
    verify=verify,
)
HID_POS = ProtocolSpec(
    name="scanner:hid-pos",
    title="Barcode scanner, USB HID-POS (Linux)",
    line="",
    golden=HID_GOLDEN,
    decoder=ReportDecoder,
    encode=reports_of,
    device=_hid_device,
    simulator=HidPosSimulator,
    verify=verify,
    traces=traces_of,
)

SPECS = (SERIAL, HID_POS)
