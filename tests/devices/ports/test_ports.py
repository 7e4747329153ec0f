"""Ports on real sockets and ptys: bytes both ways, and errors that say what happened."""

import asyncio
import contextlib
import os
import termios
import tty

import pytest

from devices.ports.address import port_at
from devices.ports.backoff import Backoff
from devices.ports.port import BadAddress, PortLost, PortUnavailable
from devices.ports.serial_port import Line, SerialPort
from devices.ports.tcp import TcpPort


@pytest.fixture
def line():
    """Both ends of a serial line: the near descriptor and the path of the far end."""
    near, far = os.openpty()
    tty.setraw(far)
    yield near, os.ttyname(far)
    for end in (near, far):
        os.close(end)


async def test_a_tcp_port_carries_bytes_both_ways_and_notices_the_end():
    async def echo_once(reader, writer):
        writer.write(await reader.readexactly(5))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo_once, "127.0.0.1", 0)
    port = TcpPort("127.0.0.1", server.sockets[0].getsockname()[1])
    await port.open()

    port.feed(b"hello")
    assert await port.flush(10)
    heard = await port.read()
    while len(heard) < 5:
        heard += await port.read()

    assert heard == b"hello"
    with pytest.raises(PortLost):
        await port.read()
    await port.close()
    with pytest.raises(PortLost):
        port.feed(b"more")
    server.close()


async def test_a_tcp_port_that_nobody_listens_on_is_unavailable():
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    number = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()

    with pytest.raises(PortUnavailable):
        await TcpPort("127.0.0.1", number).open()


async def test_a_reader_that_takes_nothing_leaves_the_rest_to_be_flushed_later():
    taken = asyncio.Event()
    got = bytearray()

    async def slow(reader, writer):
        await taken.wait()
        while data := await reader.read(65536):
            got.extend(data)
        writer.close()

    server = await asyncio.start_server(slow, "127.0.0.1", 0, limit=1024)
    port = TcpPort("127.0.0.1", server.sockets[0].getsockname()[1])
    await port.open()
    port.feed(bytes(20_000_000))

    assert not await port.flush(0.1)
    taken.set()
    assert await port.flush(60)
    await port.close()
    server.close()


async def test_a_serial_port_carries_bytes_both_ways(line):
    near, path = line
    port = SerialPort(path, Line(baud=19_200))
    await port.open()

    port.feed(b"\x10\x04\x01")
    assert await port.flush(10)
    assert os.read(near, 10) == b"\x10\x04\x01"
    os.write(near, b"\x12")
    assert await port.read() == b"\x12"

    await port.close()


@pytest.mark.parametrize(
    ("bits", "parity", "checked"), [(7, "E", True), (7, "O", True), (8, "E", True), (7, "N", False)]
)
async def test_a_line_with_parity_is_told_to_check_it_and_to_hand_over_00_for_a_wrong_byte_or_with_eight_bits_none(
    line, bits, parity, checked
):
    _, path = line
    port = SerialPort(path, Line(bits=bits, parity=parity))
    opened = port.open_now()
    settings = termios.tcgetattr(opened.fileno())[0]
    port.close_now(opened)

    assert bool(settings & termios.INPCK) is checked
    assert not settings & termios.PARMRK
    assert not checked or bool(settings & termios.IGNPAR) is (bits == 8)


async def test_a_serial_port_opened_again_has_forgotten_what_was_left(line):
    near, path = line
    port = SerialPort(path)
    await port.open()
    await port.close()
    os.write(near, b"stale")
    await port.open()
    os.write(near, b"fresh")

    heard = await port.read()
    while len(heard) < 5:
        heard += await port.read()

    assert heard == b"fresh"
    await port.close()


async def test_a_serial_line_that_takes_nothing_more_is_not_lost_and_not_flushed(line):
    near, path = line
    port = SerialPort(path)
    await port.open()
    port.feed(bytes(200_000))

    assert not await port.flush(0.3)
    got = 0
    while got < 200_000:
        got += len(await asyncio.to_thread(os.read, near, 65536))

    assert await port.flush(10)
    await port.close()


async def test_a_serial_port_that_is_taken_or_absent_is_unavailable(line):
    _, path = line
    first = SerialPort(path)
    await first.open()

    with pytest.raises(PortUnavailable):
        await SerialPort(path).open()
    with pytest.raises(PortUnavailable):
        await SerialPort("/dev/no-such-port").open()

    await first.close()


async def test_a_serial_port_that_is_unplugged_is_lost():
    near, far = os.openpty()
    tty.setraw(far)
    port = SerialPort(os.ttyname(far))
    await port.open()
    os.close(far)
    os.close(near)

    with pytest.raises(PortLost):
        await port.read()
    with pytest.raises(PortLost):
        port.feed(b"x")
    await port.close()


async def test_closing_in_the_middle_of_a_read_ends_it(line):
    _, path = line
    port = SerialPort(path)
    await port.open()
    reading = asyncio.create_task(port.read())
    await asyncio.sleep(0)

    await port.close()

    with pytest.raises(PortLost):
        await reading


async def test_a_hundred_openings_leave_no_descriptor_behind(line):
    ended = asyncio.Queue[None]()

    async def until_closed(reader, writer):
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()
        ended.put_nowait(None)

    server = await asyncio.start_server(until_closed, "127.0.0.1", 0)
    ports = [TcpPort("127.0.0.1", server.sockets[0].getsockname()[1]), SerialPort(line[1])]

    async def open_and_close(times):
        for _ in range(times):
            for port in ports:
                await port.open()
                await port.close()
            await ended.get()
        await asyncio.sleep(0.05)

    await open_and_close(1)
    before = len(os.listdir("/proc/self/fd"))
    await open_and_close(100)

    assert len(os.listdir("/proc/self/fd")) == before
    server.close()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("tcp://192.168.1.50", "tcp://192.168.1.50:9100"),
        ("tcp://printer.lan:9101", "tcp://printer.lan:9101"),
        ("serial:///dev/ttyUSB0?baud=19200&parity=e&bits=7&stop=1&dtr=off&rts=on", "serial:/dev/ttyUSB0"),
        ("serial:COM3?baud=9600", "serial:COM3"),
    ],
)
def test_an_address_names_a_port(address, name):
    assert port_at(address).name == name


@pytest.mark.parametrize(
    "address",
    ["", "usb://1", "tcp://", "tcp://h:x", "serial:", "serial:COM3?speed=9600", "serial:COM3?baud=fast",
     "serial:COM3?dtr=maybe", "serial:COM3?flow=dtr"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(BadAddress):
        port_at(address)


def test_the_tries_get_rarer_up_to_five_seconds_and_start_again_after_success():
    backoff = Backoff(chance=lambda: 0.0)

    delays = [backoff.delay() for _ in range(7)]
    backoff.reset()

    assert delays == [0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 5.0]
    assert backoff.delay() == 0.25


def test_chance_shortens_a_delay_by_a_quarter_at_most():
    assert Backoff(chance=lambda: 1.0).delay() == pytest.approx(0.1875)
