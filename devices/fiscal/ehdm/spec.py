"""e-HDM as the conformance suite and `verify` see it: what comes over the wire are HTTP answers."""

from collections.abc import Mapping
from typing import Any

from devices.conformance.spec import Golden, ProtocolSpec
from devices.device import Device
from devices.fiscal.ehdm.config import Timing, ehdm_config
from devices.fiscal.ehdm.driver import EhdmRegister
from devices.fiscal.ehdm.simulator import CRN, OPERATOR, EhdmSimulator
from devices.fiscal.http import Decoder, HttpAnswer
from devices.fiscal.verify import verify

COMPOSED = "composed: the envelope as four open clients read it; the HTTP around it is made up"
PATH = "/taxsystem-rs-vcr/api/v1.0"
SIMULATED: dict[str, Any] = {"crn": CRN, "operator": OPERATOR, "department": 1, "classifier": "2201"}
"""The set-up for the simulated service, where no other is given."""

BRIEF = Timing(open=5.0, reply=3.0)
"""Only questions are asked."""


def _golden(body: bytes) -> Golden:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    raw = head.encode() + body
    return Golden(raw, (HttpAnswer(200, body, raw),), COMPOSED)


def _raw(answer: HttpAnswer) -> bytes:
    return answer.raw


def _device(id: str, url: str, options: Mapping[str, Any]) -> Device:
    """A simulator tells its address as tcp://."""
    if url.startswith("tcp:"):
        url = "http:" + url.removeprefix("tcp:") + PATH
    return EhdmRegister(ehdm_config(id, url, SIMULATED | dict(options), BRIEF))


EHDM = ProtocolSpec(
    name="fiscal:e-hdm",
    title="e-HDM, the Armenian tax service's electronic register",
    line="",
    golden=(_golden(b'{"code":0,"message":"OK"}'), _golden(b'{"code":104,"message":"INVALID_SEQ"}')),
    decoder=Decoder,
    encode=_raw,
    device=_device,
    simulator=EhdmSimulator,
    verify=verify,
)
