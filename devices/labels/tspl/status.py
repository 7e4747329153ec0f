"""What a TSPL printer says to `ESC ! ?`: one byte of flags. Source: TSC's TSPL/TSPL2 programming manual, and open clients.

A byte has neither a mark nor a check, so one alone proves nothing: see `devices.labels.language.Quiet`. Many inexpensive
printers never answer; they are set up with `answers = false`.
"""

from dataclasses import dataclass

from devices.labels.status import LabelStatus

OTHER = 0x80


@dataclass(frozen=True, slots=True)
class StatusByte:
    flags: int

    @property
    def status(self) -> LabelStatus:
        flags = self.flags
        return LabelStatus(
            head_open=bool(flags & 0x01),
            jammed=bool(flags & 0x02),
            paper_out=bool(flags & 0x04),
            ribbon_out=bool(flags & 0x08),
            paused=bool(flags & 0x10),
            busy=bool(flags & 0x20),
            broken=flags == OTHER,
        )


def encode(status: StatusByte) -> bytes:
    """As the printer sends it."""
    return bytes([status.flags])


class StatusByteDecoder:
    """Holds nothing; what cannot be flags is counted as damaged."""

    def __init__(self) -> None:
        self.damaged = 0

    def feed(self, data: bytes) -> list[StatusByte]:
        found = [StatusByte(byte) for byte in data if byte < 0x40 or byte == OTHER]
        self.damaged += len(data) - len(found)
        return found
