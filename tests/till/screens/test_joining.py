"""The devices of this computer, as somebody with the agent's code in hand joins and leaves them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.till import shop
from tests.till.devices.fiscal_device import AgentInAThread
from tests.till.screens.conftest import Opener
from tests.till.screens.server import PageServer
from tests.till.screens.test_screens import SIZES, Walk
from tests.till.screens.till_page import TillPage

pytestmark = pytest.mark.browser
KEY = re.compile(r"(?<![\w@/.])[a-z_]+\.[a-z_]{3,}(?![\w/])")


@pytest.fixture
def agent(server: PageServer, tmp_path: Path) -> Iterator[AgentInAThread]:
    """It runs on this PC and knows no till."""
    running = AgentInAThread(tmp_path / "agent", server.address)
    running.beside.registers = ()
    with running:
        yield running


def code(agent: AgentInAThread) -> str:
    assert agent.beside.agent
    return agent.beside.agent.access.open_pairing()


def opened(till: TillPage) -> None:
    """By the icon of the devices."""
    till.at("devices").click()
    till.at("own-devices").click()


def alert(till: TillPage) -> Locator:
    return till.page.locator("dialog[open] [role=alert]")


def another_port(till: TillPage, port: int) -> None:
    till.page.locator("dialog[open] summary").click()
    till.page.fill("#join-port", str(port))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_state_is_seen_and_has_no_axe_violation(open_till: Opener, agent: AgentInAThread, size: tuple[int, int]):
    till = open_till(size).selling()
    walk = Walk(till)
    till.narrow("goods")
    page = till.page

    walk.dialog("status", lambda: till.at("devices").click())
    opened(till)
    walk.look("dialog-joining")
    another_port(till, 1)
    page.fill("#join-code", "WRONG222")
    till.at("join-do").click()
    expect(alert(till)).to_contain_text("127.0.0.1:1")
    expect(alert(till)).to_be_in_viewport()
    walk.look("dialog-joining")
    page.fill("#join-port", str(agent.beside.port))
    page.fill("#join-code", code(agent).lower())
    till.at("join-do").click()
    expect(till.at("joined")).to_contain_text(f"127.0.0.1:{agent.beside.port}")
    expect(till.page.get_by_text("Connected. Devices: 0.")).to_be_visible()
    walk.look("dialog-joining")
    agent.run(agent.beside.stop())
    expect(till.page.locator("dialog[open] .warning")).to_be_visible()
    walk.look("dialog-joining")
    till.at("join-leave").click()
    expect(page.locator("#join-code")).to_be_focused()

    assert walk.wrong == [], "\n".join(walk.wrong)
    assert till.faults == []


def test_the_whole_way_is_open_to_a_keyboard(open_till: Opener, agent: AgentInAThread):
    till = open_till().selling()
    press = till.page.keyboard.press

    def kind(text: str) -> None:
        till.page.keyboard.type(text, delay=120)  # faster it would be a scanner

    till.at("devices").focus()
    press("Enter")
    expect(till.at("dialog-status")).to_be_visible()
    press("Tab")
    expect(till.at("own-devices")).to_be_focused()
    press("Enter")
    expect(till.page.locator("#join-code")).to_be_focused()
    kind(code(agent))
    press("Tab")
    press("Enter")
    press("Tab")
    expect(till.page.locator("#join-port")).to_have_value("9317")
    press("Control+A")
    kind(str(agent.beside.port))
    press("Enter")
    expect(till.at("joined")).to_be_visible()
    expect(till.at("join-anew")).to_be_focused()
    press("Enter")
    expect(till.page.locator("#join-code")).to_be_focused()
    expect(till.page.locator("#join-port")).to_have_value(str(agent.beside.port))
    kind(code(agent))
    press("Enter")
    expect(till.at("joined")).to_be_visible()
    press("Shift+Tab")
    press("Enter")
    expect(till.page.locator("#join-code")).to_be_focused()
    press("Escape")

    expect(till.at("dialog-joining")).to_have_count(0)
    assert till.faults == []


@pytest.mark.parametrize("language", ["en", "ru", "hy"])
def test_no_state_shows_a_key_in_place_of_a_text(open_till: Opener, agent: AgentInAThread, language: str):
    till = open_till((1024, 768))
    for person in till.server.snapshot["staff"]:
        person["language"] = language
    till.selling()
    shown: list[str] = []

    def look() -> None:
        shown.extend(KEY.findall(till.page.locator("dialog[open]").inner_text()))

    till.at("devices").click()
    expect(till.at("own-devices")).to_be_visible()
    look()
    till.at("own-devices").click()
    another_port(till, 0)
    look()
    for port, typed in ((0, "WRONG222"), (1, "WRONG222"), (agent.beside.port, "WRONG222")):
        till.page.fill("#join-port", str(port))
        till.page.fill("#join-code", typed)
        till.page.keyboard.press("Enter")
        expect(alert(till)).not_to_be_empty()
        look()
    till.page.fill("#join-code", code(agent))
    till.page.keyboard.press("Enter")
    expect(till.at("joined")).to_be_visible()
    look()
    agent.run(agent.beside.stop())
    expect(till.page.locator("dialog[open] .warning")).to_be_visible()
    look()

    assert shown == []
    assert till.faults == []


def test_a_till_that_nobody_signed_in_to_can_be_joined(open_till: Opener, agent: AgentInAThread):
    till = open_till().pair()
    opened(till)
    another_port(till, agent.beside.port)
    till.page.fill("#join-code", code(agent))
    till.page.keyboard.press("Enter")
    expect(till.at("joined")).to_be_visible()
    till.page.keyboard.press("Escape")

    till.sign_in(shop.ANNA).open_shift()

    opened(till)
    expect(till.at("joined")).to_be_visible()
