"""What the system knows of plugged-in devices, without opening any: stable addresses, and the node they are now.

`serial:usb:1a86:7523` is a USB serial port by maker and product, `serial:usb:067b:23a3:ABC123` by its serial number too:
it is found wherever it is plugged in. `/dev/serial/by-path/…` is a socket of the computer, whatever is plugged into it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from serial.tools.list_ports import comports

USB = "usb:"
BY_PATH = Path("/dev/serial/by-path")
HIDRAW = Path("/sys/class/hidraw")
USB_PRINTERS = Path("/sys/class/usbmisc")


@dataclass(frozen=True, slots=True)
class Plugged:
    """`address` for the configuration, `node` where it is now, `what` the system says of it."""

    address: str
    node: str
    what: str


def plugged() -> list[Plugged]:
    """Serial ports, HID devices and USB printers."""
    return [*serial_ports(comports()), *hid_devices(HIDRAW), *usb_printers(USB_PRINTERS)]


def serial_ports(found: Iterable[Any], by_path: Path = BY_PATH) -> list[Plugged]:
    """`found` as pyserial lists them; one of two alike without serial numbers is told by its socket."""
    ports = list(found)
    names = [_usb_name(port) for port in ports]
    sockets = {link.resolve().name: str(link) for link in by_path.glob("*")} if by_path.is_dir() else {}
    listed: list[Plugged] = []
    for port, name in zip(ports, names, strict=True):
        socket = sockets.get(Path(port.device).name)
        unique = name is not None and names.count(name) == 1
        where = name if name is not None and unique else socket or port.device
        listed.append(Plugged(f"serial:{where}", port.device, str(port.description)))
    return listed


def node_of(path: str, ports: Callable[[], Iterable[Any]] = comports) -> str:
    """Where a serial port is now. Raises `LookupError` if nothing, or more than one thing, answers to the name."""
    if not path.startswith(USB):
        return path
    wanted = [part.lower() for part in path.removeprefix(USB).split(":", 2)]
    nodes = [port.device for port in ports() if _answers_to(port, wanted)]
    if not nodes:
        raise LookupError(f"{path} is not plugged in")
    if len(nodes) > 1:
        raise LookupError(f"{path} is plugged in {len(nodes)} times: name its serial number or its socket (by-path)")
    return nodes[0]


def hid_devices(folder: Path) -> list[Plugged]:
    """Linux: `/dev/hidraw*` with the names that the devices gave themselves."""
    listed: list[Plugged] = []
    for entry in sorted(folder.glob("hidraw*")):
        told = dict(line.split("=", 1) for line in _text(entry / "device" / "uevent").splitlines() if "=" in line)
        node = f"/dev/{entry.name}"
        _, maker, product = (told.get("HID_ID", "") + "::").split(":")[:3]
        what = f"{told.get('HID_NAME', 'HID device')} ({maker[-4:].lower()}:{product[-4:].lower()})"
        listed.append(Plugged(f"hid:{node}", node, what))
    return listed


def usb_printers(folder: Path) -> list[Plugged]:
    """Linux: `/dev/usb/lp*` with what the printers say of themselves (IEEE 1284)."""
    listed: list[Plugged] = []
    for entry in sorted(folder.glob("lp*")):
        node = f"/dev/usb/{entry.name}"
        told = dict(part.split(":", 1) for part in _text(entry / "device" / "ieee1284_id").split(";") if ":" in part)
        listed.append(Plugged(f"lp:{node}", node, f"{told.get('MFG', '')} {told.get('MDL', 'printer')}".strip()))
    return listed


def _usb_name(port: Any) -> str | None:
    if port.vid is None or port.pid is None:
        return None
    serial = f":{quote(port.serial_number, safe='')}" if port.serial_number else ""
    return f"{USB}{port.vid:04x}:{port.pid:04x}{serial}"


def _answers_to(port: Any, wanted: list[str]) -> bool:
    if port.vid is None or port.pid is None or [f"{port.vid:04x}", f"{port.pid:04x}"] != wanted[:2]:
        return False
    return len(wanted) < 3 or unquote(wanted[2]).lower() == (port.serial_number or "").lower()


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
