"""The CAS ENQ protocol as it is held to account."""

from devices.conformance.spec import Golden
from devices.scales.cas_enq import DC1, ENQ, CasBlock, CasEnq, Control, encode
from devices.scales.reading import Reading
from devices.scales.simulator import ScaleSimulator
from devices.scales.spec import scale_spec

OHAUS = "Ohaus Aviator 7000 service manual p. 36, check computed by its rule"

GOLDEN = (
    Golden(b"\x06", (Control.ACK,), OHAUS),
    Golden(b"\x15", (Control.NAK,), OHAUS),
    Golden(b"\x01\x02S 01.250kg\x67\x03\x04", (CasBlock(b"S", b" ", b"01.250", b"kg"),), OHAUS),
    Golden(b"\x01\x02U 00.845kg\x6e\x03\x04", (CasBlock(b"U", b" ", b"00.845", b"kg"),), OHAUS),
    Golden(b"\x01\x02S-00.200kg\x6e\x03\x04", (CasBlock(b"S", b"-", b"00.200", b"kg"),), OHAUS),
    Golden(b"\x01\x02SF      kg\x19\x03\x04", (CasBlock(b"S", b"F", b"      ", b"kg"),), f"{OHAUS}: overflow"),
)


class CasEnqSimulator(ScaleSimulator):
    """`check_soh` as the option of the dialect."""

    check_soh = False

    def hear_byte(self, byte: int) -> None:
        if self.faults.refuse:
            self.say(encode(Control.NAK))
        elif byte == ENQ[0]:
            self.say(encode(Control.ACK))
        elif byte == DC1[0]:
            self.say(encode(block_of(self.pan.reading), soh=self.check_soh))


def block_of(reading: Reading) -> CasBlock:
    """What a scale that shows this answers."""
    state, unit = b"S" if reading.stable else b"U", reading.unit.encode().rjust(2)
    if reading.digits is None:
        return CasBlock(state, b"F", b"      ", unit)
    whole, part = divmod(abs(reading.digits), 10**reading.decimals)
    text = f"{whole}.{part:0{reading.decimals}}".rjust(6, "0").encode()
    return CasBlock(state, b"-" if reading.digits < 0 else b" ", text, unit)


SPEC = scale_spec(CasEnq, "CAS, ENQ type", GOLDEN, encode, CasEnqSimulator, checked=True)
