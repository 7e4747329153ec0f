"""HID-POS reports (usage page 0x8C): the identifier and the bytes of a code, in as many reports as it needs.

The places of the fields are read from the device's report descriptor; `STANDARD` is what Honeywell, Access-IS and others use:
report 2, byte count, three bytes of identifier, 56 of data, two of the maker's own, the flag that more follows.
Sources: USB HID Point of Sale Usage Tables 1.02 (usages 0xFB to 0xFF); the product manual of the Access-IS ATR110 (report
layout and two example reports); the descriptor of a Honeywell scanner as open sources print it. None was captured by us.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from devices.scanners.aim import AIM
from devices.scanners.framing import MOST_BYTES
from devices.scanners.scan import Scan, scan_in, scan_of

SCANNER_PAGE = 0x8C
IDENTIFIERS = (0x8C00FB, 0x8C00FC, 0x8C00FD)
DATA = 0x8C00FE
CONTINUED = 0x8C00FF
BYTE_COUNT = 0x01003B


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields stand in an input report of `size` bytes, its number included; `count_at` None: ends at a NUL."""

    report: int
    size: int
    count_at: int | None
    aim_at: int | None
    data_at: int
    data_size: int
    continued_at: int | None


STANDARD = Layout(report=2, size=64, count_at=1, aim_at=2, data_at=5, data_size=56, continued_at=63)


def layout_in(descriptor: bytes) -> Layout | None:
    """The layout of scanned data in a report descriptor; None if it is no scanner's, or not in whole bytes.

    Source: Device Class Definition for HID 1.11, 6.2.2 (short items).
    """
    fields: dict[int, list[tuple[int, int, int]]] = {}
    bits: dict[int, int] = {}
    for report, usage, size, count in _inputs(descriptor):
        at = bits.get(report, 0)
        fields.setdefault(report, []).append((usage, at, size * count))
        bits[report] = at + size * count
    for report, found in fields.items():
        if any(usage == DATA for usage, _, _ in found):
            return _layout(report, found, bits[report])
    return None


def _layout(report: int, found: list[tuple[int, int, int]], bits: int) -> Layout | None:
    start = 1 if report else 0
    places = {usage: (start + at // 8, length) for usage, at, length in found if at % 8 == 0}
    if DATA not in places or bits % 8 or not 0 < bits // 8 <= 4_096:
        return None
    aim = [places[usage][0] for usage in IDENTIFIERS if usage in places]
    in_row = len(aim) == 3 and aim[1:] == [aim[0] + 1, aim[0] + 2]
    data_at, data_bits = places[DATA]
    return Layout(
        report=report,
        size=start + bits // 8,
        count_at=places[BYTE_COUNT][0] if BYTE_COUNT in places else None,
        aim_at=aim[0] if in_row else None,
        data_at=data_at,
        data_size=data_bits // 8,
        continued_at=places[CONTINUED][0] if CONTINUED in places else None,
    )


def _inputs(descriptor: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Each input field: report, usage with its page, bits of one, how many."""
    page = size = count = report = 0
    usages: list[int] = []
    for tag, value, length in _items(descriptor):
        match tag:
            case 0x04:
                page = value
            case 0x74:
                size = min(value, 4_096)
            case 0x94:
                count = min(value, 4_096)
            case 0x84:
                report = value & 0xFF
            case 0x08:
                usages.append(value if length == 4 else page << 16 | value)
            case 0x80:
                yield from _fields(report, usages, size, count)
                usages = []
            case 0x90 | 0xB0 | 0xA0 | 0xC0:
                usages = []
            case _:
                pass


def _fields(report: int, usages: list[int], size: int, count: int) -> Iterator[tuple[int, int, int, int]]:
    """A usage for each value as long as there are several; the last one stands for all the rest."""
    listed = usages[:count]
    if not listed:
        yield report, 0, size, count
        return
    for usage in listed[:-1]:
        yield report, usage, size, 1
    yield report, listed[-1], size, count - len(listed) + 1


def _items(descriptor: bytes) -> Iterator[tuple[int, int, int]]:
    """Tag and type, unsigned value, length of the value."""
    at = 0
    while at < len(descriptor):
        head = descriptor[at]
        if head == 0xFE:  # a long item says its own length
            at += 3 + (descriptor[at + 1] if at + 1 < len(descriptor) else 0)
            continue
        length = (0, 1, 2, 4)[head & 3]
        yield head & 0xFC, int.from_bytes(descriptor[at + 1 : at + 1 + length], "little"), length
        at += 1 + length


class ReportDecoder:
    """Reports of a HID-POS scanner in, scans out, in whatever pieces. What can be no report is skipped byte by byte."""

    def __init__(self, layout: Layout = STANDARD) -> None:
        self.damaged = 0
        self.layout = layout
        self._held = bytearray()
        self._aim: bytes | None = None
        self._code = bytearray()

    @property
    def unfinished(self) -> bool:
        """Whether a code has begun whose last report has not come."""
        return bool(self._held) or self._aim is not None

    def feed(self, data: bytes) -> Sequence[Scan]:
        """The scans that these bytes complete."""
        scans: list[Scan] = []
        self._held += data
        skipped = False
        while len(self._held) >= self.layout.size:
            report = bytes(self._held[: self.layout.size])
            if self._plausible(report):
                del self._held[: self.layout.size]
                scans += self._take(report)
                skipped = False
            else:
                del self._held[0]
                if not skipped:
                    self._drop()
                skipped = True
        return scans

    def silence(self) -> Sequence[Scan]:
        """What has begun and did not go on is dropped."""
        if self.unfinished:
            self._held.clear()
            self._drop()
        return []

    def _plausible(self, report: bytes) -> bool:
        layout = self.layout
        return (
            (not layout.report or report[0] == layout.report)
            and (layout.count_at is None or report[layout.count_at] <= layout.data_size)
            and (layout.continued_at is None or report[layout.continued_at] <= 1)
            and (layout.aim_at is None or self._names_a_symbology(report[layout.aim_at : layout.aim_at + 3]))
        )

    @staticmethod
    def _names_a_symbology(aim: bytes) -> bool:
        return aim == bytes(3) or AIM.fullmatch(aim) is not None

    def _take(self, report: bytes) -> list[Scan]:
        layout = self.layout
        data = report[layout.data_at : layout.data_at + layout.data_size]
        data = data.rstrip(b"\0") if layout.count_at is None else data[: report[layout.count_at]]
        aim = b"" if layout.aim_at is None else report[layout.aim_at : layout.aim_at + 3].rstrip(b"\0")
        if self._aim is None:
            self._aim = aim
        elif aim not in (b"", self._aim) or len(self._code) + len(data) > MOST_BYTES:
            self._drop()
            self._aim = aim
        self._code += data
        if layout.continued_at is not None and report[layout.continued_at]:
            return []
        scan = scan_of(self._aim.decode("ascii"), bytes(self._code)) if self._aim else scan_in(bytes(self._code))
        self._aim, self._code = None, bytearray()
        if scan is None:
            self.damaged += 1
            return []
        return [scan]

    def _drop(self) -> None:
        self._aim, self._code = None, bytearray()
        self.damaged += 1


def reports_of(scan: Scan, layout: Layout = STANDARD) -> bytes:
    """The reports in which a scanner of that layout sends a code."""
    starts = range(0, len(scan.data), layout.data_size)
    return b"".join(_report(scan, at, layout) for at in starts)


def traces_of(scan: Scan) -> list[bytes]:
    """Number, count, identifier and data of each standard report of a code: what is behind them is not the code's."""
    reports = reports_of(scan)
    whole = [reports[at : at + STANDARD.size] for at in range(0, len(reports), STANDARD.size)]
    return [report[: STANDARD.data_at + report[1]] for report in whole]


def _report(scan: Scan, at: int, layout: Layout) -> bytes:
    piece = scan.data[at : at + layout.data_size]
    report = bytearray(layout.size)
    if layout.report:
        report[0] = layout.report
    if layout.count_at is not None:
        report[layout.count_at] = len(piece)
    if layout.aim_at is not None and scan.aim:
        report[layout.aim_at : layout.aim_at + 3] = scan.aim.encode("ascii")
    report[layout.data_at : layout.data_at + len(piece)] = piece
    if layout.continued_at is not None and at + len(piece) < len(scan.data):
        report[layout.continued_at] = 1
    return bytes(report)
