"""One protocol as the conformance suite, the fuzzer, `tillcard devices verify` and `simulate` see it.

Every protocol's folder has a `spec.py` (or one per family) with its `ProtocolSpec`; `devices/protocols.py` lists them.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from devices.device import Device
from devices.simulation.simulator import Simulator


@dataclass(frozen=True, slots=True)
class Golden:
    """A frame as it stands on the wire, what it must decode to, and who says so.

    `source` names a document or an open client, and says "captured" where a real device said it.
    """

    frame: bytes
    values: tuple[object, ...]
    source: str


class Decoder(Protocol):
    """Bytes in any pieces in, values out. Total: never raises for any input, holds a bounded amount of bytes, and
    drops what is damaged (counted in `damaged`) to go on with the next frame."""

    damaged: int

    def feed(self, data: bytes) -> Sequence[object]: ...


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that `verify` did with a device: what, whether it went well, and what was seen."""

    name: str
    passed: bool
    seen: str


@dataclass(frozen=True, slots=True)
class ProtocolSpec:
    """What there is to know of one protocol.

    `name`: "scale:toledo8217". `line`: the query of a serial address as the device comes from its maker
    ("baud=9600&bits=7&parity=E"), or "" where it speaks TCP alone. `decoder` makes the decoder of what the *device*
    says. `encode` is the inverse of a decoded value, for round trips and for the rule that everything accepted stood
    in the input as a whole valid frame; None where a value does not hold the whole frame. `device` builds the driver
    from id, url and options; `simulator` a simulator with its usual line. `verify` tries a connected device, real or
    simulated, without doing harm (it may ask a person to do something by `say`). `checked`: a frame carries a check
    sum, so that the decoder itself sees every single turned bit; where it is False a bit turned on the line may make
    another valid frame, and only the line's parity stands between them. `traces`: the parts of a value's frame that must
    stand in the input, in their order, where the rest is padding or the maker's own (reports of HID devices); None: all of it.
    `resyncs` is False where a message has neither a mark nor a check sum because TCP keeps bytes whole: after half a
    message only a new connection helps. `hurry`: options with which the suite drives it against its own simulator, where
    they spare nothing but time.
    """

    name: str
    title: str
    line: str
    golden: tuple[Golden, ...]
    decoder: Callable[[], Decoder]
    encode: Callable[[Any], bytes] | None
    device: Callable[[str, str, Mapping[str, Any]], Device]
    simulator: Callable[[], Simulator]
    verify: "Callable[[Device, Callable[[str], None]], Awaitable[list[Check]]]"
    checked: bool = False
    traces: Callable[[Any], Sequence[bytes]] | None = None
    resyncs: bool = True
    hurry: Mapping[str, Any] = field(default_factory=dict[str, Any])
