"""Dialog 06 as it is held to account: records by the manual, and a scale with its state machine."""

from devices.conformance.spec import Golden
from devices.scales.dialog06 import ENQUIRY, Control, Dialog06, Record, encode
from devices.scales.simulator import Pan, ScaleSimulator
from devices.scales.spec import scale_spec

OHAUS = "Ohaus Aviator 7000 service manual pp. 38-45; not captured"
ODOO = "hw_dialog06_scale for Odoo (open client); not captured"

GOLDEN = (
    Golden(b"\x06", (Control.ACK,), OHAUS),
    Golden(b"\x15", (Control.NAK,), OHAUS),
    Golden(
        b"\x0202\x1b3\x1b01250\x1b000100\x1b000125\x03",
        (Record(b"02", (b"3", b"01250", b"000100", b"000125")),),
        f"{OHAUS}: 1.250 kg",
    ),
    Golden(b"\x0209\x1b20\x03", (Record(b"09", (b"20",)),), f"{OHAUS}: in motion"),
    Golden(b"\x0209\x1b21\x03", (Record(b"09", (b"21",)),), f"{OHAUS}: no motion since the last weight"),
    Golden(b"\x0211\x1b237\x03", (Record(b"11", (b"2", b"37")),), f"{ODOO}: a check sum is demanded"),
)


class Dialog06Simulator(ScaleSimulator):
    """`secret`: it demands the check sum of its maker before it weighs."""

    parity = True

    def __init__(self, pan: Pan | None = None, *, secret: bool = False, **line: int) -> None:
        super().__init__(pan, **line)
        self.secret = secret
        self._gave = 0
        """At which of the pan's moves a weight was given last."""
        self.connected()

    def connected(self) -> None:
        self._heard, self._price, self._reason = b"", b"", b"00"

    def hear_byte(self, byte: int) -> None:
        self._heard = b"\x04" if byte == 0x04 else (self._heard + bytes([byte]))[-24:]
        if self._heard == ENQUIRY:
            self.say(encode(self._result()))
        elif byte == 0x03 and self._heard.startswith(b"\x04\x02"):
            self.say(encode(self._record(self._heard[2:-1])))

    def _record(self, record: bytes) -> Record | Control:
        if record == b"08":
            return Record(b"09", (self._reason,))
        if self.faults.refuse or record[:2] != b"01":
            return self._no(b"10")
        if self.secret:
            return Record(b"11", (b"2", b"37"))
        self._price = record[3:-1]
        return Control.ACK if self._price.isdigit() else self._no(b"11")

    def _no(self, reason: bytes) -> Control:
        self._reason = reason
        return Control.NAK

    def _result(self) -> Record | Control:
        reading = self.pan.reading
        reasons = {
            b"01": self.pan.broken,
            b"11": not self._price,
            b"32": reading.over,
            b"31": reading.under,
            b"20": not reading.stable,
            b"30": reading.zero,
            b"21": self._gave == self.pan.moves,
        }
        if reason := next((reason for reason, holds in reasons.items() if holds), None):
            return self._no(reason)
        self._gave, digits = self.pan.moves, reading.digits or 0
        amount = b"%06d" % ((2 * digits * int(self._price) + 1_000) // 2_000)
        return Record(b"02", (b"3", b"%05d" % digits, self._price, amount))


SPEC = scale_spec(Dialog06, "Dialog 06 (02, 04)", GOLDEN, encode, Dialog06Simulator)
