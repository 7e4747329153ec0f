"""Where a device is, as one line of configuration.

tcp://192.168.1.50:9100
serial:///dev/ttyUSB0?baud=19200&parity=E&bits=7&stop=1&dtr=off&rts=on&flow=rtscts
serial:COM3?baud=9600
hid:/dev/hidraw0
usb://04b8:0e15, usb://04b8:0e15/serial-number
lp:///dev/usb/lp0
cups://queue
serial:usb:1a86:7523?baud=9600     wherever it is plugged in, see `devices.ports.plugged`
"""

import re
import sys
from urllib.parse import parse_qs, unquote, urlsplit

from devices.ports.cups import QUEUE, CupsPort
from devices.ports.hidraw import HidrawPort
from devices.ports.lp import LpPort
from devices.ports.port import BadAddress, Port
from devices.ports.serial_port import Line, SerialPort
from devices.ports.tcp import TcpPort
from devices.ports.usb import UsbPort

SWITCH = {"on": True, "off": False}
PRINTER_TCP_PORT = 9100
USB_IDS = re.compile("([0-9a-f]{4}):([0-9a-f]{4})", re.IGNORECASE)


def port_at(address: str, *, open_timeout: float = 3.0) -> Port:
    """The port at an address; nothing is opened yet. Raises `BadAddress`."""
    try:
        parts = urlsplit(address)
        match parts.scheme:
            case "tcp" if parts.hostname:
                return TcpPort(parts.hostname, parts.port or PRINTER_TCP_PORT, open_timeout=open_timeout)
            case "serial" if parts.path:
                return SerialPort(parts.path, _line(parts.query), open_timeout=open_timeout)
            case "usb" if ids := USB_IDS.fullmatch(parts.netloc):
                vendor, product = (int(each, 16) for each in ids.groups())
                return UsbPort(vendor, product, unquote(parts.path.strip("/")), open_timeout=open_timeout)
            case "hid" if parts.path:
                return _hid(parts.path)
            case "lp" if parts.path.startswith("/") and not parts.netloc:
                return LpPort(parts.path, open_timeout=open_timeout)
            case "cups" if QUEUE.fullmatch(parts.netloc) and not parts.path:
                return CupsPort(parts.netloc, open_timeout=open_timeout)
            case _:
                pass
    except (ValueError, KeyError) as error:
        raise BadAddress(f"{address}: {error}") from error
    raise BadAddress(address)


def _hid(path: str) -> HidrawPort:
    if sys.platform != "linux":
        raise BadAddress(f"hid:{path}: HID devices are read on Linux only; set the device to USB serial (CDC) instead")
    return HidrawPort(path)


def _line(query: str) -> Line:
    given = {name: values[-1] for name, values in parse_qs(query, strict_parsing=bool(query)).items()}
    unknown = given.keys() - {"baud", "bits", "parity", "stop", "dtr", "rts", "flow"}
    if unknown:
        raise ValueError(f"unknown setting {', '.join(sorted(unknown))}")
    flow = given.get("flow", "none")
    if flow not in ("none", "rtscts", "xonxoff"):
        raise ValueError(f"unknown flow control {flow}")
    return Line(
        baud=int(given.get("baud", "9600")),
        bits=int(given.get("bits", "8")),
        parity=given.get("parity", "N").upper(),
        stop_bits=float(given.get("stop", "1")),
        dtr=SWITCH[given["dtr"]] if "dtr" in given else None,
        rts=SWITCH[given["rts"]] if "rts" in given else None,
        xonxoff=flow == "xonxoff",
        rtscts=flow == "rtscts",
    )
