"""Everything of `devices` that reads what others wrote, each with good samples and what a bad answer of it is."""

import contextlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from devices.agent.errors import Refused
from devices.agent.messages import Message, read_request
from devices.conformance.frames import is_sound
from devices.conformance.spec import ProtocolSpec
from devices.labels import gate_check as labels_gate
from devices.labels.zpl.encode import field
from devices.ports.address import port_at
from devices.ports.port import BadAddress
from devices.protocols import PROTOCOLS
from devices.receipt import gate_check as receipt_gate
from devices.receipt.content import receipt_from
from devices.receipt.errors import ReceiptError
from devices.receipt.model import MODELS
from devices.receipt.replies import ReplyParser
from tests.devices.fuzz.inputs import bytes_like, json_like, text_like

PAGE = (Path(__file__).parents[3] / "docs" / "agent-protocol.md").read_text("utf-8")
PRINTERS = tuple(MODELS.values())
WHOLE_LABELS = 16
"""One string in so many goes onto a whole label, in three languages: pictures take long to draw."""
TILL = "0191c5de-0000-7000-8000-000000000001"

Samples = Sequence[bytes]


@dataclass(frozen=True)
class Parser:
    """`read` gets one input and says what is wrong with the answer: nothing (""), "weight", "command" or "value".

    What it raises is a foreign exception.
    """

    name: str
    make: Callable[[Random], Any]
    read: Callable[[Any, Random], str]


def every_parser() -> list[Parser]:
    return [*(of_protocol(spec) for spec in PROTOCOLS.values()), *OTHERS]


def of_protocol(spec: ProtocolSpec) -> Parser:
    """The decoder of what a device says: whatever it accepts stood in the input as a whole frame."""
    samples = [frame.frame for frame in spec.golden]
    bad = "weight" if spec.name.startswith("scale:") else "value"

    def read(data: bytes, chance: Random) -> str:
        cut = chance.randrange(len(data) + 1)
        decoder = spec.decoder()
        values = [*decoder.feed(data[:cut]), *decoder.feed(data[cut:])]
        return "" if not values or spec.encode is None or is_sound(spec, values, data) else bad

    return Parser(spec.name, partial(bytes_like, samples), read)


def _replies(data: bytes, chance: Random) -> str:
    ReplyParser().feed(data)
    return ""


def _content(text: bytes, chance: Random) -> str:
    with contextlib.suppress(ReceiptError, ValueError):
        content = json.loads(text)
        if isinstance(content, Mapping):
            receipt_from(content)
    return ""


def _message(text: bytes, chance: Random) -> str:
    with contextlib.suppress(Refused):
        read_request(Message(text.decode("utf-8", "replace")), chance.choice((None, TILL)))
    return ""


def _address(data: bytes, chance: Random) -> str:
    with contextlib.suppress(BadAddress):
        port_at(data.decode("latin-1"))
    return ""


def _gate(text: str, chance: Random) -> str:
    return "command" if receipt_gate.foreign_commands(text, chance.choice(PRINTERS)) else ""


def _labels(text: str, chance: Random) -> str:
    written = field(text)
    if any(sign in written for sign in "^~\r\n\x1b"):
        return "command"
    whole = chance.randrange(WHOLE_LABELS) == 0
    return "command" if whole and labels_gate.foreign_commands(text) else ""


RECEIPT = {
    "language": "ru",
    "drawer": True,
    "lines": [
        {"kind": "text", "text": "Лавка", "align": "center", "bold": True, "size": 2},
        {"kind": "pair", "left": "Молоко 1 л", "right": "129.90"},
        {"kind": "rule"},
        {"kind": "barcode", "symbology": "ean13", "data": "4601234567893"},
        {"kind": "qr", "data": "https://example.org/1"},
        {"kind": "feed", "lines": 1},
        {"kind": "cut"},
    ],
}
SPOKEN = [line[2:].encode() for line in re.findall(r"^→ .*$", PAGE, re.M)]
REPLIES = [
    b"\x12",
    b"\x16",
    b"\x10\x00\x00\x00",
    b"\x1c\x08\x0f\x00",
    b"\x00",
    b"\x0f",
    b"_TM-T88\x00",
    b'7"abcd\x00',
    b"\x11",
]
ADDRESSES = [
    b"tcp://192.168.1.50:9100",
    b"serial:///dev/ttyS0?baud=19200&parity=E&bits=7&dtr=off",
    b"serial:COM3?baud=9600",
]

OTHERS = [
    Parser("reply parser", partial(bytes_like, REPLIES), _replies),
    Parser("receipt content", partial(json_like, [json.dumps(RECEIPT).encode()]), _content),
    Parser("agent messages", partial(json_like, SPOKEN), _message),
    Parser("port addresses", partial(bytes_like, ADDRESSES), _address),
    Parser("text gate", partial(text_like, ()), _gate),
    Parser("label text", partial(text_like, ()), _labels),
]
