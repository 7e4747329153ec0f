"""What the cashier sees of the fiscal register: each state and dialog at the four sizes, by hand, in three languages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.till import shop
from tests.till.devices.fiscal_device import AWAY, TOKEN, WELL, AgentInAThread, FiscalDevice
from tests.till.page import WAIT
from tests.till.screens.conftest import Opener, chromium, open_till, server
from tests.till.screens.server import PageServer
from tests.till.screens.test_screens import SIZES, Walk
from tests.till.screens.till_page import TillPage

__all__ = ["chromium", "open_till", "server"]
pytestmark = pytest.mark.browser
KEY = re.compile(r"(?<![\w@/.])[a-z_]+\.[a-z_]{3,}(?![\w/])")


@pytest.fixture
def device() -> FiscalDevice:
    return FiscalDevice()


@pytest.fixture
def agent(server: PageServer, device: FiscalDevice, tmp_path: Path) -> Iterator[AgentInAThread]:
    with AgentInAThread(tmp_path / "agent", server.address, device) as running:
        server.agent = {"url": running.beside.url, "token": TOKEN}
        yield running


def selling(till: TillPage) -> TillPage:
    """Paired and the part loaded before anybody sells."""
    till.pair()
    until(till, "till.fiscal.value?.dead === null")
    return till.sign_in().open_shift()


def until(till: TillPage, condition: str) -> None:
    """Waits until an expression over `till` holds."""
    till.page.evaluate(WAIT % condition)


def listed(till: TillPage) -> None:
    """The list of the fiscal register, by the menu."""
    till.narrow("goods")
    till.at("menu").click()
    till.page.click("[data-menu=fiscal]")


def sell(till: TillPage) -> None:
    till.scan(shop.MILK_CODE)
    till.narrow("basket")
    till.at("pay").click()
    till.at("exact").click()
    expect(till.at("done")).to_be_visible()


def state(till: TillPage, wanted: str) -> None:
    expect(till.at("fiscal-state")).to_have_attribute("data-state", wanted)
    expect(till.at("fiscal-state")).to_be_visible()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.usefixtures("agent")
def test_every_state_and_dialog_is_seen_and_has_no_axe_violation(
    open_till: Opener,
    size: tuple[int, int],
    device: FiscalDevice,
    agent: AgentInAThread,
):
    till = selling(open_till(size))
    walk = Walk(till)

    sell(till)
    state(till, "registered")
    walk.look("done")

    device.does, device.knows = "lose", False
    sell(till)
    state(till, "uncertain")
    walk.look("done")
    walk.dialog("fiscal-decide", lambda: till.at("fiscal-decide").click())
    till.at("fiscal-ask").click()
    state(till, "uncertain")

    device.does = "refuse"
    sell(till)
    state(till, "refused")
    walk.look("done")
    walk.dialog("fiscal-cancel", lambda: till.at("fiscal-cancel").click())
    till.at("fiscal-later").click()
    state(till, "none")
    walk.look("done")
    walk.dialog("fiscal", lambda: till.page.click("[data-action=fiscal]"))

    listed(till)
    till.at("fiscal-correct").click()
    till.page.select_option("#correct-basis", "instruction")
    walk.look("dialog-fiscal-correct")
    till.page.fill("#correct-amount", "1200")
    till.page.fill("#correct-number", "77-3")
    till.page.fill("#correct-reason", "no receipt")
    till.page.select_option("#correct-approver", shop.MARO)
    till.page.fill("#correct-pin", "1111")
    till.page.keyboard.press("Enter")
    expect(till.page.locator("dialog[open] [role=alert]")).to_contain_text("PIN")
    expect(till.page.locator("dialog[open] [role=alert]")).to_be_in_viewport()
    till.page.fill("#correct-pin", "9876")
    till.page.keyboard.press("Enter")
    until(till, "till.fiscal.value.rows.some((row) => row.job === 'correction' && row.state === 'refused')")
    listed(till)
    walk.look("dialog-fiscal")
    till.at("fiscal-withdraw").click()
    expect(till.at("fiscal-withdraw")).to_have_count(0)
    till.page.keyboard.press("Escape")

    agent.call(device.become, AWAY)
    expect(till.at("message")).to_have_attribute("data-code", "fiscal.dead")
    till.scan(shop.BREAD_CODE)
    till.narrow("basket")
    walk.dialog("fiscal-start", lambda: till.at("pay").click())

    assert walk.wrong == [], "\n".join(walk.wrong)
    assert till.faults == []


@pytest.mark.usefixtures("agent")
def test_the_done_screen_waits_and_the_next_basket_is_not_lost(
    open_till: Opener,
    device: FiscalDevice,
    agent: AgentInAThread,
):
    till = selling(open_till())
    device.does = "hold"
    sell(till)
    state(till, "pending")
    expect(till.at("fiscal-state")).to_contain_text("no paper")

    till.scan(shop.BREAD_CODE)
    agent.call(device.go.set)
    expect(till.at("done")).to_have_count(0)
    until(till, "till.fiscal.value.rows.every((row) => row.settled)")

    assert len(till.basket()["lines"]) == 1
    assert len(device.registered) == 1


@pytest.mark.usefixtures("agent")
def test_a_person_says_that_a_lost_receipt_is_there(open_till: Opener, device: FiscalDevice):
    till = selling(open_till())
    device.does, device.knows = "lose", False
    sell(till)
    state(till, "uncertain")

    till.at("fiscal-decide").click()
    till.page.fill("#fiscal-number", "77")
    till.page.fill("#fiscal-decide-pin", "9876")
    till.at("fiscal-there").click()

    state(till, "registered")
    expect(till.at("fiscal-state")).to_contain_text("77")


@pytest.mark.usefixtures("agent")
def test_a_refused_sale_is_cancelled_by_hand(open_till: Opener, device: FiscalDevice):
    till = selling(open_till())
    device.does = "refuse"
    sell(till)
    state(till, "refused")
    expect(till.at("fiscal-state")).to_contain_text("command not allowed")

    till.at("fiscal-cancel").click()
    till.at("fiscal-cancel-cash").click()

    expect(till.at("dialog-fiscal-cancel")).to_have_count(0)
    expect(till.at("done")).to_contain_text("500")
    expect(till.at("fiscal")).to_have_count(0)


@pytest.mark.usefixtures("agent")
def test_a_manager_lets_one_sale_go_without_the_device(
    open_till: Opener,
    device: FiscalDevice,
    agent: AgentInAThread,
):
    till = selling(open_till())
    agent.call(device.become, AWAY)
    expect(till.at("message")).to_have_attribute("data-code", "fiscal.dead")
    till.scan(shop.MILK_CODE)
    till.at("pay").click()
    till.page.fill("#fiscal-start-pin", "9876")
    till.at("fiscal-start-do").click()
    till.at("exact").click()
    state(till, "none")

    agent.call(device.become, WELL)

    state(till, "registered")


@pytest.mark.parametrize("language", ["en", "ru", "hy"])
@pytest.mark.usefixtures("agent")
def test_no_state_shows_a_key_in_place_of_a_text(
    open_till: Opener,
    language: str,
    device: FiscalDevice,
    agent: AgentInAThread,
):
    till = open_till((1024, 768))
    for person in till.server.snapshot["staff"]:
        person["language"] = language
    selling(till)
    shown: list[str] = []

    def look() -> None:
        shown.extend(KEY.findall(till.page.locator("body").inner_text()))

    for does, ends in (("register", "registered"), ("lose", "uncertain"), ("refuse", "refused")):
        device.does, device.knows = does, False
        sell(till)
        state(till, ends)
        look()
    till.at("fiscal-cancel").click()
    expect(till.at("dialog-fiscal-cancel")).to_be_visible()
    look()
    till.page.keyboard.press("Escape")
    till.at("fiscal").click()
    expect(till.at("dialog-fiscal")).to_be_visible()
    look()
    till.at("dialog-fiscal").get_by_test_id("fiscal-decide").first.click()
    expect(till.at("dialog-fiscal-decide")).to_be_visible()
    look()
    till.page.keyboard.press("Escape")
    agent.call(device.become, AWAY)
    till.scan(shop.MILK_CODE)
    till.at("pay").click()
    expect(till.at("dialog-fiscal-start")).to_be_visible()
    look()

    assert shown == []
    assert till.faults == []
