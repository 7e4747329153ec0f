"""A terminal that no wire leads to."""

import pytest

from devices.agent.build import build_device
from devices.agent.config import DeviceConfig
from devices.device import Job, Outcome, Progress

REFERENCE = "0191c5de-0000-7000-8000-000000000001"


async def never(progress: Progress, causes: tuple[str, ...]) -> None:
    raise AssertionError("nothing is sent anywhere")


def job(kind: str = "payment.authorise", **content) -> Job:
    return Job(REFERENCE, "card", kind, {"reference": REFERENCE, "amount": 1_250, "currency": "AMD"} | content)


async def test_what_the_cashier_typed_is_recorded_as_typed():
    terminal = build_device(DeviceConfig("card", "payment-terminal", "typed:"))

    ending = await terminal.perform(job(typed={"auth_code": "611804", "card": "4771"}), never)

    assert (await terminal.ask("state", {}))["typed"] is True
    assert ending.outcome is Outcome.DONE
    assert ending.result == {
        "approved": True,
        "amount": 1_250,
        "terminal": "typed",
        "auth_code": "611804",
        "card": "************4771",
    }


@pytest.mark.parametrize("typed", [None, {}, {"auth_code": "1", "card": "47"}, {"auth_code": "<b>", "card": ""}, "ok"])
async def test_anything_else_is_not_recorded(typed):
    terminal = build_device(DeviceConfig("card", "payment-terminal", "typed:"))

    assert (await terminal.perform(job(typed=typed), never)).causes == ("payment.malformed",)


async def test_it_cannot_take_a_payment_back():
    terminal = build_device(DeviceConfig("card", "payment-terminal", "typed:"))

    assert (await terminal.perform(job("payment.reverse", receipt_no=1), never)).causes == ("payment.by_hand",)
