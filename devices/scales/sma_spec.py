"""SMA SCP-0499 as it is held to account."""

from devices.conformance.spec import Golden
from devices.scales.simulator import ScaleSimulator
from devices.scales.sma import Sma, SmaAnswer, encode
from devices.scales.spec import scale_spec

SMA = "SMA SCP-0499 section 5.1; not captured"


def _answer(status: bytes, kind: bytes, motion: bytes, weight: bytes, unit: bytes = b"kg ") -> SmaAnswer:
    return SmaAnswer(status, b"1", kind, motion, b" ", weight, unit)


GOLDEN = (
    Golden(b"\n 1G       1.250kg \r", (_answer(b" ", b"G", b" ", b"     1.250"),), SMA),
    Golden(b"\nZ1G       0.000kg \r", (_answer(b"Z", b"G", b" ", b"     0.000"),), f"{SMA}: centre of zero"),
    Golden(b"\n 1NM     123.45lb \r", (_answer(b" ", b"N", b"M", b"    123.45", b"lb "),), f"{SMA}: net, in motion"),
    Golden(b"\nO1G      15.105kg \r", (_answer(b"O", b"G", b" ", b"    15.105"),), f"{SMA}: over"),
    Golden(b"\nU1G      -0.200kg \r", (_answer(b"U", b"G", b" ", b"    -0.200"),), f"{SMA}: under"),
    Golden(b"\nE1G  ----------kg \r", (_answer(b"E", b"G", b" ", b"----------"),), f"{SMA}: zero error"),
    Golden(b"\n?\r", (SmaAnswer(),), "SMA SCP-0499 section 5.2: not understood; not captured"),
)


class SmaSimulator(ScaleSimulator):
    _request = b""

    def connected(self) -> None:
        self._request = b""

    def hear_byte(self, byte: int) -> None:
        self._request = (self._request + bytes([byte]))[-3:]
        if byte == 0x0D:
            request, self._request = self._request, b""
            self.say(encode(SmaAnswer() if self.faults.refuse else self._answer(request)))

    def _answer(self, request: bytes) -> SmaAnswer:
        match request:
            case b"\nW\r":
                return self._weight(b"E" if self.pan.broken else b"")
            case b"\nZ\r":
                return self._weight(b"" if self.pan.set_zero() else b"E")
            case b"\nT\r":
                return self._weight(b"" if self.pan.take_tare() else b"T")
            case _:
                return SmaAnswer()

    def _weight(self, error: bytes) -> SmaAnswer:
        reading = self.pan.reading
        kind, motion = b"N" if reading.net else b"G", b" " if reading.stable else b"M"
        unit = reading.unit.encode().ljust(3)
        if error:
            return SmaAnswer(error, b"1", kind, motion, b" ", b"-" * 10, unit)
        status = b"O" if reading.over else b"U" if reading.under else b"Z" if reading.zero else b" "
        whole, part = divmod(abs(reading.digits or 0), 10**reading.decimals)
        text = f"{'-' if (reading.digits or 0) < 0 else ''}{whole}.{part:0{reading.decimals}}".rjust(10).encode()
        return SmaAnswer(status, b"1", kind, motion, b" ", text, unit)


SPEC = scale_spec(Sma, "SMA SCP-0499", GOLDEN, encode, SmaSimulator)
