"""CAS PD-II as it is held to account."""

from devices.conformance.spec import Golden
from devices.scales.cas_pd2 import CasPd2, encode
from devices.scales.reading import Reading, Unit
from devices.scales.simulator import Pan, ScaleSimulator
from devices.scales.spec import scale_spec
from devices.scales.toledo8217 import Flags
from devices.scales.toledo8217_spec import flags_of

CLIENT = "kortoaus/cas-scale (open client, tried by its author on a PD-II)"

GOLDEN = (
    Golden(b"\x0201250\r", (Reading(1_250, 3, Unit.KILOGRAM, stable=True),), CLIENT),
    Golden(b"\x0200000\r", (Reading(0, 3, Unit.KILOGRAM, stable=True, zero=True),), CLIENT),
    Golden(b"\x02?\x01\r", (Flags.MOTION,), f"{CLIENT}; the flags as in 8213, unconfirmed"),
)


class CasPd2Simulator(ScaleSimulator):
    parity = True

    def __init__(self, pan: Pan | None = None, **line: int) -> None:
        super().__init__(pan or Pan(division=2), **line)

    def hear_byte(self, byte: int) -> None:
        reading = self.pan.reading
        if self.faults.refuse:
            self.say(encode(Flags.BAD_COMMAND))
        elif byte == ord("W"):
            shows = reading.stable and not (reading.over or reading.under or self.pan.broken)
            self.say(encode(reading if shows else flags_of(reading)))


SPEC = scale_spec(CasPd2, "CAS PD-II, ECR type 2", GOLDEN, encode, CasPd2Simulator)
