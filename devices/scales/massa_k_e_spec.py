"""MASSA-K with the command `E` as it is held to account."""

from itertools import count

from devices.conformance.spec import Golden
from devices.scales.massa_k_e import SIGN, MassaKE, Thrice, encode
from devices.scales.massa_k_j_spec import OldMassa
from devices.scales.simulator import Pan
from devices.scales.spec import scale_spec

CLIENT = "massa-k-api (open client), three answers together; not captured"

GOLDEN = (
    Golden(bytes.fromhex("e2 04 e2 04 e2 04"), (Thrice(1_250),), CLIENT),
    Golden(bytes.fromhex("00 00 00 00 00 00"), (Thrice(0),), CLIENT),
    Golden(bytes.fromhex("c8 80 c8 80 c8 80"), (Thrice(SIGN | 200),), f"{CLIENT}: sign in bit 15"),
    Golden(bytes.fromhex("45 05 45 05 45 05"), (Thrice(0x0545),), f"{CLIENT}: looks like an echo of the question"),
)


class MassaKESimulator(OldMassa):
    """Says nothing where it refuses. Nobody knows how an overload looks: here the weight does not stand still."""

    def __init__(self, pan: Pan | None = None, **line: int) -> None:
        super().__init__(pan, **line)
        self._trembling = count()

    def hear_byte(self, byte: int) -> None:
        if byte == ord("E") and not self.faults.refuse:
            self.say(self._word().to_bytes(2, "little"))
        elif byte == 0x0E:
            self.pan.set_zero()

    def _word(self) -> int:
        reading = self.pan.reading
        digits = reading.digits if reading.digits is not None else self.pan.capacity
        if not reading.stable or reading.over:
            digits += next(self._trembling) % 7 * self.pan.division
        return abs(digits) | (SIGN if digits < 0 else 0)


SPEC = scale_spec(
    MassaKE,
    "MASSA-K, command E",
    GOLDEN,
    encode,
    MassaKESimulator,
    checked=True,
    hurry={"gap_ms": 5, "reply_ms": 1_000},
)
