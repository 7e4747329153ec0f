"""What a shop sees when the tax service's electronic register works, over real HTTP with the simulated service."""

import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from devices.device import DeviceError, Ending, Job, Outcome, Progress
from devices.fiscal.ehdm.config import Timing, ehdm_config
from devices.fiscal.ehdm.driver import EhdmRegister
from devices.fiscal.ehdm.simulator import CRN, FIRST_NUMBER, EhdmSimulator
from devices.fiscal.ehdm.spec import PATH, SIMULATED
from tests.devices.fiscal.builders import CASHIER, a_line
from tests.devices.fiscal.hdm.kit import NOON, a_document, a_sale, bread

ONCE = Timing(open=2.0, reply=5.0, resolve=0.0, poll=0.01, watch=60.0)
REGISTERED = {Outcome.DONE: 1, Outcome.FAILED: 0}


class Shop:
    def __init__(self, simulator: EhdmSimulator, driver: EhdmRegister) -> None:
        self.simulator, self.driver = simulator, driver
        self.told: list[Progress] = []

    async def do(self, kind: str, content: dict[str, Any] | None = None) -> Ending:
        self.told.clear()
        job = Job(a_document(), "fiscal", f"fiscal.{kind}", content or {"cashier": CASHIER})
        return await self.driver.perform(job, self._report)

    async def _report(self, progress: Progress, causes: tuple[str, ...]) -> None:
        self.told.append(progress)

    def sent(self, method: str) -> list[str]:
        return [body for name, body in self.simulator.bodies if name == method]


@contextlib.asynccontextmanager
async def a_shop(simulator: EhdmSimulator | None = None, **options: Any) -> AsyncIterator[Shop]:
    simulator = simulator or EhdmSimulator(now=lambda: NOON)
    url = (await simulator.start_tcp()).replace("tcp:", "http:") + PATH
    try:
        yield Shop(simulator, EhdmRegister(ehdm_config("fiscal", url, SIMULATED | options, ONCE), now=lambda: NOON))
    finally:
        await simulator.stop()


def asked(content: dict[str, Any]) -> dict[str, Any]:
    made_at = datetime.now(UTC).isoformat()
    return {name: content[name] for name in ("document", "operation", "total")} | {"made_at": made_at}


async def test_a_sale_is_done_with_the_services_proof_and_exact_decimals():
    async with a_shop() as shop:
        cheese = bread(100_010, 357, code="7", unit="կգ", classifier="0406")

        ended = await shop.do("receipt", a_sale(cheese, tenders=[{"kind": "cash", "sum": 50_000}]))

        assert (ended.outcome, ended.causes) == (Outcome.DONE, ())
        assert ended.result == {
            "number": FIRST_NUMBER,
            "shift": 1,
            "at": "2026-11-22T12:00:00",
            "device": CRN,
            "sign": str(92_543_000 + FIRST_NUMBER),
            "qr": f"TIN:00000019, CRN:{CRN}, Receipt_ID: {FIRST_NUMBER}",
            "total": 35_704,
        }
        [sent] = shop.sent("print")
        assert f'"crn":"{CRN}","seq":1,"mode":2,"cashierId":1,"cashAmount":357.04,"cardAmount":0.00' in sent
        assert '"quantity":0.357,"unit":"կգ","price":1000.10,"adgCode":"0406"' in sent
        assert b"language: hy" in shop.simulator.heard
        assert shop.told == [Progress.SENDING, Progress.SENT]


async def test_numbers_rise_by_one_over_sales_returns_and_a_restart(tmp_path: Path):
    book = str(tmp_path / "ehdm.book")
    simulator = EhdmSimulator(now=lambda: NOON)
    simulator.seq = 64
    async with a_shop(simulator, book=book, seq=64) as shop:
        deposit = a_line("Կանխավճար", 50_000, subject="advance", method="advance")
        await shop.do("receipt", a_sale(deposit, tenders=[{"kind": "card", "sum": 50_000}]))
        tenders = [{"kind": "prepaid", "sum": 50_000}, {"kind": "card", "sum": 10_000}]
        sold = await shop.do("receipt", a_sale(bread(30_000, 2_000), tenders=tenders))
        back = [{"kind": "card", "sum": 30_000}]
        origin = {"document": sold.result["number"], "device": CRN}
        ended = await shop.do("receipt", a_sale(bread(30_000), operation="return", origin=origin, tenders=back))
        assert ended.outcome is Outcome.DONE
        kept = simulator.receipts
    later = EhdmSimulator(now=lambda: NOON)
    later.seq, later.receipts = simulator.seq, kept

    async with a_shop(later, book=book, seq=1) as shop:
        assert (await shop.do("receipt", a_sale(bread()))).outcome is Outcome.DONE

    told = [json.loads(body).get("seq") for _, body in simulator.bodies + later.bodies]
    assert told == [65, 66, 67, 68, 69]
    assert [(k.kind, k.total, k.card, k.prepaid) for k in kept] == [
        (3, 50_000, 50_000, 0),
        (0, 60_000, 10_000, 50_000),
        (2, 30_000, 30_000, 0),
        (0, 25_000, 0, 0),
    ]


async def test_a_lost_answer_is_found_by_the_number_of_the_request_and_the_next_receipt():
    async with a_shop() as shop:
        await shop.do("receipt", a_sale(bread()))
        shop.simulator.lose_answer_to = "print"
        content = a_sale(bread(90_000))

        ended = await shop.do("receipt", content)
        again = await shop.do("receipt", content)
        found = await shop.driver.ask("find", asked(content))

        assert (ended.outcome, ended.causes) == (Outcome.DONE, ("fiscal.found_registered",))
        assert (ended.result["number"], ended.result["sign"]) == (FIRST_NUMBER + 1, str(92_543_000 + FIRST_NUMBER + 1))
        assert again.result == found["result"] == ended.result
        assert len(shop.simulator.receipts) == 2
        assert (await shop.do("receipt", a_sale(bread()))).outcome is Outcome.DONE


async def test_a_request_that_never_arrived_is_proven_so_by_its_free_number():
    async with a_shop() as shop:
        await shop.do("receipt", a_sale(bread()))
        shop.simulator.lose = "print"
        content = a_sale(bread(90_000))

        ended = await shop.do("receipt", content)
        found = await shop.driver.ask("find", asked(content))
        again = await shop.do("receipt", content)

        assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.link_lost",))
        assert found == {"found": "absent"}
        assert again.outcome is Outcome.DONE
        assert len(shop.simulator.receipts) == 2


@pytest.mark.parametrize(("fault", "outcome"), [("lose_answer_to", Outcome.DONE), ("lose", Outcome.UNCERTAIN)])
async def test_a_service_that_keeps_no_count_is_not_believed_to(fault, outcome):
    async with a_shop() as shop:
        shop.simulator.strict = False
        await shop.do("receipt", a_sale(bread()))
        setattr(shop.simulator, fault, "print")

        ended = await shop.do("receipt", a_sale(bread(90_000)))

        assert ended.outcome is outcome
        assert len(shop.simulator.receipts) == (2 if outcome is Outcome.DONE else 1)
        assert len(shop.sent("print")) == 2


@pytest.mark.parametrize("lost", ["lose", "lose_answer_to"])
async def test_a_first_receipt_that_is_lost_stays_uncertain_and_the_shop_sells_on(lost):
    async with a_shop() as shop:
        setattr(shop.simulator, lost, "print")

        first = await shop.do("receipt", a_sale(bread()))
        later = [await shop.do("receipt", a_sale(bread(90_000))) for _ in range(2)]

        assert (first.outcome, first.causes) == (Outcome.UNCERTAIN, ("fiscal.unknown",))
        assert later[-1].outcome is Outcome.DONE
        assert later[0].causes == (("fiscal.sequence",) if lost == "lose_answer_to" else ())


@pytest.mark.parametrize("lost", ["lose", "lose_answer_to"])
async def test_a_service_that_shows_no_receipts_keeps_nobody_from_selling(lost):
    async with a_shop() as shop:
        await shop.do("receipt", a_sale(bread()))
        shop.simulator.refuse_with["getReturnedReceiptInfo"] = 174
        setattr(shop.simulator, lost, "print")

        ended = [await shop.do("receipt", a_sale(bread(90_000))) for _ in range(3)]

        assert (ended[0].outcome, ended[2].outcome) == (Outcome.UNCERTAIN, Outcome.DONE)
        assert len(shop.simulator.receipts) == 3


async def test_the_connection_may_be_lost_at_every_byte_that_is_sent():
    told: Counter[Outcome] = Counter()
    async with a_shop() as shop:
        await shop.do("receipt", a_sale(bread()))
        before = len(shop.simulator.heard)
        await shop.do("receipt", a_sale(bread()))
        sent = len(shop.simulator.heard) - before
        for byte in range(1, sent + 4):  # numbers grow longer meanwhile
            before = len(shop.simulator.receipts)
            shop.simulator.faults.disconnect_after = byte
            ended = await shop.do("receipt", a_sale(bread()))
            shop.simulator.faults.disconnect_after = None
            told[ended.outcome] += 1
            registered = len(shop.simulator.receipts) - before
            assert registered == REGISTERED.get(ended.outcome, registered), (byte, ended)
            assert registered <= 1

    assert told[Outcome.UNCERTAIN] == 0
    assert told[Outcome.FAILED] > 0
    assert told[Outcome.DONE] > 0


async def test_a_service_that_cannot_be_reached_has_registered_nothing():
    async with a_shop() as shop:
        await shop.simulator.stop()

        ended = await shop.do("receipt", a_sale(bread()))

        assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.offline",))
        with pytest.raises(DeviceError, match=r"fiscal\.offline"):
            await shop.driver.ask("state", {})


@pytest.mark.parametrize(
    ("options", "code", "cause"),
    [
        ({"crn": "11111111"}, None, "fiscal.login_refused"),
        ({"seq": 40}, None, "fiscal.sequence"),
        ({}, 183, "fiscal.refused"),
    ],
)
async def test_a_refusal_says_why(options, code, cause):
    async with a_shop(**options) as shop:
        shop.simulator.seq = 7
        if code:
            shop.simulator.refuse_with["print"] = code

        ended = await shop.do("receipt", a_sale(bread()))

        assert ended.outcome is Outcome.FAILED
        assert ended.causes == (cause,) if not code else ended.result["error"] == code
        assert shop.simulator.receipts == []


async def test_the_service_knows_no_shift_and_no_drawer_so_they_are_kept_here():
    async with a_shop() as shop:
        opened = await shop.do("open_shift")
        await shop.do("receipt", a_sale(bread()))
        moved = await shop.do("cash_in", {"amount": 10_000, "cashier": CASHIER})
        z = await shop.do("z_report")
        state = await shop.driver.ask("state", {})

        assert opened.causes == moved.causes == z.causes == ("fiscal.kept_here",)
        assert z.result["counters"]["sales"] == {"count": 1, "sum": 25_000}
        assert (z.result["counters"]["cash"], z.result["counted_by"]) == (35_000, "driver")
        assert (state["shift"], state["shift_number"], state["last_document"]) == ("closed", 2, FIRST_NUMBER)
        assert (await shop.do("correction")).causes == ("job.kind_unknown",)
