"""What goes wrong at the till is said on its screen, with what to do about it; nothing that was scanned or sold is lost.

A wrong PIN and an unknown barcode stand in `test_jobs.py`.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from deploy.chromium import chromium_path
from tests.till import shop
from tests.till.screens.conftest import ARGUMENTS, Opener
from tests.till.screens.server import PageServer
from tests.till.screens.till_page import TillPage

pytestmark = pytest.mark.browser

FILL_THE_DISK = """() => {
  const { add, put } = IDBObjectStore.prototype;
  window.mend = () => Object.assign(IDBObjectStore.prototype, { add, put });
  const full = () => { throw new DOMException('no room', 'QuotaExceededError'); };
  Object.assign(IDBObjectStore.prototype, { add: full, put: full });
}"""


def test_a_blocked_card_is_said_and_the_sale_goes_on_without_it(open_till: Opener):
    till = open_till().selling()
    till.scan(shop.MILK_CODE)

    till.scan(shop.STOPPED_CARD)

    expect(till.page.get_by_text("This card is blocked: no discount by it.")).to_be_visible()
    assert till.basket()["lines"][0]["name"] == "Milk Ashtarak 3.2 % 1 l"
    till.at("pay").click()
    till.at("exact").click()
    expect(till.at("change")).to_have_text("֏0")


def test_without_an_open_shift_nothing_can_be_sold_and_the_screen_asks_to_open_it(open_till: Opener):
    till = open_till().pair().sign_in()

    expect(till.at("shift-open")).to_be_visible()
    expect(till.page.get_by_text("Count what lies in the drawer before the first sale.")).to_be_visible()
    till._burst(shop.MILK_CODE)

    expect(till.page.locator(".line")).to_have_count(0)
    till.open_shift()
    till.scan(shop.MILK_CODE)
    expect(till.page.locator(".line")).to_have_count(1)


def test_a_full_disk_is_said_the_basket_stays_and_room_alone_heals_it(open_till: Opener):
    till = open_till().selling()
    till.scan(shop.MILK_CODE)
    till.at("pay").click()
    till.page.evaluate(FILL_THE_DISK)

    till.at("exact").click()

    expect(till.page.get_by_text("The device’s storage is full and this was not stored.")).to_be_visible()
    expect(till.at("done")).to_have_count(0)
    assert len(till.basket()["lines"]) == 1
    till.page.evaluate("() => window.mend()")
    till.at("exact").click()
    expect(till.at("done")).to_be_visible()
    till.until("till.sync.value.unsent === 0")
    assert till.server.kinds().count("sale") == 1


def test_a_document_the_server_cannot_book_is_said_and_selling_goes_on(open_till: Opener):
    till = open_till().selling()
    till.server.quarantine.add("sale")
    till.scan(shop.MILK_CODE)
    till.at("pay").click()
    till.at("exact").click()
    expect(till.at("done")).to_be_visible()

    expect(till.page.get_by_text("The server kept these documents but could not book them.").first).to_be_visible()

    till.server.quarantine.clear()
    till.scan(shop.BREAD_CODE)
    till.at("pay").click()
    till.at("exact").click()
    expect(till.at("change")).to_have_text("֏0")


def test_a_receipt_nobody_knows_is_said_where_it_was_asked_for(open_till: Opener):
    till = open_till().selling()

    till.at("return").click()
    till.page.fill("#receipt-code", "Z9-9-9")
    till.page.keyboard.press("Enter")

    error = till.at("dialog-receipts").locator(".error")
    expect(error).to_be_visible()
    assert "receipt." not in error.inner_text(), "a sentence, not its code"


def test_a_wrong_pairing_code_says_where_the_right_one_is(open_till: Opener):
    till = open_till().open()
    expect(till.at("pair")).to_be_visible()

    till.page.fill("#pair-code", "WRONG234")
    till.page.keyboard.press("Enter")

    error = till.at("pair").locator(".error")
    expect(error).to_be_visible()
    assert "pairing." not in error.inner_text(), "a sentence, not its code"
    till.pair()


def test_data_that_the_browser_threw_away_is_said_where_the_till_is_paired_again(
    chromium: Browser, server: PageServer, tmp_path: Path
):
    def opened() -> tuple[BrowserContext, TillPage]:
        context = chromium.browser_type.launch_persistent_context(
            str(tmp_path), executable_path=chromium_path(), args=ARGUMENTS, locale="en-GB"
        )
        return context, TillPage(context.pages[0], server).open()

    context, till = opened()
    till.pair()
    context.close()
    (log,) = tmp_path.glob("Default/IndexedDB/*.indexeddb.leveldb/*.log")
    whole = log.read_bytes()
    log.write_bytes(whole[:1000] + bytes(100) + whole[1100:])

    context, till = opened()

    expect(till.at("lost")).to_be_visible()
    expect(till.at("lost")).to_contain_text("deleted it. Pair the till again")
    assert till.axe() == []
    till.selling()
    expect(till.at("lost")).to_have_count(0)
    context.close()


def test_an_address_without_tls_in_the_shops_network_is_refused_with_both_ways_out(
    chromium: Browser, server: PageServer
):
    """A browser that knows the till PC by name over plain http has no storage promise, no crypto, no service worker."""
    browser = chromium.browser_type.launch(
        executable_path=chromium_path(), args=[*ARGUMENTS, "--host-resolver-rules=MAP shop.test 127.0.0.1"]
    )
    page = browser.new_context(locale="en-GB").new_page()
    till = TillPage(page, server)
    address = f"http://shop.test:{server.port}"

    page.goto(f"{address}/till")

    assert page.evaluate("isSecureContext") is False
    expect(till.at("blocked-insecure")).to_be_visible()
    for words in (address, "open http://localhost instead", "open the https address"):
        expect(page.get_by_text(words)).to_be_visible()
    assert till.at("open-shift").count() == till.at("pair").count() == 0
    assert till.axe() == []
    browser.close()
