"""Where a device is, as one line of configuration.

tcp://192.168.1.50:9100
serial:///dev/ttyUSB0?baud=19200&parity=E&bits=7&stop=1&dtr=off&rts=on&flow=rtscts
serial:COM3?baud=9600
"""

from urllib.parse import parse_qs, urlsplit

from devices.ports.port import BadAddress, Port
from devices.ports.serial_port import Line, SerialPort
from devices.ports.tcp import TcpPort

SWITCH = {"on": True, "off": False}
PRINTER_TCP_PORT = 9100


def port_at(address: str, *, open_timeout: float = 3.0) -> Port:
    """The port at an address; nothing is opened yet. Raises `BadAddress`."""
    try:
        parts = urlsplit(address)
        if parts.scheme == "tcp" and parts.hostname:
            return TcpPort(parts.hostname, parts.port or PRINTER_TCP_PORT, open_timeout=open_timeout)
        if parts.scheme == "serial" and parts.path:
            return SerialPort(parts.path, _line(parts.query), open_timeout=open_timeout)
    except (ValueError, KeyError) as error:
        raise BadAddress(f"{address}: {error}") from error
    raise BadAddress(address)


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
