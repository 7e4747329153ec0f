"""MASSA-K with the command `J` as it is held to account."""

from devices.conformance.spec import Golden
from devices.scales.massa_k_j import NEGATIVE, STABLE, JAnswer, MassaKJ, encode
from devices.scales.simulator import Pan, ScaleSimulator
from devices.scales.spec import scale_spec

LABELPILOT = "labelpilot (open client)"

GOLDEN = (
    Golden(bytes.fromhex("80 00 d0 07 00"), (JAnswer(STABLE, 2_000),), f"{LABELPILOT}: captured, 2.000 kg"),
    Golden(bytes.fromhex("00 00 e2 04 00"), (JAnswer(0, 1_250),), f"{LABELPILOT}: flags by its code, in motion"),
    Golden(bytes.fromhex("c0 00 c8 00 00"), (JAnswer(STABLE | NEGATIVE, 200),), f"{LABELPILOT}: flags by its code"),
)


class OldMassa(ScaleSimulator):
    """The line and the commands that the old MASSA-K scales have in common."""

    parity, bits = True, 8

    def __init__(self, pan: Pan | None = None, *, baud: int = 4_800, **line: int) -> None:
        super().__init__(pan, baud=baud, **{"bits_a_byte": 11, **line})


class MassaKJSimulator(OldMassa):
    """Nobody knows how an overload looks: here the weight does not stand still."""

    def hear_byte(self, byte: int) -> None:
        if byte == ord("J"):
            self.say(b"\x3f" if self.faults.refuse else encode(self._answer()))
        elif byte == 0x0E:
            self.pan.set_zero()

    def _answer(self) -> JAnswer:
        reading = self.pan.reading
        digits = reading.digits if reading.digits is not None else self.pan.capacity
        stable = reading.stable and not reading.over
        return JAnswer((STABLE if stable else 0) | (NEGATIVE if digits < 0 else 0), abs(digits))


SPEC = scale_spec(MassaKJ, "MASSA-K, command J", GOLDEN, encode, MassaKJSimulator)
