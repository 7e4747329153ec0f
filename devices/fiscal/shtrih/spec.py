"""Shtrih-M, both versions, as the conformance suite and `verify` see them."""

from collections.abc import Mapping
from typing import Any

from devices.conformance.spec import Golden, ProtocolSpec
from devices.device import Device
from devices.fiscal.shtrih import frames1, frames2
from devices.fiscal.shtrih.config import shtrih_config
from devices.fiscal.shtrih.driver import ShtrihRegister
from devices.fiscal.shtrih.frames1 import Control, Message
from devices.fiscal.shtrih.frames2 import Frame
from devices.fiscal.shtrih.simulator import BAUD, ShtrihSimulator1, ShtrihSimulator2
from devices.fiscal.verify import verify

MINI = "captured talk of a Shtrih-MINI-01F, toposhibok.ru"
LOG = "captured: a public log, shtrih-m/fr_drv_ng issue 71"
TEST = "a test of shtrih-m/javapos_shtrih (its check sums)"
SHORT_STATE = bytes.fromhex("101E000000")


def _device1(id: str, url: str, options: Mapping[str, Any]) -> Device:
    return ShtrihRegister(shtrih_config(id, url, {**options, "protocol": 1}))


def _device2(id: str, url: str, options: Mapping[str, Any]) -> Device:
    return ShtrihRegister(shtrih_config(id, url, {**options, "protocol": 2}))


SHTRIH_M1 = ProtocolSpec(
    name="fiscal:shtrih-m1",
    title="Shtrih-M fiscal registers, protocol 1",
    line=f"baud={BAUD}",
    golden=(
        Golden(bytes.fromhex("0205101E0000000B"), (Message(SHORT_STATE),), MINI),
        Golden(
            bytes.fromhex("06021010001EB2020200009FF80000007508 00B6"),
            (Control.ACK, Message(bytes.fromhex("10001EB2020200009FF8000000750800"))),
            MINI,
        ),
    ),
    decoder=frames1.Decoder,
    encode=frames1.encode,
    device=_device1,
    simulator=ShtrihSimulator1,
    verify=verify,
    checked=True,
)

SHTRIH_M2 = ProtocolSpec(
    name="fiscal:shtrih-m2",
    title="Shtrih-M fiscal registers, protocol 2",
    line=f"baud={BAUD}",
    golden=(
        Golden(bytes.fromhex("8F07001A00101E0000004BD0"), (Frame(0x1A, SHORT_STATE),), LOG),
        Golden(bytes.fromhex("8F07001B00101E0000002A68"), (Frame(0x1B, SHORT_STATE),), LOG),
        Golden(bytes.fromhex("8F00000F1D"), (Frame(None),), TEST),
        Golden(bytes.fromhex("8F03000600FCED63"), (Frame(6, b"\xfc"),), TEST),
    ),
    decoder=frames2.Decoder,
    encode=frames2.encode,
    device=_device2,
    simulator=ShtrihSimulator2,
    verify=verify,
    checked=True,
)
