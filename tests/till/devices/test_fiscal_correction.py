"""Takings told to the fiscal register afterwards: a document with a manager, registered once, refused in words, withdrawn."""

from typing import Any

import pytest

from pos.documents.rules import flaw_in
from tests.till.devices.fiscal_device import AWAY, WELL, AgentBeside, FiscalDevice
from tests.till.devices.test_fiscal import agent, device, fiscal
from tests.till.page import Refused, Till
from tests.till.server import ShopServer
from tests.till.shop import MARO
from tests.waiting import eventually

__all__ = ["agent", "device", "fiscal"]
pytestmark = pytest.mark.browser
CORRECT = """const approver = await till.approve(given.maro, '9876');
await till.fiscalFlow.correct({ amount: 120000, tax: 'vat20', tender: 'cash', day: given.day, basis: 'self', basis_number: '',
  reason: 'the register was broken', ...given.more, approver });"""
CORRECTIONS = "till.fiscal.value.rows.filter((row) => row.job === 'correction')"


def correction(day: str = "2026-01-03", **more: Any) -> dict[str, Any]:
    return {"maro": MARO, "day": day, "more": more}


async def test_a_correction_is_a_document_with_a_manager_and_is_registered(
    fiscal: Till, device: FiscalDevice, shop_server: ShopServer
) -> None:
    await fiscal.do(CORRECT, correction())
    await fiscal.until(f"{CORRECTIONS}.some((row) => row.state === 'registered') && till.sync.value.unsent === 0")

    (told_to,) = device.corrections
    assert (told_to.sum, told_to.tax, told_to.reason) == (120_000, "vat20", "the register was broken")
    (document,) = [each for each in shop_server.documents() if each.kind == "fiscal_correction"]
    assert (document.amount, document.day, document.approver) == (120_000, "2026-01-03", MARO)
    await eventually(lambda: shop_server.fiscal_states(document.id) == ["pending", "registered"])
    assert flaw_in(document) is None


@pytest.mark.parametrize("cause", ["fiscal.refused", "job.kind_unknown"])
async def test_a_refused_correction_is_withdrawn_and_never_tried_by_itself(
    fiscal: Till, agent: AgentBeside, device: FiscalDevice, shop_server: ShopServer, cause: str
) -> None:
    device.does, device.cause = "refuse", cause
    await fiscal.do(CORRECT, correction())
    await fiscal.until(f"{CORRECTIONS}.some((row) => row.state === 'refused')")
    device.become(AWAY)
    await fiscal.until("till.fiscal.value.dead !== null")
    device.become(WELL)
    await fiscal.until("till.fiscal.value.dead === null")

    await fiscal.do(f"till.fiscalFlow.withdraw({CORRECTIONS}[0].document)")

    assert await fiscal.do("till.fiscal.value.open") == 0
    assert len(device.corrections) == 1
    document = (await fiscal.do(f"{CORRECTIONS}[0]"))["document"]
    await eventually(lambda: shop_server.fiscal_states(document) == ["pending", "refused", "none"])


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("fiscal.day_invalid", correction("2999-01-01")),
        ("fiscal.basis_missing", correction(basis="instruction")),
        ("amount.invalid", correction(amount=0)),
        ("reason.missing", correction(reason=" ")),
    ],
)
async def test_a_correction_that_lacks_something_writes_nothing(
    fiscal: Till, device: FiscalDevice, shop_server: ShopServer, code: str, said: dict[str, Any]
) -> None:
    with pytest.raises(Refused) as refused:
        await fiscal.do(CORRECT, said)

    assert str(refused.value) == code
    await fiscal.until("till.sync.value.unsent === 0")
    assert "fiscal_correction" not in shop_server.kinds()
    assert device.corrections == []


async def test_a_correction_needs_a_manager(fiscal: Till) -> None:
    with pytest.raises(Refused) as refused:
        await fiscal.do(CORRECT.replace("approver });", "approver: null });"), correction())

    assert str(refused.value) == "approval.needed"
