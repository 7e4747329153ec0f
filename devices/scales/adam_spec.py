"""Adam AZextra as it is held to account: the line that open clients know, and a scale that answers each weight once."""

from devices.conformance.spec import Golden
from devices.scales.adam import Adam, AdamLine, encode
from devices.scales.simulator import Pan, ScaleSimulator
from devices.scales.spec import scale_spec

ODOO = "by the pattern of Odoo's driver (open client); composed, not captured"

GOLDEN = (
    Golden(b"  1.250kg\r\n", (AdamLine(b"  ", b"1.250", b"kg"),), ODOO),
    Golden(b"  0.845 kg\r\n", (AdamLine(b"  ", b"0.845", b" kg"),), ODOO),
    Golden(b"12.34 lb\r\n", (AdamLine(b"", b"12.34", b" lb"),), ODOO),
)


class AdamSimulator(ScaleSimulator):
    """Says nothing unless the weight is steady, above zero, and not yet given."""

    def __init__(self, pan: Pan | None = None, *, baud: int = 4_800, **line: int) -> None:
        super().__init__(pan, baud=baud, **line)
        self._gave = 0
        self._request = b""

    def connected(self) -> None:
        self._request = b""

    def hear_byte(self, byte: int) -> None:
        self._request = (self._request + bytes([byte]))[-3:]
        reading = self.pan.reading
        gives = reading.stable and reading.digits is not None and reading.digits > 0 and self._gave != self.pan.moves
        if self._request != b"P\r\n" or self.faults.refuse or self.pan.broken or not gives:
            return
        self._gave = self.pan.moves
        whole, part = divmod(reading.digits or 0, 10**reading.decimals)
        text = f"{whole}.{part:0{reading.decimals}}".encode()
        self.say(encode(AdamLine(b" " * (7 - len(text)), text, reading.unit.encode())))


SPEC = scale_spec(Adam, "Adam AZextra", GOLDEN, encode, AdamSimulator, hurry={"pause_ms": 0})
