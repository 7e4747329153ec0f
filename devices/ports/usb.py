"""A USB printer through pyusb and libusb, without the kernel's driver: its bulk endpoints as a port.

Source: USB Device Class Definition for Printing Devices 1.1 (interface class 7; bulk out, on most models bulk in).
"""

# pyusb has no types: what it gives is `Any` here.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import contextlib
import time
from dataclasses import dataclass
from typing import Any

import usb.core
import usb.util
from usb.backend import IBackend

from devices.ports.threaded import POLL_SECONDS, ThreadedPort

PRINTER, VENDOR_SPECIFIC = 7, 255
BULK, TYPE_MASK, IN = 2, 3, 0x80
TIMEOUT = int(POLL_SECONDS * 1000)
MOST_AT_ONCE = 4096
EMPTY_PAUSE = 0.02
"""After an empty packet: some printers answer each read with one until they have something to say."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An interface that is ours until it is given back. `back` is None where the printer cannot answer.

    `released`: the kernel's driver had it, and gets it back.
    """

    device: Any
    interface: int
    out: int
    back: int | None
    packet: int
    released: bool


class UsbPort(ThreadedPort[Claimed]):
    """The printer with these ids, and this serial number if it is given. `backend` is libusb unless told otherwise."""

    errors = (usb.core.USBError, usb.core.NoBackendError, OSError)

    def __init__(
        self,
        vendor: int,
        product: int,
        serial: str = "",
        *,
        open_timeout: float = 3.0,
        backend: IBackend | None = None,
    ) -> None:
        super().__init__(f"usb://{vendor:04x}:{product:04x}{'/' if serial else ''}{serial}", open_timeout)
        self._vendor, self._product, self._serial, self._backend = vendor, product, serial, backend

    def open_now(self) -> Claimed:
        device = self._find()
        configuration = _configured(device)
        interface = _printing_interface(configuration)
        out, back = _endpoints(interface)
        number = int(interface.bInterfaceNumber)
        released = _release_kernel_driver(device, number)
        try:
            usb.util.claim_interface(device, number)
            if interface.bAlternateSetting:
                device.set_interface_altsetting(number, interface.bAlternateSetting)
        except usb.core.USBError:
            _give_back(device, number, released)
            raise
        address = None if back is None else int(back.bEndpointAddress)
        packet = 0 if back is None else int(back.wMaxPacketSize)
        return Claimed(device, number, int(out.bEndpointAddress), address, packet, released)

    def read_some(self, opened: Claimed) -> bytes:
        if opened.back is None:
            time.sleep(POLL_SECONDS)
            return b""
        try:
            data = bytes(opened.device.read(opened.back, max(512, opened.packet), TIMEOUT))
        except usb.core.USBTimeoutError:
            return b""
        if not data:
            time.sleep(EMPTY_PAUSE)
        return data

    def write_some(self, opened: Claimed, data: bytes) -> int:
        try:
            return int(opened.device.write(opened.out, data[:MOST_AT_ONCE], TIMEOUT))
        except usb.core.USBTimeoutError:  # nothing was taken; what was taken in part is returned as a count
            return 0

    def close_now(self, opened: Claimed) -> None:
        with contextlib.suppress(usb.core.USBError):
            usb.util.release_interface(opened.device, opened.interface)
        _give_back(opened.device, opened.interface, opened.released)

    def _find(self) -> Any:
        """Raises `OSError` if it is not there, or not the only one."""
        found: list[Any] = list(
            usb.core.find(find_all=True, idVendor=self._vendor, idProduct=self._product, backend=self._backend) or ()
        )
        if self._serial:
            found = [device for device in found if _serial_number(device) == self._serial]
        if len(found) != 1:
            raise OSError("not plugged in" if not found else "there are several; add /serial number to the address")
        return found[0]


def _serial_number(device: Any) -> str | None:
    try:
        return device.serial_number
    except (usb.core.USBError, ValueError):  # no permission, or no language in its strings
        return None


def _configured(device: Any) -> Any:
    """Its active configuration; choosing one anew would disturb what is on."""
    try:
        return device.get_active_configuration()
    except usb.core.USBError:
        device.set_configuration()
        return device.get_active_configuration()


def _printing_interface(configuration: Any) -> Any:
    """The printer's interface, the one that answers before one that does not. Raises `OSError`."""
    usable = [
        interface
        for interface in configuration
        if interface.bInterfaceClass in (PRINTER, VENDOR_SPECIFIC) and _endpoints(interface)[0] is not None
    ]
    usable.sort(key=lambda each: (each.bInterfaceClass != PRINTER, _endpoints(each)[1] is None, each.bAlternateSetting))
    if not usable:
        raise OSError("no printer: no interface takes bytes")
    return usable[0]


def _endpoints(interface: Any) -> tuple[Any, Any]:
    """Bulk out and bulk in; None where there is none."""
    bulk = [each for each in interface if each.bmAttributes & TYPE_MASK == BULK]
    out = next((each for each in bulk if not each.bEndpointAddress & IN), None)
    return out, next((each for each in bulk if each.bEndpointAddress & IN), None)


def _release_kernel_driver(device: Any, interface: int) -> bool:
    """True if the kernel's driver had it and has let it go. Not every system has such a thing."""
    try:
        if not device.is_kernel_driver_active(interface):
            return False
        device.detach_kernel_driver(interface)
    except NotImplementedError:
        return False
    return True


def _give_back(device: Any, interface: int, released: bool) -> None:
    """Never raises: a printer that is unplugged has nobody to be given back to."""
    if released:
        with contextlib.suppress(usb.core.USBError):
            device.attach_kernel_driver(interface)
    with contextlib.suppress(usb.core.USBError):
        usb.util.dispose_resources(device)
