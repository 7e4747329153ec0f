"""A marked pack on its whole way: read by a scanner, sold at the till, told by the real driver, kept by the fiscal storage."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from devices.fiscal.atol.simulator import AtolSimulator
from devices.fiscal.content import Operation
from devices.fiscal.mark_system import MarkSystem
from devices.fiscal.shtrih.simulator import ShtrihSimulator, ShtrihSimulator1, ShtrihSimulator2
from devices.fiscal.storage import FiscalStorage
from devices.scanners.config import scanner_config
from devices.scanners.scan import Scan
from devices.scanners.scanner import Scanner
from devices.scanners.simulator import SHOES, ScannerSimulator
from tests.till.devices.fiscal_device import TOKEN, an_agent
from tests.till.devices.test_fiscal import ROW, becomes, begun
from tests.till.devices.test_fiscal_simulators import Register, atol, shtrih
from tests.till.page import Till
from tests.till.server import ShopServer
from tests.till.shop import MILK_CODE
from tests.till.test_scanner import GOODS, PACK, SECOND_PAIR

pytestmark = pytest.mark.browser
REGISTERS = {
    "shtrih-m v1": lambda: shtrih(ShtrihSimulator1, 1),
    "shtrih-m v2": lambda: shtrih(ShtrihSimulator2, 2),
    "atol": atol,
}
REFUND_OF_FIRST = """const found = await till.startRefund(given);
const lines = [{ line: 1, quantity: found.lines[0].left }];
await till.refund({ document: found.document, lines, tender: 'cash', reason: 'back' });
return till.lastReceipt.value;"""


@pytest.fixture(params=REGISTERS)
async def register(request: pytest.FixtureRequest) -> AsyncIterator[Register]:
    made = await REGISTERS[request.param]()
    yield made
    await made.simulator.stop()


def kept_by(register: Register) -> tuple[FiscalStorage, MarkSystem]:
    match register.simulator:
        case ShtrihSimulator(machine=machine):
            return machine.storage, machine.checking.system
        case AtolSimulator(storage=storage, register=simulated):
            return storage, simulated.marks
        case _:
            raise AssertionError


async def test_marked_packs_are_registered_with_their_codes_and_one_of_them_comes_back(
    till: Till, register: Register, shop_server: ShopServer, tmp_path: Path
) -> None:
    shop_server.products += GOODS
    storage, system = kept_by(register)
    reader = ScannerSimulator(baud=0)
    scanner = Scanner(scanner_config("scanner", await reader.start_tcp(), {}))
    async with an_agent(tmp_path / "agent", shop_server.address, register.device, scanner) as beside:
        shop_server.agent = {"url": beside.url, "token": TOKEN}
        await begun(till)
        await till.until("till.devices.value.all.every(({ state }) => state.power === 'online')")

        await scanned(till, reader, SHOES)
        await scanned(till, reader, Scan("]d1", PACK.encode()))
        sale = await till.sell(MILK_CODE)
        await becomes(till, sale, "registered")
        back = await till.do(REFUND_OF_FIRST, sale["receipt"])
        await till.until(ROW.format(back["document"]) + ".state === 'registered'")

        system.false.add(SECOND_PAIR.raw)
        await scanned(till, reader, SECOND_PAIR)
        false = await till.sell()
        refused = await becomes(till, false, "refused")
    await reader.stop()

    assert [(each.operation, each.marks) for each in storage.registered] == [
        (Operation.SALE, (SHOES.raw, PACK, "")),
        (Operation.RETURN, (SHOES.raw,)),
    ]
    assert refused["cause"] == "fiscal.mark_refused"
    assert refused["error_text"].startswith("Shoes: ")


async def scanned(till: Till, reader: ScannerSimulator, scan: Scan) -> Any:
    """In the basket."""
    before = await till.do("till.scanned.value?.at ?? 0")
    reader.scan(scan)
    await till.until(f"(till.scanned.value?.at ?? 0) > {before}")
    assert (await till.do("till.scanned.value.result"))["kind"] == "product"
