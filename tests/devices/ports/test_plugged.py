"""Devices by names that stay when they are plugged in elsewhere."""

import pytest
from serial.tools.list_ports_common import ListPortInfo

from devices.ports.plugged import hid_devices, node_of, serial_ports, usb_printers


def a_port(node: str, vid: int | None = None, pid: int | None = None, serial: str | None = None) -> ListPortInfo:
    port = ListPortInfo(node)
    port.vid, port.pid, port.serial_number, port.description = vid, pid, serial, "USB Serial"
    return port


BUILT_IN = a_port("/dev/ttyS0")
SCALE = a_port("/dev/ttyUSB0", 0x1A86, 0x7523)
PRINTER = a_port("/dev/ttyUSB1", 0x067B, 0x23A3, "AB/1:2")


def test_a_usb_port_is_named_by_maker_product_and_serial_number():
    listed = serial_ports([BUILT_IN, SCALE, PRINTER])

    assert [thing.address for thing in listed] == [
        "serial:/dev/ttyS0",
        "serial:usb:1a86:7523",
        "serial:usb:067b:23a3:AB%2F1%3A2",
    ]


def test_every_name_that_is_listed_leads_back_to_its_port():
    ports = [BUILT_IN, SCALE, PRINTER]

    for thing, port in zip(serial_ports(ports), ports, strict=True):
        assert node_of(thing.address.removeprefix("serial:"), lambda: ports) == port.device


def test_two_alike_are_told_apart_by_their_sockets(tmp_path):
    twin = a_port("/dev/ttyUSB2", 0x1A86, 0x7523)
    (tmp_path / "pci-0000:00:14.0-usb-0:1:1.0-port0").symlink_to("/dev/ttyUSB2")

    listed = serial_ports([SCALE, twin], by_path=tmp_path)

    assert [thing.address for thing in listed] == [
        "serial:/dev/ttyUSB0",
        f"serial:{tmp_path}/pci-0000:00:14.0-usb-0:1:1.0-port0",
    ]
    with pytest.raises(LookupError, match="plugged in 2 times"):
        node_of("usb:1a86:7523", lambda: [SCALE, twin])


def test_what_moved_is_found_and_what_is_gone_is_said():
    moved = a_port("/dev/ttyUSB7", 0x1A86, 0x7523)

    assert node_of("usb:1A86:7523", lambda: [moved]) == "/dev/ttyUSB7"
    with pytest.raises(LookupError, match="not plugged in"):
        node_of("usb:1a86:7523", lambda: [PRINTER])


def test_hid_devices_and_usb_printers_are_listed_as_the_kernel_names_them(tmp_path):
    hid, printer = tmp_path / "hid" / "hidraw0" / "device", tmp_path / "usb" / "lp0" / "device"
    hid.mkdir(parents=True)
    printer.mkdir(parents=True)
    (hid / "uevent").write_text("DRIVER=hid-generic\nHID_ID=0003:00000C2E:00000B81\nHID_NAME=Honeywell Scanner\n")
    (printer / "ieee1284_id").write_text("MFG:EPSON;CMD:ESC/POS;MDL:TM-T20;CLS:PRINTER;")

    assert [(thing.node, thing.what) for thing in hid_devices(tmp_path / "hid")] == [
        ("/dev/hidraw0", "Honeywell Scanner (0c2e:0b81)"),
    ]
    assert [(thing.node, thing.what) for thing in usb_printers(tmp_path / "usb")] == [("/dev/usb/lp0", "EPSON TM-T20")]
