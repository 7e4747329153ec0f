"""Where one code ends and the next begins on a serial line: by the scanner's suffix, or by silence where it sends none."""

from collections.abc import Sequence
from typing import Literal, get_args

from devices.scanners.scan import Scan, scan_in

Suffix = Literal["any", "cr", "lf", "crlf", "none"]
SUFFIXES: tuple[Suffix, ...] = get_args(Suffix)
ENDS: dict[str, bytes] = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n"}
MOST_BYTES = 8_192
"""The largest QR code holds 7,089 digits."""


class ScanDecoder:
    """Bytes of a scanner in, scans out. `suffix` "any" ends a code at CR or LF, alone or together; "none" only by `silence`.

    `prefix` is what the scanner was told to send before each code. A code longer than `MOST_BYTES` is dropped up to its end.
    """

    def __init__(self, suffix: Suffix = "any", prefix: bytes = b"") -> None:
        self.damaged = 0
        self._suffix, self._prefix = suffix, prefix
        self._held = bytearray()
        self._last = b""
        self._too_long = False

    @property
    def unfinished(self) -> bool:
        """Whether a code has begun whose end has not come."""
        return bool(self._held) or self._too_long

    def feed(self, data: bytes) -> Sequence[Scan]:
        """The scans that these bytes complete."""
        if self._suffix == "none":
            self._hold(data)
            return []
        scans: list[Scan] = []
        *whole, rest = self._split(data)
        self._last = data[-1:] or self._last
        for piece in whole:
            self._hold(piece)
            scans += self._end()
        self._hold(rest)
        return scans

    def silence(self) -> Sequence[Scan]:
        """The line has been quiet: the end of a code where none is sent; what has begun is damaged where one is."""
        if self._suffix == "none":
            return self._end()
        if self.unfinished:
            self._drop()
        return []

    def _split(self, data: bytes) -> list[bytes]:
        if self._suffix == "any":
            return data.replace(b"\r", b"\n").split(b"\n")
        end = ENDS[self._suffix]
        if len(end) == 2 and self._last == end[:1] and data[:1] == end[1:]:  # the pair came in two pieces
            del self._held[-1:]
            return [b"", *data[1:].split(end)]
        return data.split(end)

    def _hold(self, data: bytes) -> None:
        if len(self._held) + len(data) > MOST_BYTES:
            self._too_long = True
        if self._too_long:
            self._held = self._held[:0]
        else:
            self._held += data

    def _end(self) -> list[Scan]:
        if not self.unfinished:
            return []
        if self._too_long:
            self._drop()
            return []
        scan = scan_in(self._without_prefix(bytes(self._held).lstrip(b"\r\n")))
        if scan is None:
            self._drop()
            return []
        self._held.clear()
        return [scan]

    def _without_prefix(self, data: bytes) -> bytes:
        """Makers put the prefix before or behind the identifier."""
        if not self._prefix:
            return data
        if data.startswith(self._prefix):
            return data[len(self._prefix) :]
        if data[:1] == b"]" and data[3:].startswith(self._prefix):
            return data[:3] + data[3 + len(self._prefix) :]
        return data

    def _drop(self) -> None:
        self._held.clear()
        self._too_long = False
        self.damaged += 1
