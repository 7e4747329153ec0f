"""NCI as it is held to account: frames of every layout, and a scale made of software."""

from devices.conformance.spec import Golden
from devices.scales.nci import First, Layout, Nci, NciAnswer, Second, Third, encode
from devices.scales.simulator import Pan, ScaleSimulator
from devices.scales.spec import scale_spec

SCP = "Weigh-Tronix SCP-01 sheet 8408-14788-01; Avery 7821 manual"
CLIENT = "serial-nci-scale (open client)"
BERKEL = "open client of an Avery Berkel 6702 (unconfirmed)"

GOLDEN = (
    Golden(b"\n0001.25kg\r\n00\r\x03", (NciAnswer(Layout.SCP_01, b"0001.25kg", b"00"),), SCP),
    Golden(b"\n  1.250kg\r\n00\r\x03", (NciAnswer(Layout.SCP_01, b"  1.250kg", b"00"),), "Brecknell 3700LP manual"),
    Golden(b"\n -0.050kg\r\n01\r\x03", (NciAnswer(Layout.SCP_01, b" -0.050kg", b"01"),), SCP),
    Golden(b"\n01.250LB\r\nS00\r\x03", (NciAnswer(Layout.SCP_02, b"01.250LB", b"00"),), "Avery 7821 manual"),
    Golden(b"\n  1.250kg\r00\x03", (NciAnswer(Layout.SCP_12, b"  1.250kg", b"00"),), CLIENT),
    Golden(b"\n00.000LB\n\rS20\r\x03", (NciAnswer(Layout.BERKEL, b"00.000LB", b"20"),), BERKEL),
    Golden(b"\n  1.250kg\r\n0p4\r\x03", (NciAnswer(Layout.SCP_01, b"  1.250kg", b"0p4"),), f"{SCP}: net in byte 3"),
    Golden(b"\n10\r\x03", (NciAnswer(Layout.SCP_01, None, b"10"),), f"{SCP}: in motion"),
    Golden(b"\nS10\r\x03", (NciAnswer(Layout.SCP_02, None, b"10"),), "Avery 7821 manual: in motion"),
    Golden(b"\n?\r\x03", (NciAnswer(Layout.SCP_01, None, b""),), SCP),
)


class NciSimulator(ScaleSimulator):
    """`layout` is the maker's; `shows_motion` False: status alone while it moves or is below zero."""

    parity = True

    def __init__(
        self, pan: Pan | None = None, *, layout: Layout = Layout.SCP_01, shows_motion: bool = True, **line: int
    ) -> None:
        super().__init__(pan, **line)
        self.layout, self.shows_motion = layout, shows_motion
        self._request = bytearray()

    def connected(self) -> None:
        self._request.clear()

    def hear_byte(self, byte: int) -> None:
        if byte != 0x0D:
            self._request = (self._request + bytes([byte]))[-8:]
            return
        request = bytes(self._request)
        self._request.clear()
        if self.faults.refuse:
            request = b"?"
        self.say(encode(self._answer(request)))

    def _answer(self, request: bytes) -> NciAnswer:
        match request:
            case b"W":
                text = self._text()
                return NciAnswer(self._alone if text is None else self.layout, text, self._status())
            case b"S":
                return NciAnswer(self._alone, None, self._status())
            case b"Z":
                self.pan.set_zero()
                return NciAnswer(self._alone, None, self._status())
            case _:
                return NciAnswer(Layout.SCP_01, None, b"")

    @property
    def _alone(self) -> Layout:
        return Layout.SCP_01 if self.layout is Layout.SCP_12 else self.layout

    def _text(self) -> bytes | None:
        reading = self.pan.reading
        if reading.digits is None:
            return b"-------" + reading.unit.encode()
        if not self.shows_motion and (not reading.stable or reading.under):
            return None
        whole, part = divmod(abs(reading.digits), 10**reading.decimals)
        sign = "-" if reading.digits < 0 else ""
        return f"{sign}{whole}.{part:0{reading.decimals}}".rjust(7).encode() + reading.unit.encode()

    def _status(self) -> bytes:
        reading = self.pan.reading
        first = First.MOTION * (not reading.stable) | First.AT_ZERO * reading.zero | First.EEPROM * self.pan.broken
        second = Second.UNDER * reading.under | Second.OVER * reading.over
        third = bytes([0x30 | Third.NET]) if reading.net else b""
        return bytes([0x30 | first, (0x70 if third else 0x30) | second]) + third


SPEC = scale_spec(Nci, "NCI / SCP-01", GOLDEN, encode, NciSimulator)
