"""What the agent says late, in another order, or not at all: the till still learns how a registration ended."""

import pytest

from tests.till.devices.fiscal_device import FiscalDevice
from tests.till.devices.test_fiscal import ROW, agent, becomes, device, fiscal
from tests.till.page import Till
from tests.till.shop import MILK_CODE

__all__ = ["agent", "device", "fiscal"]
pytestmark = pytest.mark.browser
LATE = """const { agent } = till.fiscalFlow.core;
const request = agent.request.bind(agent);
const held = new Promise((resume) => (window.release = resume));
agent.hear('state', ({ state }) => { window.ended ||= state === 'done'; });
agent.request = async (message) => {
  const answer = await request(message);
  if (message.type === 'jobs') { window.asked = true; await held; }
  return answer;
};
agent.socket.close();
return null;"""


async def test_an_end_that_overtakes_the_answer_how_a_job_stood_is_not_lost(fiscal: Till, device: FiscalDevice) -> None:
    device.does = "hold"
    sale = await fiscal.sell(MILK_CODE)
    await becomes(fiscal, sale, "pending")
    await fiscal.until(f"{ROW.format(sale['id'])}.waiting?.[0] === 'fiscal.paper_out'")

    await fiscal.do(LATE)
    await fiscal.until("window.asked")
    device.go.set()
    await fiscal.until("window.ended")
    await fiscal.do("window.release()")

    await becomes(fiscal, sale, "registered")
    assert device.done("fiscal.receipt") == ["receipt"]


async def test_an_attempt_is_asked_about_again_where_the_agent_gave_no_answer(
    fiscal: Till, device: FiscalDevice
) -> None:
    device.does = "hold"
    sale = await fiscal.sell(MILK_CODE)
    await becomes(fiscal, sale, "pending")
    await fiscal.until(f"{ROW.format(sale['id'])}.waiting?.[0] === 'fiscal.paper_out'")

    await fiscal.do(UNANSWERED)
    device.go.set()

    await becomes(fiscal, sale, "registered")
    assert await fiscal.do("window.unanswered") == 1


UNANSWERED = """const { agent } = till.fiscalFlow.core;
const { TillError } = await import('/till/core/errors.js');
const request = agent.request.bind(agent);
window.unanswered = 0;
agent.request = (message) => {
  if (message.type !== 'jobs' || window.unanswered) return request(message);
  window.unanswered += 1;
  return Promise.reject(new TillError('agent.silent'));
};
agent.socket.close();
return null;"""
