r"""What a ZPL printer says to `~HS`: three strings, each in STX and ETX, with everything a label needs to be known as printed.

Source: Zebra's ZPL II Programming Guide, "~HS Host Status Return". It also says there that a printer without paper or
ribbon, or with an open head, may not answer at all; others say so in their flags. Both happen, both are taken as what they are.
"""

import re
from dataclasses import dataclass

from devices.labels.status import LabelStatus

STX, ETX = 0x02, 0x03
LONGEST = 96
FIRST = re.compile(rb"(\d{3}),([01]),([01]),(\d{4}),(\d{3}),([01]),([01]),([01]),(\d{3}),([01]),([01]),([01])")
SECOND = re.compile(rb"(\d{3}),([01]),([01]),([01]),([01]),([0-9A-Z]),(\d),([01]),(\d{8}),([01]),(\d{3})")
THIRD = re.compile(rb"(\d{4}),([01])")


@dataclass(frozen=True, slots=True)
class HostStatus:
    """The three strings without their marks."""

    first: bytes
    second: bytes
    third: bytes

    @property
    def status(self) -> LabelStatus:
        one, two = self.first.split(b","), self.second.split(b",")
        return LabelStatus(
            paper_out=one[1] == b"1",
            paused=one[2] == b"1",
            overheated=one[11] == b"1",
            broken=one[9] == b"1",
            head_open=two[2] == b"1",
            ribbon_out=two[3] == b"1",
            waits_for_taking=two[7] == b"1",
            busy=one[4] != b"000" or one[5] == b"1" or one[7] == b"1" or two[8] != b"00000000",
            left=int(two[8]),
        )


def encode(status: HostStatus) -> bytes:
    """As the printer sends it."""
    return b"".join(b"\x02%b\x03\r\n" % text for text in (status.first, status.second, status.third))


class StatusDecoder:
    """Bytes in any pieces in, `HostStatus` out; holds at most three strings. What is no whole answer is counted as damaged."""

    def __init__(self) -> None:
        self.damaged = 0
        self._text: bytearray | None = None
        self._strings: list[bytes] = []
        self._closing = b""

    def feed(self, data: bytes) -> list[HostStatus]:
        return [status for byte in data if (status := self._take(byte)) is not None]

    def _take(self, byte: int) -> HostStatus | None:
        if self._closing:
            return self._closes(byte)
        if byte == STX:
            self._drop_text()
            self._text = bytearray()
        elif self._text is None:
            self._spoilt(1)
        elif byte == ETX:
            self._closing = b"\r\n"
        elif len(self._text) >= LONGEST:
            self._drop_text()
            self._spoilt(1)
        else:
            self._text.append(byte)
        return None

    def _closes(self, byte: int) -> HostStatus | None:
        """The CR and LF behind a string."""
        if byte != self._closing[0]:
            self._closing = b""
            self._drop_text()
            return self._take(byte)
        self._closing = self._closing[1:]
        if self._closing or self._text is None:
            return None
        text, self._text = bytes(self._text), None
        return self._string(text)

    def _string(self, text: bytes) -> HostStatus | None:
        shape = (FIRST, SECOND, THIRD)[len(self._strings)]
        if not shape.fullmatch(text):
            self._spoilt(len(text))
            if not FIRST.fullmatch(text):
                return None
        self._strings.append(text)
        if len(self._strings) < 3:
            return None
        first, second, third = self._strings
        self._strings = []
        return HostStatus(first, second, third)

    def _spoilt(self, count: int) -> None:
        """Bytes between or instead of what belongs together: the strings before them are worth nothing any more."""
        self.damaged += count + sum(map(len, self._strings))
        self._strings = []

    def _drop_text(self) -> None:
        if self._text is not None:
            self._spoilt(1 + len(self._text))
            self._text = None
