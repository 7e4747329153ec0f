"""Printers behind USB, behind the kernel's driver and behind a print queue: no USB is here, so each stands on a simulator."""

import asyncio
import contextlib
import os
import stat
import tty

import pytest

from devices.device import Ending, Health, Outcome, Power
from devices.options import BadOption
from devices.ports.address import port_at
from devices.ports.backoff import Backoff
from devices.ports.cups import CupsPort
from devices.ports.lp import LpPort
from devices.ports.port import BadAddress, PortLost, PortUnavailable
from devices.ports.usb import UsbPort
from devices.receipt.config import PrinterConfig, printer_config
from devices.receipt.model import PAPER_80
from devices.receipt.printer import ReceiptPrinter
from devices.receipt.simulator import PrinterSimulator
from tests.devices.ports.usb_bus import UsbBus
from tests.devices.receipt.builders import PATIENT, Shop, a_receipt

EPSON = (0x04B8, 0x0E15)


@contextlib.asynccontextmanager
async def a_shop_on(port, simulator, config=None):
    config = config or PrinterConfig("front", port.name, PAPER_80, PATIENT)
    printer = ReceiptPrinter(config, port=port, backoff=Backoff(0.05, 0.2))
    shop = Shop(simulator, printer, port.name)
    owner = asyncio.create_task(printer.run(shop.changed, lambda said: None))
    try:
        async with asyncio.timeout(60):
            await shop.until_ready()
            yield shop
    finally:
        owner.cancel()
        await asyncio.gather(owner, return_exceptions=True)
        await simulator.stop()


async def test_a_receipt_over_usb_is_done_and_the_kernels_driver_gets_the_printer_back():
    simulator = PrinterSimulator(baud=0)
    bus = UsbBus(await simulator.start_tcp())

    async with a_shop_on(UsbPort(*EPSON, backend=bus), simulator) as shop:
        assert await shop.print(a_receipt(drawer=True)) == Ending(Outcome.DONE)
        assert await shop.print(a_receipt()) == Ending(Outcome.DONE)
        assert bus.log == ["detach", "claim"]

    assert bus.log == ["detach", "claim", "release", "attach"]
    assert bus.kernel
    assert len(simulator.receipts) == 2
    assert len(simulator.kicks) == 1


async def test_a_usb_printer_that_is_unplugged_is_lost_and_found_again():
    simulator = PrinterSimulator(baud=0)
    address = await simulator.start_tcp()
    bus = UsbBus(address)

    async with a_shop_on(UsbPort(*EPSON, "X1", backend=bus), simulator) as shop:
        bus.addresses.clear()
        await shop.until_state(Health.CANNOT_WORK, "printer.offline")
        assert shop.printer.state.power is Power.OFFLINE

        bus.addresses.append(address)
        await shop.until_ready()
        assert (await shop.print(a_receipt())).outcome is Outcome.DONE


@pytest.mark.parametrize(
    ("serial", "devices", "busy"), [("", 0, False), ("", 2, False), ("X9", 2, False), ("X1", 1, True)]
)
async def test_a_usb_printer_that_is_not_there_not_the_only_one_or_taken_is_unavailable(serial, devices, busy):
    bus = UsbBus(*["tcp://127.0.0.1:9"] * devices)
    bus.busy = busy

    with pytest.raises(PortUnavailable):
        await UsbPort(*EPSON, serial, backend=bus).open()

    assert bus.log in ([], ["detach", "attach"])


async def test_a_usb_printer_that_cannot_answer_takes_bytes_and_brings_none():
    simulator = PrinterSimulator(baud=0)
    bus = UsbBus(await simulator.start_tcp(), one_way=True)
    port = UsbPort(*EPSON, backend=bus)
    await port.open()

    port.feed(b"Milk\n" * 2000)
    assert await port.flush(10)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await port.read()

    await port.close()
    await simulator.until(lambda printer: len(printer.received) == 10_000)
    await simulator.stop()


async def test_without_libusb_a_usb_printer_is_unavailable_and_nothing_else_breaks(monkeypatch):
    monkeypatch.setattr("usb.backend.libusb1.get_backend", lambda *how: None)
    monkeypatch.setattr("usb.backend.libusb0.get_backend", lambda *how: None)
    monkeypatch.setattr("usb.backend.openusb.get_backend", lambda *how: None)

    with pytest.raises(PortUnavailable):
        await UsbPort(*EPSON).open()


async def test_a_receipt_through_a_character_device_is_done():
    simulator = PrinterSimulator()
    path = (await simulator.start_pty()).removeprefix("serial:").partition("?")[0]

    async with a_shop_on(LpPort(path), simulator) as shop:
        assert await shop.print(a_receipt()) == Ending(Outcome.DONE)


async def test_a_character_device_takes_and_gives_at_the_same_time_and_its_loss_is_told():
    near, far = os.openpty()
    tty.setraw(far)
    port = LpPort(os.ttyname(far))
    await port.open()
    port.feed(bytes(100_000))
    assert not await port.flush(0.2)  # nobody takes it
    os.write(near, b"\x12")
    assert await port.read() == b"\x12"
    got = 0
    while got < 100_000:
        got += len(await asyncio.to_thread(os.read, near, 65536))
    assert await port.flush(10)

    os.close(far)
    os.close(near)

    with pytest.raises(PortLost):
        await port.read()
    await port.close()


async def test_a_file_is_no_printer(tmp_path):
    (tmp_path / "lp0").write_bytes(b"")

    for path in (tmp_path / "lp0", tmp_path / "absent"):
        with pytest.raises(PortUnavailable):
            await LpPort(str(path)).open()
    assert (tmp_path / "lp0").read_bytes() == b""


@pytest.fixture
def queue(tmp_path, monkeypatch):
    """Stand-ins for `lp` and `lpstat`: jobs become files, a file says how the queue is."""
    programs = {
        "lp": f'cat > {tmp_path}/job.$$; printf "%s\\n" "$*" > {tmp_path}/asked; exit $(cat {tmp_path}/code)',
        "lpstat": f"cat {tmp_path}/state; grep -q printer {tmp_path}/state",
    }
    for name, script in programs.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "state").write_text("printer till is idle.  enabled since Sat\n")
    (tmp_path / "code").write_text("0")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


async def test_a_receipt_through_a_queue_is_one_raw_job_and_nothing_is_promised(queue):
    config = printer_config("front", "cups://till", {})

    async with a_shop_on(CupsPort("till", open_timeout=10), PrinterSimulator(), config) as shop:
        ended = await shop.print(a_receipt())

        assert ended == Ending(Outcome.SENT_UNCONFIRMED)
        assert shop.printer.state.power is Power.UNKNOWN
    (job,) = queue.glob("job.*")
    assert b"Corner shop" in job.read_bytes()
    assert b"\x1dr" not in job.read_bytes()
    assert (queue / "asked").read_text() == "-d till -o raw -t Tillcard -s\n"


async def test_a_queue_that_is_stopped_or_gone_is_unavailable_and_one_that_refuses_is_lost(queue):
    for state in ("printer till disabled since Sat -\n", "lpstat: Invalid destination name in list\n"):
        (queue / "state").write_text(state)
        with pytest.raises(PortUnavailable):
            await CupsPort("till", open_timeout=10).open()
    (queue / "state").write_text("printer till is idle.\n")
    port = CupsPort("till", open_timeout=10)
    await port.open()
    (queue / "code").write_text("1")
    port.feed(b"x")

    with pytest.raises(PortLost):
        await port.flush(10)
    with pytest.raises(PortLost):
        await port.read()
    await port.close()


async def test_without_a_print_service_a_queue_is_unavailable(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(PortUnavailable):
        await CupsPort("till").open()


def test_a_queue_never_promises_what_it_cannot_know():
    with pytest.raises(BadOption):
        printer_config("front", "cups://till", {"answers": True})


@pytest.mark.parametrize("address", ["usb://04b8:0e15", "usb://04b8:0e15/X1", "lp:///dev/usb/lp0", "cups://till-1"])
def test_an_address_names_its_port(address):
    assert port_at(address).name == address


@pytest.mark.parametrize(
    "address",
    ["usb://1", "usb://04b8", "usb://04b8:xyz1", "lp://dev/usb/lp0", "lp:", "cups://", "cups://-d", "cups://a/b"],
)
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(BadAddress):
        port_at(address)
