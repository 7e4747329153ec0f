"""The simulated printer is as slow, as small and as forgetful as a real one."""

import asyncio
from dataclasses import replace

import pytest

from devices.device import Ending, Outcome
from devices.ports.port import PortLost
from devices.ports.tcp import TcpPort
from devices.receipt.model import PAPER_80
from devices.receipt.simulator import PrinterSimulator
from tests.devices.receipt.builders import a_receipt, a_shop, words


async def test_every_byte_takes_the_time_that_its_line_needs():
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        await asyncio.sleep(0)

    async with a_shop("pty", model=replace(PAPER_80, answers=False), baud=9600, sleep=sleep) as shop:
        await shop.print(a_receipt())
        await shop.simulator.until(lambda printer: len(printer.receipts) == 1)

        assert sum(waited) == pytest.approx(len(shop.simulator.received) * 10 / 9600)


async def test_a_full_buffer_takes_no_more_until_there_is_paper_again():
    async with a_shop(buffer=128, model=replace(PAPER_80, answers=False)) as shop:
        shop.simulator.set_paper("out")
        await shop.print(a_receipt(*[words("x" * 40) for _ in range(30)]))
        await shop.simulator.until(lambda printer: printer.holds == 128)
        assert shop.simulator.unfinished == b""

        shop.simulator.set_paper("ok")
        await shop.simulator.until(lambda printer: len(printer.receipts) == 1)

        assert shop.simulator.receipts[0].data.count(b"x" * 40) == 30


async def talk(simulator: PrinterSimulator, *questions: bytes) -> list[bytes]:
    """Each question and what comes back for it, over TCP."""
    host, number = (await simulator.start_tcp()).removeprefix("tcp://").split(":")
    port = TcpPort(host, int(number))
    await port.open()
    answers: list[bytes] = []
    for question in questions:
        port.feed(question)
        await port.flush(10)
        answers.append(await port.read())
    await port.close()
    await simulator.stop()
    return answers


async def test_it_answers_what_a_printer_that_is_well_answers():
    answers = await talk(
        PrinterSimulator(),
        *[b"\x10\x04" + bytes([number]) for number in (1, 2, 3, 4)],
        b"\x1dr\x01",
        b"\x1dI\x43",
    )

    assert answers == [b"\x12", b"\x12", b"\x12", b"\x12", b"\x00", b"_SIMULATED\x00"]


async def test_it_answers_in_real_time_while_it_has_no_paper_and_its_buffer_stands_still():
    simulator = PrinterSimulator()
    simulator.set_paper("out")

    answers = await talk(simulator, b"text\n\x1dr\x01\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x04")

    assert answers == [b"\x1a", b"\x32", b"\x7e"]


async def test_only_one_host_at_a_time_is_served():
    async with a_shop() as shop:
        host, number = shop.address.removeprefix("tcp://").split(":")
        second = TcpPort(host, int(number))
        await second.open()
        with pytest.raises(PortLost):
            await second.read()
        await second.close()

        assert await shop.print(a_receipt()) == Ending(Outcome.DONE)
