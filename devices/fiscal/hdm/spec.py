"""HDM as the conformance suite and `verify` see it."""

from collections.abc import Mapping
from typing import Any

from devices.conformance.spec import Golden, ProtocolSpec
from devices.device import Device
from devices.fiscal.hdm.config import Timing, hdm_config
from devices.fiscal.hdm.driver import HdmRegister
from devices.fiscal.hdm.frames import Answer, Decoder, encode
from devices.fiscal.hdm.machine import CRN, OPERATOR, PASSWORD, PIN
from devices.fiscal.hdm.simulator import HdmSimulator
from devices.fiscal.verify import verify

COMPOSED = "composed after the tables of manual 0.7.3 and the header in a test of lobotomoe/hdm-am"
CIPHER_TEXT = bytes.fromhex("74375fcb9fd47be3d0d853569f29c41a")
"""`{"seq":1}` under the key of the manual's example password 1234ABCD: made by two libraries in lobotomoe/hdm-am."""
SIMULATED: dict[str, Any] = {
    "crn": CRN,
    "operator": OPERATOR,
    "password": PASSWORD,
    "pin": PIN,
    "department": 1,
    "classifier": "56.10",
}
"""The set-up of the simulated register, where no other is given."""

BRIEF = Timing(open=3.0, answer=3.0)
"""Only questions are asked."""


def _device(id: str, url: str, options: Mapping[str, Any]) -> Device:
    return HdmRegister(hdm_config(id, url, SIMULATED | dict(options), BRIEF))


HDM = ProtocolSpec(
    name="fiscal:hdm",
    title="HDM, the Armenian cash register",
    line="",
    golden=(
        Golden(
            bytes.fromhex("0005020210 00C8 0010 0000") + CIPHER_TEXT,
            (Answer(5, b"\x02\x02\x10", 200, CIPHER_TEXT),),
            COMPOSED,
        ),
        Golden(bytes.fromhex("0007010100 0091 0000 0000"), (Answer(7, b"\x01\x01\x00", 145),), COMPOSED),
    ),
    decoder=Decoder,
    encode=encode,
    device=_device,
    simulator=HdmSimulator,
    verify=verify,
    resyncs=False,
)
