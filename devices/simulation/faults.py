"""What can go wrong on a line, whatever is spoken over it; switched on and off while a simulator runs."""

from dataclasses import dataclass

GARBAGE = b"\xff\x00\x7f~"


@dataclass(slots=True)
class Faults:
    """All off to begin with.

    `silent`: hears and says nothing. `slow`: so many times slower than its line. `garbage`: `GARBAGE` before each
    reply. `split`: each byte of a reply goes out by itself, with a pause. `merged`: a reply is held back until the
    next one. `damaged`: one bit of the middle byte of each reply is turned. `refuse`: the protocol's own "no" to
    everything. `echo`: what it hears comes back first. `disconnect_after`: the connection drops before so many more
    bytes were heard.
    """

    silent: bool = False
    slow: float = 1.0
    garbage: bool = False
    split: bool = False
    merged: bool = False
    damaged: bool = False
    refuse: bool = False
    echo: bool = False
    disconnect_after: int | None = None
    cut_reply_after: int | None = None
    """The connection drops once so many bytes of a reply were said."""


def damaged(reply: bytes, *, parity: bool = False, bits: int = 7) -> bytes:
    """The reply with one bit of its middle byte turned; a line with `parity` notices, and hands over 00 in its place, or
    leaves it out where a byte has eight `bits`."""
    middle = len(reply) // 2
    wrong = bytes([reply[middle] ^ 0x01]) if not parity else b"" if bits == 8 else b"\0"
    return reply[:middle] + wrong + reply[middle + 1 :]
