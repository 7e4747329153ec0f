"""CAS text lines as they are held to account: a scale that answers, and one that never stops talking."""

from devices.conformance.spec import Golden
from devices.scales.cas_text import CasLine, CasText, encode
from devices.scales.reading import Reading
from devices.scales.simulator import TalkingSimulator
from devices.scales.spec import scale_spec

LABELPILOT = "labelpilot (open client)"
WTM = "WTM indicator sheet"

GOLDEN = (
    Golden(b"ST,GS,+  1.500kg\r\n", (CasLine(b"ST", b"GS", b"+", b"  1.500", b"kg"),), LABELPILOT),
    Golden(b"US,GS,+  0.860kg\r\n", (CasLine(b"US", b"GS", b"+", b"  0.860", b"kg"),), LABELPILOT),
    Golden(b"ST,NT,-  0.200kg\r\n", (CasLine(b"ST", b"NT", b"-", b"  0.200", b"kg"),), WTM),
    Golden(b"OL,GS,+       kg\r\n", (CasLine(b"OL", b"GS", b"+", b"      ", b" kg"),), f"{WTM}: overload"),
)


class CasTextSimulator(TalkingSimulator):
    """Answers `W`; with `every` seconds it sends a line that often without being asked, and hears nothing."""

    def unasked(self) -> bytes:
        return encode(line_of(self.pan.reading))

    def hear_byte(self, byte: int) -> None:
        if self.faults.refuse:
            self.say(b"?\r\n")
        elif byte == ord("W") and not self.every:
            self.say(self.unasked())


def line_of(reading: Reading) -> CasLine:
    """The line of a scale that shows this."""
    kind, unit = b"NT" if reading.net else b"GS", reading.unit.encode()
    if reading.digits is None:
        return CasLine(b"OL", kind, b"+", b"      ", b" " + unit)
    whole, part = divmod(abs(reading.digits), 10**reading.decimals)
    text = f"{whole}.{part:0{reading.decimals}}".rjust(7).encode()
    state = b"ST" if reading.stable else b"US"
    return CasLine(state, kind, b"-" if reading.digits < 0 else b"+", text, unit)


SPEC = scale_spec(CasText, "CAS lines of text", GOLDEN, encode, CasTextSimulator)
