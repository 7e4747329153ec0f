"""Toledo 8217 as it is held to account: frames from documents, and a scale made of software."""

from devices.conformance.spec import Golden
from devices.scales.reading import Reading, Unit
from devices.scales.simulator import ScaleSimulator
from devices.scales.spec import scale_spec
from devices.scales.toledo8217 import Flags, Toledo8217, encode

DIVA = "Mettler Toledo DIVA service manual pp. 34-44"
ODOO = "Odoo IoT box, serial scale driver (open client)"

GOLDEN = (
    Golden(b"\x0201.250\r", (Reading(1_250, 3, Unit.KILOGRAM, stable=True),), DIVA),
    Golden(b"\x0200.000\r", (Reading(0, 3, Unit.KILOGRAM, stable=True, zero=True),), DIVA),
    Golden(b"\x0200.845N\r", (Reading(845, 3, Unit.KILOGRAM, stable=True, net=True),), ODOO),
    Golden(b"\x02012.34\r", (Reading(1_234, 2, Unit.POUND, stable=True),), DIVA),
    Golden(b"\x02?\x01\r", (Flags.MOTION,), ODOO),
    Golden(b"\x02?\x02\r", (Flags.OVER,), f"{DIVA}; the flags look like STX"),
    Golden(b"\x02?\x0d\r", (Flags.MOTION | Flags.UNDER | Flags.OUTSIDE_ZERO,), f"{ODOO}; the flags look like CR"),
    Golden(b"\x02?\x30\r", (Flags.AT_ZERO | Flags.NET,), ODOO),
    Golden(b"\x02?\x40\r", (Flags.BAD_COMMAND,), DIVA),
)


class Toledo8217Simulator(ScaleSimulator):
    parity = True

    def hear_byte(self, byte: int) -> None:
        if self.faults.refuse:
            self.say(encode(Flags.BAD_COMMAND))
            return
        match byte:
            case 0x57:  # W
                self.say(self._weight())
            case 0x5A:  # Z
                self.say(encode(self._flags() if self.pan.set_zero() else self._flags() | Flags.OUTSIDE_ZERO))
            case 0x54:  # T
                self.pan.take_tare()
                self.say(encode(self._flags()))
            case _:
                self.say(encode(Flags.BAD_COMMAND))

    def _weight(self) -> bytes:
        reading = self.pan.reading
        if reading.stable and not (reading.over or reading.under or self.pan.broken):
            return encode(reading)
        return encode(self._flags())

    def _flags(self) -> Flags:
        return flags_of(self.pan.reading)


def flags_of(reading: Reading) -> Flags:
    """The byte that a scale which shows this answers in place of a weight."""
    bits = {
        Flags.MOTION: not reading.stable,
        Flags.OVER: reading.over,
        Flags.UNDER: reading.under,
        Flags.AT_ZERO: reading.zero,
        Flags.NET: reading.net,
    }
    return Flags(sum(flag for flag, on in bits.items() if on))


SPEC = scale_spec(Toledo8217, "Toledo 8217 / 8213", GOLDEN, encode, Toledo8217Simulator)
