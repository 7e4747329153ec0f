"""ZVT over TCP and over a serial line, as the conformance suite and `tillcard devices verify` see them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from devices.conformance.spec import Check, Golden, ProtocolSpec
from devices.device import Device, DeviceError
from devices.payment.config import Timing, terminal_config
from devices.payment.simulator import TerminalSimulator
from devices.payment.terminal import PaymentTerminal
from devices.payment.zvt.apdu import Apdu, ApduDecoder
from devices.payment.zvt.serial_frame import SerialDecoder, encode, frame

PAYMENT: Final = bytes.fromhex(
    "040F772700040000000020400B0004700C2239530D10060E2512170001197022F0F8EEEEEEEEEEEE477129280048692A3130303436313736"
    "332020202020203B36313138303400003CF0F1F447454E2E4E522E3A363131383034490978870470880004708A2E8BF1F74465626974204D"
    "61737465726361726400"
)
WITH_TLV: Final = bytes.fromhex(
    "040F6C2700040000000020400C2109160D11010E999922F0F8EEEEEEEEEEEE4771A00129000000068700050B0000008A068BF1F14D415354"
    "45524341524400062E2F081F1201011F100103601B4307A000000004101044104465626974204D6173746572636172641F2B0410016005"
)
CANCELLED: Final = bytes.fromhex("040F1E276C29280048693CF0F1F941626272756368206475726368204B756E6465")
LINE: Final = bytes.fromhex("06D119005465726D696E616C2D49443A202020203238303034383639")
PORTALUM: Final = "Portalum.Zvt, unit tests, captured: "


def _apdu(whole: bytes) -> Apdu:
    return Apdu(whole[0] << 8 | whole[1], whole[3:])


CAPTURED: Final = (
    (PAYMENT, PORTALUM + "PaymentGood1"),
    (WITH_TLV, PORTALUM + "TlvInfos2"),
    (CANCELLED, PORTALUM + "AbortByKey"),
    (LINE, PORTALUM + "PrintLineTest, line 8"),
    (bytes.fromhex("061E0164"), "Portalum.Zvt, ZvtClientTest: abort with result 64"),
    (bytes.fromhex("060F00"), "Portalum.Zvt, issue 26: log of a PAX A80, captured"),
    (bytes.fromhex("800000"), "Portalum.Zvt, issue 26: log of a PAX A80, captured"),
    (bytes.fromhex("849A00"), "kotlin-zvt-library: refusal of a registration with TLV, as its builder describes it"),
)
FRAMED: Final = "framed by the rule of Portalum.Zvt (SerialPortDeviceCommunication); the message: "


IMPATIENT: Final = Timing(reply=2, answer=5, busy=0.2, recover=5, watch=5)


def impatient(id: str, url: str, options: Mapping[str, Any]) -> Device:
    """The driver for a trial in which no customer takes part."""
    return PaymentTerminal(replace(terminal_config(id, url, options), timing=IMPATIENT))


def impatient_serial(id: str, url: str, options: Mapping[str, Any]) -> Device:
    """The same with the frames of a serial line, which may also come through a device server on TCP."""
    return impatient(id, url, {"protocol": "zvt-serial"} | dict(options))


async def verify(device: Device, say: Callable[[str], None]) -> list[Check]:
    """Nothing is charged: the terminal registers us and is asked for its last receipt, no more."""
    try:
        answer = await device.ask("state", {})
    except DeviceError as error:
        return [Check("last receipt", passed=False, seen=error.code)]
    last = answer["last"]
    return [Check("last receipt", passed=True, seen=f"last transaction: {last or 'it does not tell'}")]


ZVT_TCP: Final = ProtocolSpec(
    name="payment:zvt-tcp",
    title="ZVT card terminal, TCP",
    line="",
    golden=tuple(Golden(whole, (_apdu(whole),), source) for whole, source in CAPTURED),
    decoder=ApduDecoder,
    encode=Apdu.encode,
    device=impatient,
    simulator=TerminalSimulator,
    verify=verify,
    resyncs=False,
)

ZVT_SERIAL: Final = ProtocolSpec(
    name="payment:zvt-serial",
    title="ZVT card terminal, serial",
    line="baud=9600&stop=2",
    golden=tuple(Golden(frame(_apdu(whole)), (_apdu(whole),), FRAMED + source) for whole, source in CAPTURED),
    decoder=SerialDecoder,
    encode=encode,
    device=impatient_serial,
    simulator=lambda: TerminalSimulator(serial=True, baud=9600),
    verify=verify,
    checked=True,
)

SPECS: tuple[ProtocolSpec, ...] = (ZVT_TCP, ZVT_SERIAL)
