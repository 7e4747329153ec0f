"""MASSA-K Protocol 100 as it is held to account: answers of real scales that open clients quote, and a scale of software."""

from functools import partial

from devices.conformance.spec import Golden
from devices.scales.frames import Frames
from devices.scales.massa_100 import LONGEST_BODY, USUAL, Answer, Code, Failure, Massa100, encode, frame, read
from devices.scales.simulator import Pan, ScaleSimulator
from devices.scales.spec import scale_spec

WEIGHT_SERVICE = "WeightService (open client in C#): captured, by the word of its tests"
PHP = "a PHP client that reads a scale over TCP: captured, by the word of its comments"
RULE = "fields by WeightService and MASSA-K-scale-parser (open clients), check computed by its rule; not captured"

GOLDEN = (
    Golden(
        bytes.fromhex("f8 55 ce 0d 00 24 00 00 00 00 01 01 00 01 00 00 00 00 fc 23"),
        (Answer(bytes.fromhex("24 00 00 00 00 01 01 00 01 00 00 00 00")),),
        f"{WEIGHT_SERVICE}: 0.000 kg, steady, at zero",
    ),
    Golden(
        bytes.fromhex("f8 55 ce 0d 00 24 a3 01 00 00 02 01 00 00 00 00 00 00 f9 5d"),
        (Answer(bytes.fromhex("24 a3 01 00 00 02 01 00 00 00 00 00 00")),),
        f"{PHP}: 4.19 kg, steady",
    ),
    Golden(bytes.fromhex("f8 55 ce 01 00 27 27 00"), (Answer(b"\x27"),), f"{RULE}: zero is set"),
    Golden(bytes.fromhex("f8 55 ce 01 00 12 12 00"), (Answer(b"\x12"),), f"{RULE}: tare is set"),
    Golden(bytes.fromhex("f8 55 ce 02 00 28 08 08 28"), (Answer(b"\x28\x08"),), f"{RULE}: too heavy"),
    Golden(bytes.fromhex("f8 55 ce 01 00 f0 f0 00"), (Answer(b"\xf0"),), f"{RULE}: command not known"),
)


class Massa100Simulator(ScaleSimulator):
    """Hears only frames whose check holds under `rule`, and answers under it; `says_tare`: as newer models do."""

    parity, bits = True, 8

    def __init__(
        self, pan: Pan | None = None, *, rule: str = USUAL, says_tare: bool = True, baud: int = 19_200, **line: int
    ) -> None:
        super().__init__(pan, baud=baud, **{"bits_a_byte": 11, **line})
        self.rule, self.says_tare = rule, says_tare
        self.connected()

    def connected(self) -> None:
        self._frames = Frames(partial(read, rule=self.rule), LONGEST_BODY + 8)

    def hear_byte(self, byte: int) -> None:
        for request in self._frames.feed(bytes([byte])):
            answer = bytes([Code.ERROR, Failure.UNSUPPORTED]) if self.faults.refuse else self._answer(request.body)
            self.say(frame(answer, self.rule))

    def _answer(self, request: bytes) -> bytes:
        match request[0]:
            case 0x23 | 0xA0 if self.pan.broken:
                return bytes([Code.ERROR, Failure.DEFECT])
            case 0x23 | 0xA0 if self.pan.reading.over:
                return bytes([Code.ERROR, Failure.OVER])
            case 0x23:
                tare = (self.pan.reading.tare or 0).to_bytes(4, "little") if self.says_tare else b""
                return bytes([Code.WEIGHT]) + self._weight() + tare
            case 0xA0:
                return bytes([Code.TCP_WEIGHT]) + self._weight()
            case 0x72:
                done = self.pan.set_zero()
                return bytes([Code.SET] if done else [Code.ERROR, Failure.CANNOT_ZERO])
            case 0xA3 if len(request) == 5:
                return bytes([Code.TARE_SET if self._set_tare(request[1:]) else Code.TARE_REFUSED])
            case _:
                return bytes([Code.UNKNOWN])

    def _set_tare(self, tare: bytes) -> bool:
        """It knows only the tare of what stands on it."""
        reading = self.pan.reading
        gross = (reading.digits or 0) + (reading.tare or 0)
        return int.from_bytes(tare, "little") == gross and self.pan.take_tare()

    def _weight(self) -> bytes:
        reading = self.pan.reading
        flags = bytes([4 - reading.decimals, reading.stable, reading.net, reading.zero])
        return (reading.digits or 0).to_bytes(4, "little", signed=True) + flags


SPEC = scale_spec(Massa100, "MASSA-K Protocol 100", GOLDEN, encode, Massa100Simulator, checked=True)
