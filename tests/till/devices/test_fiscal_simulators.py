"""The till, the real agent, the real drivers and a simulated register of each kind: a discount, a return, a lost answer, Z."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from devices.device import Device
from devices.fiscal.armenia.goods import RETURN, SALE
from devices.fiscal.atol.config import atol_config
from devices.fiscal.atol.driver import AtolRegister
from devices.fiscal.atol.simulator import AtolSimulator
from devices.fiscal.content import Operation
from devices.fiscal.ehdm.config import Timing as EhdmTiming
from devices.fiscal.ehdm.config import ehdm_config
from devices.fiscal.ehdm.driver import EhdmRegister
from devices.fiscal.ehdm.simulator import EhdmSimulator
from devices.fiscal.ehdm.spec import PATH
from devices.fiscal.ehdm.spec import SIMULATED as EHDM
from devices.fiscal.hdm.codes import Operation as HdmOperation
from devices.fiscal.hdm.config import Timing as HdmTiming
from devices.fiscal.hdm.config import hdm_config
from devices.fiscal.hdm.driver import HdmRegister
from devices.fiscal.hdm.requests import X, Z
from devices.fiscal.hdm.simulator import HdmSimulator
from devices.fiscal.hdm.spec import SIMULATED as HDM
from devices.fiscal.shtrih.config import ShtrihConfig
from devices.fiscal.shtrih.driver import ShtrihRegister
from devices.fiscal.shtrih.simulator import ShtrihSimulator, ShtrihSimulator1, ShtrihSimulator2
from devices.fiscal.storage import FiscalStorage
from tests.devices.fiscal.atol.test_atol import USUAL as ATOL_USUAL
from tests.devices.fiscal.shtrih.kit import USUAL as SHTRIH_USUAL
from tests.till.devices.fiscal_device import TOKEN, an_agent
from tests.till.devices.test_fiscal import REFUND, ROW, SETTLED, becomes, begun, told
from tests.till.devices.test_fiscal_correction import CORRECT, CORRECTIONS, correction
from tests.till.page import Till
from tests.till.server import ShopServer
from tests.till.shop import BREAD_CODE, GOLD_CARD, MILK_CODE

pytestmark = pytest.mark.browser
CLOSE_RECEIPT = 0xFF45
RESOLVE = 0.3
"""Seconds after which a driver gives up to ask again, so that the till has to."""


TAXED: dict[str, Any] = {"department": None, "departments": {"vat20": 1, "none": 2}}
"""Departments of an Armenian register by the till's names of taxes."""
WEIGHED = "2200003001266"
"""126 g of apples for 80.64, for which 80 is paid in cash."""
OPERATIONS = {SALE: Operation.SALE, RETURN: Operation.RETURN}


@dataclass
class Register:
    """`losing`: what the simulator calls the answer that is lost; `registered`: what it has, in order; `closed`: its shift
    was closed, as far as it knows any; `rounds`: it can be told cash rounding."""

    simulator: AtolSimulator | ShtrihSimulator | HdmSimulator | EhdmSimulator
    device: Device
    losing: Any
    registered: Callable[[], list[tuple[Operation, int]]]
    closed: Callable[[], bool]
    rounds: bool = True
    reports: bool = True
    """It has X and Z."""
    corrects: bool = True
    """It is told of takings afterwards."""


def stored(storage: FiscalStorage) -> tuple[Callable[[], list[tuple[Operation, int]]], Callable[[], bool]]:
    return lambda: [(each.operation, each.total) for each in storage.registered], lambda: not storage.shift_open


async def shtrih(kind: type[ShtrihSimulator], protocol: int) -> Register:
    simulator = kind(baud=0)
    timing = replace(SHTRIH_USUAL, resolve=RESOLVE, watch=0.5)
    config = ShtrihConfig("kkt", await simulator.start_tcp(), protocol=protocol, timing=timing)
    return Register(simulator, ShtrihRegister(config), CLOSE_RECEIPT, *stored(simulator.machine.storage))


async def atol() -> Register:
    simulator = AtolSimulator()
    url = (await simulator.start_tcp()).replace("tcp:", "http:") + "/api/v2/requests"
    config = atol_config("kkt", url, {}, replace(ATOL_USUAL, resolve=RESOLVE, watch=0.5))
    return Register(simulator, AtolRegister(config), "sell", *stored(simulator.storage))


async def hdm(book: Path) -> Register:
    simulator = HdmSimulator()
    timing = HdmTiming(open=2.0, answer=5.0, work=5.0, resolve=RESOLVE, poll=0.05, watch=0.5)
    options = HDM | TAXED | {"book": str(book)}
    device = HdmRegister(hdm_config("hdm", await simulator.start_tcp(), options, timing))

    def registered() -> list[tuple[Operation, int]]:
        return [(OPERATIONS[each.kind], each.total) for each in simulator.machine.receipts]

    def closed() -> bool:
        return simulator.machine.reports == [X, Z]

    return Register(simulator, device, HdmOperation.PRINT, registered, closed, rounds=False, corrects=False)


async def ehdm(book: Path) -> Register:
    simulator = EhdmSimulator()
    timing = EhdmTiming(open=2.0, reply=5.0, resolve=RESOLVE, poll=0.05, watch=0.5)
    url = (await simulator.start_tcp()).replace("tcp:", "http:") + PATH
    device = EhdmRegister(ehdm_config("hdm", url, EHDM | TAXED | {"book": str(book)}, timing))

    def registered() -> list[tuple[Operation, int]]:
        return [(OPERATIONS[each.kind], each.total) for each in simulator.receipts]

    def closed() -> bool:
        return device.book.opened_at is None

    return Register(simulator, device, "print", registered, closed, rounds=False, reports=False, corrects=False)


@pytest.fixture(params=["shtrih-m v1", "shtrih-m v2", "atol", "hdm", "e-hdm"])
async def register(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Register]:
    match request.param:
        case "atol":
            made = await atol()
        case "hdm":
            made = await hdm(tmp_path / "hdm.book")
        case "e-hdm":
            made = await ehdm(tmp_path / "ehdm.book")
        case "shtrih-m v1":
            made = await shtrih(ShtrihSimulator1, 1)
        case _:
            made = await shtrih(ShtrihSimulator2, 2)
    yield made
    await made.simulator.stop()


async def test_a_day_with_a_simulated_register(
    till: Till, register: Register, shop_server: ShopServer, tmp_path: Path
) -> None:
    async with an_agent(tmp_path / "agent", shop_server.address, register.device) as beside:
        shop_server.agent = {"url": beside.url, "token": TOKEN}
        await begun(till)

        discounted = await till.sell(MILK_CODE, BREAD_CODE, GOLD_CARD)
        await becomes(till, discounted, "registered")
        await given_back(till, discounted)
        weighed = await till.sell(WEIGHED)
        await becomes(till, weighed, "registered")
        await given_back(till, weighed)

        lost = await sold_with_a_lost_answer(till, register)
        await becomes(till, lost, "uncertain")
        register.simulator.answering = True
        await becomes(till, lost, "registered")
        await till.do("till.cashIn({ amount: 10000, reason: 'change' })")
        await till.until(SETTLED)
        await till.do(CORRECT, correction())
        await till.until(
            f"{CORRECTIONS}.some(({{ state }}) => state === '{'registered' if register.corrects else 'refused'}')"
        )
        if not register.corrects:
            await till.do(f"till.fiscalFlow.withdraw({CORRECTIONS}[0].document)")
        await till.do("till.xReport()")
        if not register.reports:
            await till.until("till.messages.value.some(({ code }) => code === 'fiscal.kept_here')")
        await till.do("till.closeShift({ counted: 4060000, counts: [], reason: '' })")
        await till.until(f"{SETTLED} && till.fiscal.value.rows.some((row) => row.job === 'z_report')")

        said = [message["code"] for message in await till.do("till.messages.value")]
        await told(shop_server, lost, "pending", "uncertain", "registered")

    net = discounted["totals"]["net"]
    assert discounted["totals"]["total"] != net  # rounded up, which no register is told
    apples = weighed["totals"]["total" if register.rounds else "net"]
    assert weighed["totals"]["cash_rounding"] == -64
    assert register.registered() == [
        (Operation.SALE, net),
        (Operation.RETURN, net),
        (Operation.SALE, apples),
        (Operation.RETURN, apples),
        (Operation.SALE, 50_000),
        *([(Operation.SALE, 120_000)] if register.corrects else []),
    ]
    assert register.closed()
    counts = next(record["counts"] for record in shop_server.fiscal.values() if record["counts"])
    assert counts["device"] == counts["till"]
    assert counts["till"]["cash_in"] == 10_000
    assert "fiscal.counters" not in said


async def given_back(till: Till, sale: Any) -> None:
    back = await till.do(REFUND, sale["receipt"])
    await till.until(ROW.format(back["document"]) + ".state === 'registered'")


async def sold_with_a_lost_answer(till: Till, register: Register) -> Any:
    """The receipt is registered, its answer never leaves, and for a while nobody takes a connection."""
    simulator, losing = register.simulator, register.losing
    hang_up = simulator.disconnect

    def gone_for_a_while() -> None:
        simulator.answering = False
        simulator.disconnect = hang_up
        hang_up()

    simulator.disconnect = gone_for_a_while
    simulator.lose_answer_to = losing
    return await till.sell(MILK_CODE)
