"""What the customer sees: a second window and a display of two lines, fed by the till, blank of everybody before."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.till import shop
from tests.till.agent import ONLINE, Complaint, TillAgent
from tests.till.screens import shop as shelves
from tests.till.screens.conftest import Opener
from tests.till.screens.server import PageServer
from tests.till.screens.till_page import SIDEWAYS, TillPage

pytestmark = pytest.mark.browser
SIZES = [(1280, 800), (1024, 768), (800, 1280)]
READABLE_PX = 24
"""At a metre: letters of about 6 mm on a 10 to 15 inch screen."""


def opened(till: TillPage) -> Page:
    """The window that the till's menu opens."""
    till.page.keyboard.press("F9")
    with till.page.context.expect_page() as found:
        till.page.locator("[data-menu=display]").click()
    return found.value


def pay_in_cash(till: TillPage) -> None:
    till.at("pay").click()
    expect(till.at("pay-screen")).to_be_visible()
    till.page.locator("[data-quick]").first.click()
    expect(till.at("done")).to_be_visible()


def eventually_in(till: TillPage, holds: Callable[[], bool]) -> None:
    """Lets the page go on until it holds; the test's own time limit ends it otherwise."""
    while not holds():
        till.page.wait_for_timeout(20)


def smallest(window: Page) -> float:
    return window.evaluate(
        "() => Math.min(...[...document.querySelectorAll('#display *')].filter((each) => each.textContent)"
        ".map((each) => parseFloat(getComputedStyle(each).fontSize)))"
    )


def test_a_sale_in_the_second_window_from_the_first_scan_to_thanks(open_till: Opener):
    till = open_till().selling()
    window = opened(till)
    place = window.locator("#display")
    expect(place).to_have_attribute("data-state", "idle")
    expect(place).to_have_text("Welcome")

    till.scan(shop.MILK_CODE, shop.MILK_CODE)
    expect(place).to_have_attribute("data-state", "selling")
    expect(window.locator(".lines li")).to_have_count(1)
    name = till.page.locator(".line-name").first.inner_text()
    expect(window.locator(".lines .name")).to_have_text(name)
    expect(window.locator(".sums .total dd")).to_have_text(till.at("total").inner_text())
    for width, height in SIZES:
        window.set_viewport_size({"width": width, "height": height})
        expect(window.locator(".sums .total")).to_be_in_viewport()
        assert smallest(window) >= READABLE_PX
        assert window.evaluate(SIDEWAYS) == []

    pay_in_cash(till)
    expect(place).to_have_attribute("data-state", "done")
    expect(window.locator(".sums .change dd")).to_have_text(till.at("change").inner_text())
    expect(window.locator(".lines")).to_have_count(0)
    expect(window.locator(".sums .rounding")).to_have_count(0)

    till.scan(shelves.code(shelves.MATSUN), shop.GOLD_CARD)
    pay_in_cash(till)
    expect(window.locator(".sums .rounding")).to_have_text("cash rounding֏2")
    expect(window.locator(".sums .change dd")).to_have_text(till.at("change").inner_text())
    assert till.faults == []


def test_the_next_client_sees_nothing_of_the_one_before(open_till: Opener):
    till = open_till().selling()
    window = opened(till)
    till.scan(shop.MILK_CODE)
    expect(window.locator(".lines li")).to_have_count(1)
    pay_in_cash(till)
    expect(window.locator("#display")).to_have_attribute("data-state", "done")
    till.scan(shop.BREAD_CODE)
    expect(window.locator(".lines li")).to_have_count(1)
    expect(window.locator(".change")).to_have_count(0)
    till.page.evaluate("async () => (await import('/till/core/till.js')).till.signOut()")

    expect(window.locator("#display")).to_have_attribute("data-state", "idle")
    expect(window.locator(".lines")).to_have_count(0)


@pytest.mark.parametrize(("language", "total"), [("ru", "ИТОГО"), ("hy", "ԸՆԴԱՄԵՆԸ")])
def test_it_speaks_the_tills_language(open_till: Opener, language: str, total: str):
    till = open_till().selling()
    window = opened(till)
    till.scan(shop.MILK_CODE)
    till.page.evaluate("async (code) => (await import('/till/core/till.js')).till.setLanguage(code)", language)

    expect(window.locator(".sums .total dt")).to_have_text(total)
    expect(window.locator("html")).to_have_attribute("lang", language)


def test_a_window_that_is_reloaded_with_the_server_away_shows_the_sale_again(open_till: Opener):
    till = open_till(whole=True).selling()
    till.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    window = opened(till)
    till.scan(shop.MILK_CODE)
    expect(window.locator(".lines li")).to_have_count(1)
    till.page.context.set_offline(True)
    window.reload()

    expect(window.locator(".lines li")).to_have_count(1)
    expect(window.locator(".sums .total dd")).to_have_text(till.at("total").inner_text())


def test_a_display_of_two_lines_follows_the_sale_and_holds_up_nothing(open_till: Opener, server: PageServer):
    shown: list[dict[str, Any]] = []

    def pole(question: str, content: dict[str, Any]) -> dict[str, Any]:
        shown.append(content)
        if len(shown) == 2:
            raise Complaint("display.stuck")
        return {"lines": ["", ""]}

    agent = TillAgent([{"id": "pole", "kind": "customer-display", "state": ONLINE}], {"pole": pole})
    server.agent = agent.start()
    try:
        till = open_till().selling()
        agent.wait({"type": "ask", "device": "pole", "question": "show"})
        till.scan(shop.MILK_CODE, shop.BREAD_CODE)
        expect(till.page.locator(".line-name")).to_have_count(2)
        pay_in_cash(till)
        eventually_in(till, lambda: any("change" in content for content in shown))
    finally:
        agent.stop()

    assert shown[0]["lines"] == ["Welcome"]
    assert any("name" in content for content in shown)
    assert till.faults == []
