"""receiptio as a host of our simulated printer: what it says of the printer's state must be so.

It finds out by itself what it speaks to, and speaks to port 9100 only: each printer has an address of its own.
"""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from devices.receipt.decoder import decode
from devices.receipt.simulator import PrinterSimulator
from tests.oracles.programs import HERE, run

PORT = 9100
RECEIPT = "Milk | 1.20\nBread | 0.80\n---\nTotal | 2.00\n"
PROGRAM = HERE / "node_modules" / "receiptio" / "bin" / "cli.js"


async def a_receipt_is_printed_and_called_a_success() -> str:
    async with a_printer("127.0.0.11") as printer:
        said = await print_at("127.0.0.11")
        assert said == "success", said
        (receipt,) = printer.receipts
        text = decode(receipt.data).text
        assert all(word in text for word in ("Milk", "Bread", "Total", "2.00")), text
    return "success, and the text is on the paper"


async def paper_out_is_called_paper_out() -> str:
    async with a_printer("127.0.0.12", lambda printer: printer.set_paper("out")) as printer:
        said = await print_at("127.0.0.12")
        assert said == "paperempty", said
        assert printer.receipts == []
    return "paperempty, and nothing was printed"


async def an_open_cover_is_called_an_open_cover() -> str:
    async with a_printer("127.0.0.13", lambda printer: printer.set_cover(opened=True)):
        said = await print_at("127.0.0.13")
        assert said == "coveropen", said
    return "coveropen"


async def a_printer_that_says_nothing_is_called_offline() -> str:
    async with a_printer("127.0.0.14", lambda printer: setattr(printer.faults, "silent", True)):
        said = await print_at("127.0.0.14")
        assert said == "offline", said
    return "offline"


async def paper_that_ends_in_the_middle_is_told_and_the_rest_prints_once() -> str:
    async with a_printer("127.0.0.15", lambda printer: printer.paper_out_after(2)) as printer:
        said = await print_at("127.0.0.15")
        assert said == "paperempty", said
        assert printer.receipts == []
        printer.set_paper("ok")
        await printer.until(lambda each: len(each.receipts) == 1)
        assert printer.holds == 0
    return "paperempty; with new paper the printer went on to the cut, once"


ORACLES: Sequence[Any] = (
    a_receipt_is_printed_and_called_a_success,
    paper_out_is_called_paper_out,
    an_open_cover_is_called_an_open_cover,
    a_printer_that_says_nothing_is_called_offline,
    paper_that_ends_in_the_middle_is_told_and_the_rest_prints_once,
)


@asynccontextmanager
async def a_printer(
    address: str, prepared: Callable[[PrinterSimulator], object] = lambda printer: None
) -> AsyncIterator[PrinterSimulator]:
    printer = PrinterSimulator()
    await printer.start_tcp(address, PORT)
    prepared(printer)
    try:
        yield printer
    finally:
        await printer.stop()


async def print_at(address: str) -> str:
    """The word that receiptio ends with."""
    said, complaint = await run(PROGRAM, "-d", address, "-c", "48", "-l", "en", given=RECEIPT.encode())
    words = re.findall(r"[a-z]+", said.decode() + " " + complaint)
    return words[-1] if words else "nothing"
