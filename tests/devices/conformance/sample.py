"""A protocol of our own, as small as they come, to show that the suite passes what is right and fails what is not.

`W` is answered by `STX`, five digits, the XOR of the digits, `CR`.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import xor

from devices.conformance.spec import Check, Golden, ProtocolSpec
from devices.device import DeviceError, DeviceState, Health, Power
from devices.driver import PortDriver
from devices.ports.address import port_at
from devices.ports.port import PortLost
from devices.simulation.simulator import Simulator

LENGTH = 8


@dataclass(frozen=True, slots=True)
class Grams:
    grams: int


def written(value: Grams) -> bytes:
    digits = b"%05d" % value.grams
    return b"\x02" + digits + bytes([reduce(xor, digits) | 0x80]) + b"\r"


class SampleDecoder:
    def __init__(self) -> None:
        self.damaged = 0
        self._held = b""

    def feed(self, data: bytes) -> Sequence[object]:
        found = []
        for byte in data:
            self._held += bytes([byte])
            if byte == 0x02:
                self.damaged += len(self._held) > 1
                self._held = b"\x02"
            elif self._held[0] != 0x02:
                self._held = b""
            elif len(self._held) == LENGTH:
                found += self._whole()
        return found

    def _whole(self) -> list[object]:
        frame, self._held = self._held, b""
        if frame[1:6].isdigit() and written(Grams(int(frame[1:6]))) == frame:
            return [Grams(int(frame[1:6]))]
        self.damaged += 1
        return []


class SampleSimulator(Simulator):
    def hear(self, data: bytes) -> None:
        for byte in data:
            if byte == ord("W"):
                self.say(b"?" if self.faults.refuse else written(Grams(1250)))


class SampleScale(PortDriver):
    kind, offline = "scale", "scale.offline"
    reply_seconds = 1.0

    async def converse(self) -> DeviceState:
        self._decoder, self._heard = SampleDecoder(), asyncio.Queue()
        self.backoff.reset()
        self.become(DeviceState(Power.ONLINE, Health.OK))
        self._open = True
        try:
            while True:
                for value in self._decoder.feed(await self.port.read()):
                    self._heard.put_nowait(value)
        finally:
            self._open = False

    async def ask(self, question, content):
        if not getattr(self, "_open", False):
            raise DeviceError("scale.offline")
        while not self._heard.empty():
            self._heard.get_nowait()
        try:
            self.port.feed(b"W")
            async with asyncio.timeout(self.reply_seconds):
                return {"grams": (await self._heard.get()).grams}
        except (TimeoutError, PortLost):
            raise DeviceError("scale.silent") from None


async def weighs(device, say):
    try:
        answer = await device.ask("weight", {})
    except DeviceError as error:
        return [Check("weighs", False, error.code)]
    return [Check("weighs", answer == {"grams": 1250}, str(answer))]


SAMPLE = ProtocolSpec(
    name="scale:sample",
    title="Sample scale",
    line="baud=9600",
    golden=(
        Golden(b"\x0201250\xb6\r", (Grams(1250),), "this file"),
        Golden(b"\x0200000\xb0\r", (Grams(0),), "this file"),
    ),
    decoder=SampleDecoder,
    encode=written,
    device=lambda id, url, options: SampleScale(id, port_at(url)),
    simulator=SampleSimulator,
    verify=weighs,
    checked=True,
)
