"""What most sales do not need comes when it is asked for: from the server or the service worker, joined or as it is written."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.till import shop
from tests.till.screens import shop as shelves
from tests.till.screens.conftest import Opener
from tests.till.screens.server import PageServer, SentServer
from tests.till.screens.till_page import TillPage

pytestmark = pytest.mark.browser


@pytest.fixture(params=[PageServer, SentServer], ids=["as written", "as sent"])
def server(request: pytest.FixtureRequest) -> Iterator[PageServer]:
    server = request.param()
    server.start()
    yield server
    server.stop()


def sell(till: TillPage) -> None:
    """One sale by hand; it says nothing of the core, so that it works with files as they are sent."""
    till.page.fill("#search", shop.MILK_CODE)
    till.page.keyboard.press("Enter")
    expect(till.page.locator(".line")).to_have_count(1)
    till.at("pay").click()
    till.at("exact").click()
    expect(till.at("change")).to_have_text("֏0")


def give_back(till: TillPage) -> None:
    till.page.keyboard.press("F8")
    expect(till.at("dialog-receipts")).to_be_visible()
    till.page.locator(".receipts .sale .button").last.click()
    expect(till.at("dialog-return")).to_be_visible()
    till.page.locator("[data-line]").first.click()
    till.at("refund-cash").click()
    expect(till.at("dialog-return")).to_have_count(0)


def loaded(till: TillPage) -> list[str]:
    """The parts that this page has asked for."""
    return till.page.evaluate(
        "() => performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.includes('/parts/'))"
    )


def test_a_sale_needs_no_part_beyond_the_days_and_a_return_brings_its_own(open_till: Opener):
    till = open_till(whole=True).selling()

    sell(till)
    before = loaded(till)
    give_back(till)

    assert [name.rsplit("/", 1)[1] for name in before] == ["day.js"]
    assert [name.rsplit("/", 1)[1] for name in loaded(till)] == ["day.js", "returns.js"]
    assert till.faults == []


def test_every_part_is_there_with_the_server_dead(open_till: Opener):
    till = open_till(whole=True).selling()
    page = till.page
    till.prepared()
    till.server.stop()
    page.reload()
    expect(till.at("sell")).to_be_visible()

    sell(till)
    give_back(till)
    page.keyboard.press("F9")
    expect(till.at("dialog-menu")).to_be_visible()
    page.click("[data-menu=coupon]")
    expect(till.at("dialog-coupon")).to_be_visible()
    page.keyboard.press("Escape")
    page.fill("#search", shop.MILK_CODE)
    page.keyboard.press("Enter")
    page.locator("[data-line]").first.click()
    till.at("line-why").click()
    expect(till.at("dialog-why")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.fill("#search", shelves.code(shelves.CIGARETTES))
    page.keyboard.press("Enter")
    expect(till.at("dialog-age")).to_be_visible()
    page.keyboard.press("F2")
    page.keyboard.press("F10")
    expect(till.at("pay-screen")).to_be_visible()

    assert [fault for fault in till.faults if "ERR_CONNECTION" not in fault] == []


def test_a_part_that_does_not_come_says_so_and_is_tried_again(open_till: Opener, server: PageServer):
    server.missing.add("/till/parts/returns.js")
    till = open_till().selling()
    sell(till)

    till.page.keyboard.press("F8")
    expect(till.at("dialog-part")).to_be_visible()
    expect(till.at("dialog-part").get_by_role("alert")).to_contain_text("could not be loaded")
    assert till.axe() == []
    till.page.keyboard.press("Escape")
    expect(till.at("dialog-part")).to_have_count(0)
    till.page.keyboard.press("F8")
    expect(till.at("dialog-part").get_by_role("alert")).to_contain_text("could not be loaded")
    server.missing.clear()
    till.at("part-again").click()

    expect(till.at("dialog-receipts")).to_be_visible()


def test_goods_under_a_law_are_taken_out_where_the_question_does_not_come(open_till: Opener, server: PageServer):
    server.missing.add("/till/parts/law.js")
    till = open_till().selling()
    for code in (shop.MILK_CODE, shelves.code(shelves.CIGARETTES)):
        till.page.fill("#search", code)
        till.page.keyboard.press("Enter")

    expect(till.at("dialog-part").get_by_role("alert")).to_contain_text("could not be loaded")
    till.page.keyboard.press("Escape")

    expect(till.at("dialog-part")).to_have_count(0)
    expect(till.page.locator(".line")).to_have_count(1)
    till.at("pay").click()
    expect(till.at("pay-screen")).to_be_visible()


def test_what_is_typed_before_a_part_is_here_stands_in_its_field(open_till: Opener, server: PageServer):
    here = server.held["/till/parts/clients.js"] = threading.Event()
    till = open_till().selling()
    till.page.keyboard.press("F9")
    till.page.click("[data-menu=coupon]")

    till.page.keyboard.type("SP")
    expect(till.at("dialog-part")).to_be_visible()
    till.page.keyboard.type("RING")
    here.set()

    expect(till.at("dialog-coupon")).to_be_visible()
    expect(till.page.locator("#coupon-code")).to_have_value("SPRING")
    expect(till.page.locator("#coupon-code")).to_be_focused()


def test_a_screen_that_does_not_come_is_never_blank(open_till: Opener, server: PageServer):
    server.missing.add("/till/parts/day.js")
    till = open_till().open()

    expect(till.at("dialog-part")).to_be_visible()
    server.missing.clear()
    till.at("part-again").click()

    expect(till.at("pair")).to_be_visible()
