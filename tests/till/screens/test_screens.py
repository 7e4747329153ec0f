"""Every screen and dialog: opened, seen, then measured, at the four sizes a till comes in."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.till import shop
from tests.till.screens import shop as shelves
from tests.till.screens.conftest import Opener
from tests.till.screens.till_page import TillPage

SIZES = [(1280, 800), (1024, 768), (800, 1280), (360, 740)]
VIEWS = [*((size, "light") for size in SIZES), *((size, "dark") for size in (SIZES[0], SIZES[-1]))]
"""The dark scheme changes colours alone: it is looked at where the till is widest and narrowest."""
FAULTS = "{where}: {what}"


class Walk:
    """Opens one thing after another and keeps what is wrong with each."""

    def __init__(self, till: TillPage) -> None:
        self.till = till
        self.wrong: list[str] = []
        self.seen: set[str] = set()

    def look(self, test_id: str) -> None:
        expect(self.till.at(test_id)).to_be_visible()
        self.seen.add(test_id)
        self.wrong += [FAULTS.format(where=test_id, what=fault) for fault in self.till.axe()]
        self.wrong += [FAULTS.format(where=test_id, what=f"small {each}") for each in self.till.too_small()]
        self.wrong += [
            FAULTS.format(where=test_id, what=f"scrolls sideways: {each}") for each in self.till.scrolls_sideways()
        ]

    def dialog(self, name: str, opening: Callable[[], object]) -> None:
        opening()
        self.look(f"dialog-{name}")
        self.till.page.keyboard.press("Escape")
        expect(self.till.at(f"dialog-{name}")).to_have_count(0)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("size", "scheme"), VIEWS, ids=[f"{scheme}-{width}x{height}" for (width, height), scheme in VIEWS]
)
def test_every_screen_and_dialog_opens_is_seen_and_has_no_axe_violation(
    open_till: Opener, size: tuple[int, int], scheme: str
):
    till = open_till(size, scheme=scheme)
    walk = Walk(till)
    page = till.page

    till.open()
    walk.look("pair")
    till.pair()
    walk.look("sign-in")
    till.sign_in()
    walk.look("shift-open")
    till.open_shift()
    walk.look("sell")

    def menu(item: str) -> Callable[[], None]:
        def opening() -> None:
            till.narrow("goods")
            till.at("menu").click()
            page.click(f"[data-menu={item}]")

        return opening

    def goods(test_id: str) -> Callable[[], None]:
        def opening() -> None:
            till.narrow("goods")
            till.at(test_id).click()

        return opening

    till.scan(shop.MILK_CODE, shop.BREAD_CODE)
    walk.dialog("age", lambda: till.scan(shelves.code(shelves.CIGARETTES)))
    till.scan(shelves.code(shelves.CIGARETTES), shop.GOLD_CARD)
    till.at("age-yes").click()
    walk.look("sell")
    till.narrow("goods")
    page.fill("#search", "an")
    expect(page.get_by_role("option").first).to_be_visible()
    walk.look("sell")
    page.fill("#search", "")
    walk.dialog("weight", lambda: page.click(f"[data-product='{shop.APPLES}']"))
    walk.dialog("menu", goods("menu"))
    walk.dialog("choice", lambda: till.scan(shop.SHARED_CODE))
    till.narrow("basket")
    page.locator(".customer-main").click()
    walk.look("panel-customer")
    page.keyboard.press("Escape")
    till.narrow("basket")
    page.locator("[data-line]").first.click()
    walk.look("panel-line")
    walk.dialog("why", lambda: till.at("line-why").click())
    walk.dialog("price", lambda: till.at("line-price").click())
    page.keyboard.press("Escape")
    walk.dialog("void", menu("void"))
    walk.dialog("drawer", menu("drawer"))
    walk.dialog("cash-in", menu("cash-in"))
    walk.dialog("cash-out", menu("cash-out"))
    walk.dialog("x-report", menu("x"))
    walk.dialog("status", menu("status"))
    goods("park")()
    walk.dialog("parked", goods("parked"))

    till.scan("4859999999998")
    walk.look("message")
    till.scan(shop.MILK_CODE, shop.GOLD_CARD, shelves.code(shelves.CIGARETTES))
    till.at("age-yes").click()
    till.narrow("basket")
    till.at("pay").click()
    walk.look("pay-screen")
    till.at("exact").click()
    walk.look("done")
    walk.dialog("receipts", goods("return"))
    walk.dialog("return", lambda: till.scan("A1-1-1"))
    till.scan("A1-1-1")
    walk.dialog("return-kept", lambda: till.at("return-allow").click())
    page.keyboard.press("Escape")

    menu("close")()
    walk.look("dialog-shift-close")
    till.at("count-done").click()
    expect(till.at("expected")).to_be_visible()
    walk.look("dialog-shift-close")

    assert walk.wrong == [], "\n".join(walk.wrong)
    assert till.faults == []


@pytest.mark.browser
def test_a_second_window_says_that_the_till_is_open_elsewhere(open_till: Opener):
    first = open_till().pair()
    second = TillPage(first.page.context.new_page(), first.server).open()

    expect(second.at("blocked-other-tab")).to_be_visible()
    assert second.axe() == []


@pytest.mark.browser
def test_an_insecure_address_is_refused_with_the_way_out(open_till: Opener):
    till = open_till()
    till.page.add_init_script("Object.defineProperty(globalThis, 'isSecureContext', { value: false })")

    till.open()

    expect(till.at("blocked-insecure")).to_be_visible()
    expect(till.page.get_by_text("https")).to_be_visible()
    assert till.axe() == []


@pytest.mark.browser
def test_storage_that_does_not_open_is_said_with_what_to_do(open_till: Opener):
    till = open_till()
    till.page.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('no', 'UnknownError'); }")

    till.open()

    expect(till.at("blocked-broken")).to_be_visible()
    expect(till.page.get_by_role("button", name="Try again")).to_be_visible()
    assert till.axe() == []
