"""Payments by QR code, through a provider on a real socket: shown, paid, given up, expired, and every answer lost."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from devices.agent.build import build_device
from devices.agent.config import DeviceConfig
from devices.agent.errors import ConfigError
from devices.device import DeviceError, Ending, Health, Job, Outcome, Progress
from devices.payment.qr.driver import QrTerminal, QrTiming, squares
from devices.payment.qr.http_provider import HttpProvider, payment_from
from devices.payment.qr.provider import ProviderUnreachable, QrPayment, QrState
from devices.payment.qr.simulator import QrSimulator

QUICK = QrTiming(poll=0.01, expires=60, grace=0.0, watch=0.01)


@dataclass(slots=True)
class Shop:
    simulator: QrSimulator
    terminal: QrTerminal
    said: list[dict[str, Any]] = field(default_factory=list)

    async def report(self, progress: Progress, causes: tuple[str, ...]) -> None:
        return None

    async def pay(self, amount: int = 1_250, reference: str | None = None) -> Ending:
        return await self.do("payment.authorise", reference or str(uuid4()), amount=amount)

    async def do(self, kind: str, reference: str, **content: Any) -> Ending:
        body = {"reference": reference, "currency": "AMD"} | content
        return await self.terminal.perform(Job(reference, "qr", kind, body), self.report)

    async def shown(self) -> str:
        """The reference of the payment whose code is shown."""
        while not self.said:
            await asyncio.sleep(0.005)
        return self.said[-1]["reference"]


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    simulator = QrSimulator()
    terminal = QrTerminal("qr", HttpProvider(simulator.start(), "secret", timeout=2), timing=QUICK)
    found = Shop(simulator, terminal)
    running = asyncio.create_task(terminal.run(lambda state: None, found.said.append))
    while terminal.state.health is not Health.OK:
        await asyncio.sleep(0.005)
    yield found
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    simulator.stop()


async def test_a_code_is_shown_until_it_is_paid(shop: Shop):
    shop.simulator.bank.pays_after = 3

    ending = await shop.pay()

    assert ending.outcome is Outcome.DONE
    assert ending.result == {"approved": True, "amount": 1_250, "terminal": "qr", "auth_code": "Q000001"}
    assert shop.said[0]["status"] == "payment.status.qr"
    assert shop.said[0]["qr"] == squares(f"https://qr.bank.example/{shop.said[0]['reference']}")
    assert len(shop.said) == 4


async def test_the_cashier_gives_it_up(shop: Shop):
    paying = asyncio.create_task(shop.pay())
    await shop.shown()

    assert await shop.terminal.ask("abort", {}) == {"sent": True}
    ending = await paying

    assert (ending.outcome, ending.causes) == (Outcome.FAILED, ("payment.aborted",))
    assert shop.simulator.bank.taken == 0


async def test_given_up_too_late_it_is_paid(shop: Shop):
    shop.simulator.bank.lose["find"] = ["before"] * 50
    paying = asyncio.create_task(shop.pay())
    shop.simulator.bank.pay(await shop.shown())
    await shop.terminal.ask("abort", {})

    assert (await paying).outcome is Outcome.DONE


async def test_an_expired_code_took_nothing(shop: Shop):
    paying = asyncio.create_task(shop.pay())
    shop.simulator.bank.expire(await shop.shown())

    assert (await paying).causes == ("payment.expired",)


async def test_a_sum_the_provider_refuses_is_declined(shop: Shop):
    shop.simulator.bank.limit = 1_000

    ending = await shop.pay()

    assert (ending.causes, ending.result) == (("payment.declined",), {"approved": False, "text": "over the limit"})


@pytest.mark.parametrize("lost", ["before", "after"])
async def test_a_code_whose_making_got_no_answer_was_seen_by_nobody_and_is_cancelled(shop: Shop, lost: Any):
    shop.simulator.bank.lose["create"] = [lost]

    ending = await shop.pay()

    assert (ending.outcome, ending.causes) == (Outcome.FAILED, ("payment.offline",))
    assert [each.state for each in shop.simulator.bank.payments.values()] == [QrState.CANCELLED] * (lost == "after")


@pytest.mark.parametrize("lost", ["before", "after"])
async def test_paid_while_the_answers_are_lost_is_found_by_asking_again(shop: Shop, lost: Any):
    shop.simulator.bank.lose["find"] = [lost, lost, lost]
    paying = asyncio.create_task(shop.pay())
    shop.simulator.bank.pay(await shop.shown())

    assert (await paying).outcome is Outcome.DONE
    assert shop.simulator.bank.taken == 1_250


async def test_a_provider_that_stays_away_leaves_it_uncertain_and_the_question_finds_it_later():
    simulator = QrSimulator()
    terminal = QrTerminal(
        "qr", HttpProvider(simulator.start(), "secret", timeout=1), timing=QrTiming(poll=0.01, expires=1, grace=0.2)
    )
    found = Shop(simulator, terminal)
    terminal._said = found.said.append
    reference = str(uuid4())
    simulator.bank.lose["find"] = ["before"] * 1_000
    paying = asyncio.create_task(found.pay(reference=reference))
    simulator.bank.pay(await found.shown())

    ending = await paying
    simulator.stop()
    simulator.bank.lose.clear()
    with pytest.raises(DeviceError):
        await terminal.ask("last", {"reference": reference, "amount": 1_250, "currency": "AMD"})
    simulator.start()
    answer = await terminal.ask("last", {"reference": reference, "amount": 1_250, "currency": "AMD"})
    simulator.stop()

    assert (ending.outcome, ending.causes) == (Outcome.UNCERTAIN, ("payment.unknown",))
    assert (answer["found"], answer["result"]["auth_code"]) == ("approved", "Q000001")


async def test_the_same_job_again_is_the_same_payment(shop: Shop):
    reference = str(uuid4())
    shop.simulator.bank.pays_after = 0

    first, again = await shop.pay(reference=reference), await shop.pay(reference=reference)

    assert first.result == again.result
    assert shop.simulator.bank.taken == 1_250


@pytest.mark.parametrize("lost", [[], ["before"], ["after"], ["after", "before", "after"]])
async def test_a_payment_goes_back_once_however_often_it_is_asked_for(shop: Shop, lost: Any):
    reference = str(uuid4())
    shop.simulator.bank.pays_after = 0
    await shop.pay(reference=reference)
    shop.simulator.bank.lose["refund"] = lost
    wish = {"payment": reference, "amount": 1_250}

    endings = [await shop.do("payment.reverse", str(uuid4()), **wish) for _ in range(2)]

    assert endings[-1].outcome is Outcome.DONE
    assert shop.simulator.bank.taken == 0
    assert list(shop.simulator.bank.refunds.values()) == [1_250]


async def test_what_nobody_heard_of_was_not_taken_and_what_waits_is_ended_by_asking(shop: Shop):
    unknown = {"reference": str(uuid4()), "amount": 1_250, "currency": "AMD"}
    waiting = unknown | {"reference": str(uuid4())}
    shop.simulator.bank.payments[waiting["reference"]] = QrPayment(QrState.WAITING, 1_250, "code", "Q1")

    assert await shop.terminal.ask("last", unknown) == {"found": "absent"}
    assert await shop.terminal.ask("last", waiting) == {"found": "absent"}
    assert shop.simulator.bank.payments[waiting["reference"]].state is QrState.CANCELLED


@pytest.mark.parametrize(
    "said", [{}, [], None, {"state": "paid"}, {"state": "gone", "amount": 1, "qr": "x", "id": "", "refunded": 0}]
)
def test_an_answer_that_cannot_be_read_says_nothing(said: Any):
    with pytest.raises(ProviderUnreachable):
        payment_from(said)


def test_a_token_travels_to_this_computer_or_encrypted():
    with pytest.raises(ConfigError):
        build_device(DeviceConfig("qr", "qr-payment", "http://pay.example/v1", {"token": "x"}))

    assert build_device(DeviceConfig("qr", "qr-payment", "https://pay.example/v1", {"token": "x"})).kind == "qr-payment"
