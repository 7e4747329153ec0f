"""A USB bus without USB: a backend of pyusb's own kind, whose printer is a simulator on a socket."""

import errno
import socket
from types import SimpleNamespace

import usb.core
from usb.backend import IBackend

OUT, IN = 0x01, 0x82
PACKET = 64


class UsbBus(IBackend):
    """One printer of 04b8:0e15 with the serial number "X1" per address given (host and port of its simulator).

    `kernel`: the kernel's driver has it. `busy`: another program has it. `one_way`: it has no endpoint for answers.
    `log`: what was done to the device, in order.
    """

    def __init__(self, *addresses: str, kernel: bool = True, one_way: bool = False) -> None:
        self.addresses = list(addresses)
        self.kernel, self.one_way, self.busy = kernel, one_way, False
        self.log: list[str] = []
        self.lines: dict[int, socket.socket] = {}
        self.reads = 0

    def enumerate_devices(self):
        return iter(range(len(self.addresses)))

    def get_parent(self, dev):
        return None

    def get_device_descriptor(self, dev):
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=0x04B8, idProduct=0x0E15, bcdDevice=0x100, iManufacturer=0, iProduct=0,
            iSerialNumber=1, bNumConfigurations=1, address=dev + 2, bus=1, port_number=dev, port_numbers=(dev,), speed=2,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev, config):
        if config:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1, iConfiguration=0,
            bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, dev, intf, alt, config):
        if intf or alt or config:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=1 if self.one_way else 2,
            bInterfaceClass=7, bInterfaceSubClass=1, bInterfaceProtocol=1 if self.one_way else 2, iInterface=0,
            extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev, ep, intf, alt, config):
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=(OUT, IN)[ep], bmAttributes=2, wMaxPacketSize=PACKET, bInterval=0,
            bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    def open_device(self, dev):
        return dev

    def close_device(self, dev_handle):
        pass

    def set_configuration(self, dev_handle, config_value):
        self.log.append("configure")

    def get_configuration(self, dev_handle):
        return 1

    def set_interface_altsetting(self, dev_handle, intf, altsetting):
        self.log.append("alternate")

    def claim_interface(self, dev_handle, intf):
        if self.kernel or self.busy:
            raise usb.core.USBError("Resource busy", errno=errno.EBUSY)
        host, port = self.addresses[dev_handle].removeprefix("tcp://").split(":")
        self.lines[dev_handle] = socket.create_connection((host, int(port)), timeout=5)
        self.log.append("claim")

    def release_interface(self, dev_handle, intf):
        line = self.lines.pop(dev_handle, None)
        if line is not None:
            line.close()
            self.log.append("release")

    def is_kernel_driver_active(self, dev_handle, intf):
        return self.kernel

    def detach_kernel_driver(self, dev_handle, intf):
        self.kernel = False
        self.log.append("detach")

    def attach_kernel_driver(self, dev_handle, intf):
        self.kernel = True
        self.log.append("attach")

    def bulk_write(self, dev_handle, ep, intf, data, timeout):
        assert ep == OUT
        self._there()
        try:
            self.lines[dev_handle].settimeout(timeout / 1000)
            return self.lines[dev_handle].send(bytes(data))
        except TimeoutError:
            raise usb.core.USBTimeoutError("timed out", errno=errno.ETIMEDOUT) from None
        except OSError:
            raise usb.core.USBError("Input/Output Error", errno=errno.EIO) from None

    def bulk_read(self, dev_handle, ep, intf, buff, timeout):
        """One byte at a time, an empty packet before each: printers do such things."""
        assert ep == IN
        self._there()
        self.reads += 1
        if self.reads % 2:
            return 0
        line = self.lines[dev_handle]
        try:
            line.settimeout(timeout / 1000)
            data = line.recv(1)
        except TimeoutError:
            raise usb.core.USBTimeoutError("timed out", errno=errno.ETIMEDOUT) from None
        except OSError:
            data = b""
        if not data:
            raise usb.core.USBError("No such device", errno=errno.ENODEV)
        buff[0:1] = type(buff)("B", data)
        return 1

    def ctrl_transfer(self, dev_handle, bmRequestType, bRequest, wValue, wIndex, data, timeout):
        texts = {0: b"\x09\x04", 1: f"X{dev_handle + 1}".encode("utf-16-le")}
        answer = bytes([2 + len(texts[wValue & 0xFF]), 3]) + texts[wValue & 0xFF]
        data[: len(answer)] = type(data)("B", answer)
        return len(answer)

    def _there(self) -> None:
        if not self.addresses:
            raise usb.core.USBError("No such device", errno=errno.ENODEV)
