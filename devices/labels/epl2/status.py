r"""What an EPL2 printer says to `^ee`: two digits for each thing that is wrong, "01,11\r\n"; 00 is well.

Source: Intermec's ESim programmer's reference ("^ee, error report, immediate"), codes by Zebra's EPL guide; not every model
answers, and 50 for a printer at work is unconfirmed.
"""

import re
from dataclasses import dataclass

from devices.labels.status import LabelStatus

LONGEST = 32
REPORT = re.compile(rb"\d\d(,\d\d)*")


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """The codes as they stood."""

    codes: bytes

    @property
    def status(self) -> LabelStatus:
        codes = set(self.codes.split(b",")) - {b"00"}
        known = {b"07", b"08", b"11", b"12", b"50"}
        return LabelStatus(
            paper_out=b"07" in codes,
            ribbon_out=b"08" in codes,
            head_open=b"11" in codes,
            paused=b"12" in codes,
            busy=b"50" in codes,
            broken=bool(codes - known),
        )


def encode(report: ErrorReport) -> bytes:
    """As the printer sends it."""
    return report.codes + b"\r\n"


class ErrorReportDecoder:
    """Lines in any pieces; holds at most one. What is no report is counted as damaged."""

    def __init__(self) -> None:
        self.damaged = 0
        self._line = b""

    def feed(self, data: bytes) -> list[ErrorReport]:
        found: list[ErrorReport] = []
        for byte in data:
            self._line += bytes([byte])
            if byte == 0x0A:
                if REPORT.fullmatch(self._line[:-2]) and self._line.endswith(b"\r\n"):
                    found.append(ErrorReport(self._line[:-2]))
                else:
                    self.damaged += len(self._line)
                self._line = b""
            elif len(self._line) > LONGEST:
                self.damaged += len(self._line)
                self._line = b""
        return found
