"""What a shop sees when its ATOL register works, over real HTTP with the simulated web server."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from devices.device import DeviceError, DeviceState, Ending, Health, Job, Outcome, Progress
from devices.fiscal.atol.config import Timing, atol_config
from devices.fiscal.atol.driver import AtolRegister
from devices.fiscal.atol.simulator import AtolSimulator
from devices.fiscal.content import Operation, Tender
from tests.devices.fiscal.builders import CASHIER, DOCUMENT, PACK, a_correction, a_line, a_receipt
from tests.devices.fiscal.shtrih.kit import Hours

JOB = "0191c5de-0000-7000-8000-0000000000a1"
USUAL = Timing(open=2.0, reply=5.0, work=10.0, mark=1.0, resolve=5.0, poll=0.002, watch=60.0)
IMPATIENT = Timing(open=1.0, reply=0.2, work=0.5, mark=0.1, resolve=0.3, poll=0.01, watch=60.0)
SENT = [(Progress.SENDING, ()), (Progress.SENT, ())]
REGISTERED = {Outcome.DONE: 1, Outcome.FAILED: 0}


class Shop:
    def __init__(self, simulator: AtolSimulator, hours: Hours) -> None:
        self.simulator, self.hours = simulator, hours
        self.driver: AtolRegister
        self.told: list[tuple[Progress, tuple[str, ...]]] = []
        self._moved = asyncio.Event()

    @property
    def storage(self):
        return self.simulator.storage

    async def do(self, kind: str, content: dict[str, Any] | None = None, job: str = JOB) -> Ending:
        self.told.clear()
        return await self.driver.perform(Job(job, "fiscal", kind, content or {"cashier": CASHIER}), self._report)

    async def until_told(self, progress: Progress, causes: tuple[str, ...]) -> None:
        await self._until(lambda: (progress, causes) in self.told)

    async def until_state(self, *causes: str) -> None:
        await self._until(lambda: self.driver.state.causes == causes)

    async def _until(self, true) -> None:
        async with asyncio.timeout(10):
            while not true():
                self._moved.clear()
                await self._moved.wait()

    async def _report(self, progress: Progress, causes: tuple[str, ...]) -> None:
        self.told.append((progress, causes))
        self._moved.set()

    def changed(self, state: DeviceState) -> None:
        self._moved.set()


@contextlib.asynccontextmanager
async def a_shop(timing: Timing = USUAL, *, shift: bool = True) -> AsyncIterator[Shop]:
    hours = Hours()
    simulator = AtolSimulator(now=hours)
    shop = Shop(simulator, hours)
    address = await simulator.start_tcp()
    if shift:
        simulator.storage.open_shift()
    url = address.replace("tcp:", "http:") + "/api/v2/requests"
    shop.driver = AtolRegister(atol_config("fiscal", url, {}, timing), now=hours)
    running = asyncio.create_task(shop.driver.run(shop.changed, lambda said: None))
    try:
        await shop.until_state()
        yield shop
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await simulator.stop()


def a_job(number: int) -> tuple[str, dict[str, Any]]:
    """A job and a document of their own, so that each is registered anew."""
    document = f"{DOCUMENT[:-4]}{0x1000 + number:04x}"
    return f"{JOB[:-4]}{0x1000 + number:04x}", a_receipt(document=document)


async def test_a_sale_is_done_with_the_proof_of_the_fiscal_storage():
    async with a_shop() as shop:
        tenders = [{"kind": "cash", "sum": 50_000}]

        ended = await shop.do("fiscal.receipt", a_receipt(a_line(), a_line("Сыр", 100_000, 357), tenders=tenders))

        [document] = shop.storage.registered
        assert (ended.outcome, ended.causes) == (Outcome.DONE, ())
        assert ended.result == {
            "number": 2,
            "shift": 1,
            "at": "2026-11-22T12:00:00",
            "device": "00106709876543",
            "storage": "9999078900000961",
            "sign": str(document.sign),
            "qr": f"t=20261122T1200&s=446.50&fn=9999078900000961&i=2&fp={document.sign}&n=1",
        }
        assert (document.total, document.lines, document.paid) == (44_650, ("Milk", "Сыр"), ((Tender.CASH, 44_650),))
        assert shop.told == SENT


async def test_money_travels_as_exact_decimals():
    async with a_shop() as shop:
        await shop.do("fiscal.receipt", a_receipt(a_line("Cheese", 100_010, 357)))

        sent = bytes(shop.simulator.heard)
        assert b'"price":1000.10,"quantity":0.357,"amount":357.04' in sent
        assert b'"total":357.04' in sent


async def test_a_return_a_deposit_and_its_set_off_are_documents_of_their_own():
    async with a_shop() as shop:
        advance = a_line("Deposit", 50_000, subject="advance", method="advance", tax="vat120")
        set_off = [{"kind": "prepaid", "sum": 50_000}, {"kind": "card", "sum": 70_000}]
        documents = [f"{DOCUMENT[:-1]}{n}" for n in range(3)]

        await shop.do("fiscal.receipt", a_receipt(advance, document=documents[0]))
        await shop.do("fiscal.receipt", a_receipt(a_line("Cake", 120_000), tenders=set_off, document=documents[1]))
        await shop.do("fiscal.receipt", a_receipt(operation="return", document=documents[2]))

        assert [(d.operation, d.total, dict(d.paid)) for d in shop.storage.registered] == [
            (Operation.SALE, 50_000, {Tender.CASH: 50_000}),
            (Operation.SALE, 120_000, {Tender.PREPAID: 50_000, Tender.CARD: 70_000}),
            (Operation.RETURN, 8_950, {Tender.CASH: 8_950}),
        ]


async def test_a_whole_shift_from_its_opening_to_z_with_the_registers_own_counters():
    async with a_shop(shift=False) as shop:
        jobs = iter(f"{JOB[:-1]}{n}" for n in range(9))
        opened = await shop.do("fiscal.open_shift", job=next(jobs))
        await shop.do("fiscal.receipt", a_receipt(), job=next(jobs))
        await shop.do("fiscal.cash_in", {"amount": 10_000, "cashier": CASHIER}, job=next(jobs))
        moved = await shop.do("fiscal.cash_out", {"amount": 3_000, "cashier": CASHIER}, job=next(jobs))
        corrected = await shop.do("fiscal.correction", a_correction(), job=next(jobs))
        report = await shop.do("fiscal.x_report", job=next(jobs))
        state = await shop.driver.ask("state", {})
        closed = await shop.do("fiscal.z_report", job=next(jobs))

        counters = {
            "sales": {"count": 1, "sum": 8_950},
            "returns": {"count": 0, "sum": 0},
            "cash_in": 10_000,
            "cash_out": 3_000,
            "cash": 15_950,
        }
        assert (opened.result["number"], corrected.result["number"], closed.result["number"]) == (1, 3, 4)
        assert moved.result["counters"] == report.result["counters"] == closed.result["counters"] == counters
        assert state == {
            "shift": "open",
            "shift_number": 1,
            "last_document": 3,
            "unsent": 0,
            "unsent_since": None,
            "counters": counters,
        }
        assert b'"taxes":[{"type":"vat20","sum":20.00}]' in shop.simulator.heard


async def test_a_shift_older_than_24_hours_takes_nothing_but_its_closing():
    async with a_shop() as shop:
        shop.hours.turn(hours=24, minutes=1)

        sale = await shop.do("fiscal.receipt", a_receipt())
        told = list(shop.told)
        state = await shop.driver.ask("state", {})
        closed = await shop.do("fiscal.z_report")

        assert (sale.outcome, sale.causes, told) == (Outcome.FAILED, ("fiscal.shift_expired",), [])
        assert "sell" not in shop.simulator.posted
        assert (state["shift"], closed.outcome) == ("expired", Outcome.DONE)


async def test_what_the_register_refuses_has_failed_and_the_same_job_may_be_tried_again():
    async with a_shop() as shop:
        content = a_receipt(operation="return")
        refused = await shop.do("fiscal.receipt", content)
        assert (refused.outcome, refused.causes) == (Outcome.FAILED, ("fiscal.refused",))
        assert refused.result == {"error": 163, "text": "not enough cash in the drawer"}

        shop.simulator.register.cash = 100_000

        assert (await shop.do("fiscal.receipt", content)).outcome is Outcome.DONE
        assert len(shop.storage.registered) == 1


async def test_a_job_done_again_under_another_id_finds_its_document_registered():
    async with a_shop() as shop:
        first = await shop.do("fiscal.receipt", a_receipt())

        again = await shop.do("fiscal.receipt", a_receipt(), job=JOB.replace("a1", "a2"))

        assert (again.outcome, again.causes) == (Outcome.DONE, ("fiscal.found_registered",))
        assert again.result == first.result
        assert len(shop.storage.registered) == 1


async def test_an_answer_lost_after_the_registration_is_found_again():
    async with a_shop() as shop:
        shop.simulator.lose_answer_to = "sell"

        ended = await shop.do("fiscal.receipt", a_receipt())

        assert (ended.outcome, ended.causes) == (Outcome.DONE, ("fiscal.found_registered",))
        assert shop.simulator.posted.count("sell") == len(shop.storage.registered) == 1


async def test_the_connection_may_be_lost_at_every_byte_that_is_sent():
    told: Counter[Outcome] = Counter()
    async with a_shop() as shop:
        heard = len(shop.simulator.heard)
        await shop.do("fiscal.receipt", a_receipt())
        sent = len(shop.simulator.heard) - heard
        for number, byte in enumerate(range(1, sent, 23)):
            before = len(shop.storage.registered)
            job, content = a_job(number)
            shop.simulator.faults.disconnect_after = byte
            ended = await shop.do("fiscal.receipt", content, job)
            shop.simulator.faults.disconnect_after = None
            told[ended.outcome] += 1
            registered = len(shop.storage.registered) - before
            assert registered == REGISTERED.get(ended.outcome, registered), (byte, ended)

    assert told[Outcome.DONE] > 10
    assert told[Outcome.FAILED] > 0
    assert told[Outcome.UNCERTAIN] == 0


async def test_the_connection_may_be_lost_in_every_answer():
    class Cutting(AtolSimulator):
        replies, cut = 0, -1

        def say(self, reply: bytes) -> None:
            self.replies += 1
            if self.replies == self.cut:
                self.faults.cut_reply_after = self.replies % 40
            super().say(reply)

    simulator = Cutting(now=Hours())
    url = (await simulator.start_tcp()).replace("tcp:", "http:")
    driver = AtolRegister(atol_config("fiscal", url, {}, USUAL), now=Hours())
    simulator.storage.open_shift()
    try:
        for number in range(12):
            before = len(simulator.storage.registered)
            job, content = a_job(number)
            simulator.cut = simulator.replies + number

            async def report(progress: Progress, causes: tuple[str, ...]) -> None: ...

            ended = await driver.perform(Job(job, "fiscal", "fiscal.receipt", content), report)

            registered = len(simulator.storage.registered) - before
            assert registered == REGISTERED[ended.outcome], (number, ended)
    finally:
        await simulator.stop()


async def test_a_server_that_stays_away_after_it_took_the_task_leaves_the_sale_uncertain_until_it_is_found():
    async with a_shop(IMPATIENT) as shop:
        hear = shop.simulator.hear

        def fall_silent(data: bytes) -> None:
            hear(data)
            shop.simulator.faults.silent = "sell" in shop.simulator.posted

        shop.simulator.hear = fall_silent  # a fault of the line, not a stand-in for ours
        ended = await shop.do("fiscal.receipt", a_receipt())
        shop.simulator.hear, shop.simulator.faults.silent = hear, False
        question = {"document": DOCUMENT, "operation": "sale", "total": 8_950, "made_at": "2026-11-22T09:00:00Z"}
        found = await shop.driver.ask("find", question)

        assert (ended.outcome, ended.causes) == (Outcome.UNCERTAIN, ("fiscal.unknown",))
        assert (found["found"], len(shop.storage.registered)) == ("registered", 1)


async def test_a_server_that_forgot_a_task_it_had_taken_is_not_given_it_again():
    async with a_shop() as shop:
        shop.simulator.looks = 3
        selling = asyncio.create_task(shop.do("fiscal.receipt", a_receipt()))
        await shop.until_told(Progress.SENT, ())

        shop.simulator.forget_tasks()

        assert (await selling).outcome is Outcome.UNCERTAIN
        assert shop.simulator.posted.count("sell") == 1


async def test_a_slow_queue_is_waited_for():
    async with a_shop() as shop:
        shop.simulator.looks = 5

        assert (await shop.do("fiscal.receipt", a_receipt())).outcome is Outcome.DONE


async def test_paper_out_before_a_sale_is_waited_for_with_nothing_sent():
    async with a_shop() as shop:
        shop.simulator.register.paper = False
        selling = asyncio.create_task(shop.do("fiscal.receipt", a_receipt()))
        await shop.until_told(Progress.WAITING, ("fiscal.paper_out",))
        assert "sell" not in shop.simulator.posted

        shop.simulator.load_paper()

        assert (await selling).outcome is Outcome.DONE
        assert shop.told == [(Progress.WAITING, ("fiscal.paper_out",)), *SENT]


async def test_paper_out_in_the_middle_is_waited_for_and_gone_on_with():
    async with a_shop() as shop:
        shop.simulator.register.paper_ends_with = "sell"
        selling = asyncio.create_task(shop.do("fiscal.receipt", a_receipt()))
        await shop.until_told(Progress.WAITING, ("fiscal.paper_out",))

        shop.simulator.load_paper()

        ended = await selling
        assert (ended.outcome, ended.causes) == (Outcome.DONE, ("fiscal.resumed",))
        assert len(shop.storage.registered) == 1


async def test_find_goes_by_the_documents_own_uuid():
    async with a_shop() as shop:
        await shop.do("fiscal.receipt", a_receipt())
        question = {"document": DOCUMENT, "operation": "sale", "total": 8_950, "made_at": "2026-11-22T09:00:00Z"}

        found = await shop.driver.ask("find", question)
        absent = await shop.driver.ask("find", question | {"document": DOCUMENT.replace("f1", "f2")})

        assert (found["found"], found["result"]["number"]) == ("registered", 2)
        assert absent == {"found": "absent"}


async def test_unsent_documents_need_attention_after_a_day():
    async with a_shop() as shop:
        shop.storage.connected = False
        await shop.do("fiscal.receipt", a_receipt())
        state = await shop.driver.ask("state", {})
        assert (state["unsent"], state["unsent_since"]) == (1, "2026-11-22T12:00:00")

        shop.hours.turn(hours=25)
        await shop.do("fiscal.receipt", a_receipt(document=DOCUMENT.replace("f1", "f2")))
        await shop.until_state("fiscal.shift_expired", "fiscal.unsent_documents")

        assert shop.driver.state.health is Health.ATTENTION


async def test_a_server_that_is_not_there_is_offline_and_its_job_has_not_begun():
    async with a_shop(IMPATIENT) as shop:
        await shop.simulator.stop()
        ended = await shop.do("fiscal.receipt", a_receipt())

        assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.offline",))
        await shop.until_state("fiscal.offline")
        with pytest.raises(DeviceError) as caught:
            await shop.driver.ask("state", {})
        assert caught.value.code == "fiscal.offline"


async def test_a_server_that_refuses_everything_and_one_that_talks_nonsense_have_done_nothing():
    async with a_shop(IMPATIENT) as shop:
        shop.simulator.faults.refuse = True
        refused = await shop.do("fiscal.receipt", a_receipt())
        shop.simulator.faults.refuse, shop.simulator.faults.damaged = False, True
        damaged = await shop.do("fiscal.receipt", a_receipt())

        assert (refused.outcome, shop.storage.registered) == (Outcome.FAILED, [])
        assert damaged.outcome is not Outcome.DONE


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tax": "vat99"}, "lines[0].tax"),
        ({"marking": PACK, "quantity": 2_000, "sum": 17_900}, "lines[0].quantity"),
        ({"marking": PACK, "subject": "service"}, "lines[0].subject"),
    ],
)
async def test_what_the_register_cannot_say_is_refused_before_a_byte_of_it_is_sent(change, field):
    async with a_shop() as shop:
        ended = await shop.do("fiscal.receipt", a_receipt(a_line() | change))

        assert (ended.outcome, ended.result["field"]) == (Outcome.FAILED, field)
        assert "sell" not in shop.simulator.posted
