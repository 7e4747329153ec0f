"""Shtrih-M POS2 as it is held to account: frames by the maker's sheet, and a scale with its whole state machine."""

from functools import partial

from devices.conformance.spec import Golden
from devices.scales.frames import Frames
from devices.scales.shtrih_pos2 import (
    ACKNOWLEDGE,
    ENQ,
    TARE,
    WEIGHT,
    ZERO,
    Answer,
    Control,
    ShtrihPos2,
    Status,
    encode,
    frame,
    read,
)
from devices.scales.simulator import Pan, ScaleSimulator
from devices.scales.spec import scale_spec

SHEET = 'Shtrih-M, "Протокол весового модуля v1.2", LRC computed by its rule'
DRIVER = "shtrih-m/jpos_scale (open driver of the maker)"
REQUEST_LENGTH = 5
WRONG_PASSWORD, WRONG_COMMAND, CANNOT = 122, 120, 17

GOLDEN = (
    Golden(b"\x06", (Control.ACK,), SHEET),
    Golden(b"\x15", (Control.NAK,), SHEET),
    Golden(
        bytes.fromhex("02 0b 3a 00 15 00 e2 04 00 00 00 00 00 c2"),
        (Answer(bytes.fromhex("3a 00 15 00 e2 04 00 00 00 00 00")),),
        f"{SHEET}: 1250 divisions, steady, fixed, channel on",
    ),
    Golden(bytes.fromhex("02 02 3a 7a 42"), (Answer(b"\x3a\x7a"),), f"{DRIVER}: an error has no data"),
    Golden(bytes.fromhex("02 02 30 00 32"), (Answer(b"\x30\x00"),), f"{SHEET}: zero is set"),
)


class ShtrihPos2Simulator(ScaleSimulator):
    """Keeps an answer until it is confirmed, says `NAK` to a damaged command, knows its password."""

    def __init__(self, pan: Pan | None = None, *, password: bytes = b"0030", **line: int) -> None:
        super().__init__(pan, **line)
        self.password = password
        self.connected()

    def connected(self) -> None:
        self._frames = Frames(partial(read, lengths=(REQUEST_LENGTH,)), REQUEST_LENGTH + 3)
        self._pending = b""

    def hear_byte(self, byte: int) -> None:
        damaged = self._frames.damaged
        if byte == ENQ[0] and self._frames.empty:
            self.say(ACKNOWLEDGE + self._pending if self._pending else encode(Control.NAK))
            return
        for value in self._frames.feed(bytes([byte])):
            if isinstance(value, Answer):
                self._obey(value.body)
            elif value is Control.ACK:
                self._pending = b""
        if self._frames.damaged > damaged:
            self.say(encode(Control.NAK))

    def _obey(self, request: bytes) -> None:
        self._pending = frame(request[:1] + self._done(request))
        self.say(ACKNOWLEDGE)
        self.say(self._pending)

    def _done(self, request: bytes) -> bytes:
        """The error byte, and the data where there is no error."""
        if self.faults.refuse or request[1:] != self.password:
            return bytes([WRONG_PASSWORD])
        command = request[0]
        if command == WEIGHT:
            return b"\x00" + self._weight()
        if command in (ZERO, TARE):
            done = self.pan.set_zero() if command == ZERO else self.pan.take_tare()
            return bytes([0 if done else CANNOT])
        return bytes([WRONG_COMMAND])

    def _weight(self) -> bytes:
        reading = self.pan.reading
        bits = {
            Status.CHANNEL_ON: True,
            Status.STABLE: reading.stable,
            Status.TARE: reading.net,
            Status.OVERLOAD: reading.over,
            Status.UNDERLOAD: reading.under,
            Status.MEASURE_ERROR: self.pan.broken,
        }
        status = sum(bit for bit, on in bits.items() if on)
        digits = (reading.digits or 0).to_bytes(4, "little", signed=True)
        return status.to_bytes(2, "little") + digits + (reading.tare or 0).to_bytes(2, "little") + b"\x00"


SPEC = scale_spec(ShtrihPos2, "Shtrih-M POS2", GOLDEN, encode, ShtrihPos2Simulator, checked=True)
