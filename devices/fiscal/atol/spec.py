"""ATOL's web server as the conformance suite and `verify` see it: what comes over the wire are HTTP answers."""

from collections.abc import Mapping
from typing import Any

from devices.conformance.spec import Golden, ProtocolSpec
from devices.device import Device
from devices.fiscal.atol.config import atol_config
from devices.fiscal.atol.driver import AtolRegister
from devices.fiscal.atol.simulator import AtolSimulator
from devices.fiscal.http import Decoder, HttpAnswer
from devices.fiscal.verify import verify

CLIENT = "states and status codes as sir-go/atol-client reads them; the HTTP around them is made up"
READY = b'{"results":[{"status":"ready"}]}'


def _golden(status: int, words: str, body: bytes) -> Golden:
    head = f"HTTP/1.1 {status} {words}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    raw = head.encode() + body
    return Golden(raw, (HttpAnswer(status, body, raw),), CLIENT)


def _raw(answer: HttpAnswer) -> bytes:
    return answer.raw


def _device(id: str, url: str, options: Mapping[str, Any]) -> Device:
    return AtolRegister(atol_config(id, url, options))


ATOL = ProtocolSpec(
    name="fiscal:atol",
    title="ATOL fiscal registers behind the web server of their driver",
    line="",
    golden=(
        _golden(200, "OK", READY),
        _golden(409, "Conflict", b"{}"),
        _golden(404, "Not Found", b"{}"),
    ),
    decoder=Decoder,
    encode=_raw,
    device=_device,
    simulator=AtolSimulator,
    verify=verify,
)
