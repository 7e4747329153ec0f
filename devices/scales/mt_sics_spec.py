"""MT-SICS as it is held to account: lines of the manual, and a scale made of software."""

from devices.conformance.spec import Golden
from devices.scales.mt_sics import MtSics, SicsLine, encode
from devices.scales.reading import Reading
from devices.scales.simulator import ScaleSimulator
from devices.scales.spec import scale_spec

MANUAL = "Mettler Toledo MT-SICS Reference Manual 11780711; not captured"

GOLDEN = (
    Golden(b"S S     100.00 g\r\n", (SicsLine(b"S", b"S", b"     100.00 g"),), MANUAL),
    Golden(b"S S      1.250 kg\r\n", (SicsLine(b"S", b"S", b"      1.250 kg"),), MANUAL),
    Golden(b"S D    129.07 g\r\n", (SicsLine(b"S", b"D", b"    129.07 g"),), f"{MANUAL}: in motion"),
    Golden(b"S S     -0.20 g\r\n", (SicsLine(b"S", b"S", b"     -0.20 g"),), MANUAL),
    Golden(b"S I\r\n", (SicsLine(b"S", b"I"),), f"{MANUAL}: not possible now"),
    Golden(b"S +\r\n", (SicsLine(b"S", b"+"),), f"{MANUAL}: overload"),
    Golden(b"S -\r\n", (SicsLine(b"S", b"-"),), f"{MANUAL}: below the range"),
    Golden(b"Z A\r\n", (SicsLine(b"Z", b"A"),), f"{MANUAL}: zero is set"),
    Golden(b"T S    100.00 g\r\n", (SicsLine(b"T", b"S", b"    100.00 g"),), f"{MANUAL}: tare taken"),
    Golden(b'I4 A "0123456789"\r\n', (SicsLine(b"I4", b"A", b' "0123456789"'),), MANUAL),
    Golden(b"ES\r\n", (SicsLine(b"E", b"S"),), f"{MANUAL}: not understood"),
)


class MtSicsSimulator(ScaleSimulator):
    serial = "B021002593"
    _request = b""

    def connected(self) -> None:
        self._request = b""

    def hear_byte(self, byte: int) -> None:
        self._request = (self._request + bytes([byte]))[-8:]
        if self._request.endswith(b"\r\n"):
            request, self._request = self._request[:-2], b""
            self.say(encode(SicsLine(b"E", b"S") if self.faults.refuse else self._answer(request)))

    def _answer(self, request: bytes) -> SicsLine:
        match request:
            case b"SI":
                return self._weight(b"S")
            case b"Z":
                return SicsLine(b"Z", b"A" if self.pan.set_zero() else b"I")
            case b"T":
                taken = self.pan.take_tare()
                return SicsLine(b"T", b"S", number(self.pan.reading, self.pan.reading.tare)) if taken else NOT_NOW
            case b"I4":
                return SicsLine(b"I4", b"A", f' "{self.serial}"'.encode())
            case _:
                return SicsLine(b"E", b"S")

    def _weight(self, about: bytes) -> SicsLine:
        reading = self.pan.reading
        if self.pan.broken:
            return SicsLine(about, b"I")
        if reading.digits is None:
            return SicsLine(about, b"+")
        return SicsLine(about, b"S" if reading.stable else b"D", number(reading, reading.digits))


NOT_NOW = SicsLine(b"T", b"I")


def number(reading: Reading, digits: int | None) -> bytes:
    """The weight right in its ten places, and its unit."""
    whole, part = divmod(abs(digits or 0), 10**reading.decimals)
    sign = "-" if (digits or 0) < 0 else ""
    return f" {f'{sign}{whole}.{part:0{reading.decimals}}'.rjust(10)} {reading.unit}".encode()


SPEC = scale_spec(MtSics, "MT-SICS level 0", GOLDEN, encode, MtSicsSimulator)
