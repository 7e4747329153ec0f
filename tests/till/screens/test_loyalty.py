"""Loyalty as a cashier meets it: seen, then handled, at the four sizes a till comes in."""

import pytest
from playwright.sync_api import expect

from tests.till import shop
from tests.till.loyalty_shop import (
    BLANK_CARD,
    COUPON,
    DEBTOR_CARD,
    GIFT_CARD,
    OFF,
    REPLACED_CARD,
    STAFF_CARD,
    USED_COUPON,
    with_loyalty,
)
from tests.till.screens import shop as shelves
from tests.till.screens.conftest import Opener
from tests.till.screens.server import PageServer
from tests.till.screens.test_screens import SIZES, Walk
from tests.till.screens.till_page import TillPage

pytestmark = pytest.mark.browser


@pytest.fixture
def server(server: PageServer) -> PageServer:
    with_loyalty(server)
    for row in server.accounts:
        if row["id"] == shop.GOLD:
            row |= {"owed": 0, "debt_limit": 500_000}
    server.promises.debts[shop.GOLD] = 500_000
    return server


def online(till: TillPage) -> TillPage:
    till.until("till.sync.value.online")
    return till


def in_sight(till: TillPage, *test_ids: str) -> list[str]:
    """Those that are not wholly on screen."""
    size = till.page.viewport_size
    assert size
    hidden = []
    for test_id in test_ids:
        box = till.at(test_id).bounding_box()
        if (
            not box
            or box["y"] < 0
            or box["y"] + box["height"] > size["height"]
            or box["x"] + box["width"] > size["width"]
        ):
            hidden.append(f"{test_id} {box}")
    return hidden


@pytest.mark.parametrize("language", ["en", "ru", "hy"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_dialog_of_loyalty_opens_is_seen_and_has_no_axe_violation(
    open_till: Opener, size: tuple[int, int], language: str
):
    till = online(open_till(size).selling())
    till.page.evaluate("async (code) => (await import('/till/core/till.js')).till.setLanguage(code)", language)
    walk = Walk(till)
    page = till.page

    def menu(item: str) -> None:
        till.narrow("goods")
        till.at("menu").click()
        page.click(f"[data-menu={item}]")

    walk.dialog("newcomer", lambda: menu("newcomer"))
    till.scan(BLANK_CARD)
    expect(till.at("message")).to_be_visible()
    till.at("message").locator("[data-action=form]").click()
    walk.look("dialog-newcomer")
    expect(page.locator("#newcomer-given")).to_be_focused()
    page.keyboard.press("Escape")
    walk.dialog("gift-card-sell", lambda: menu("gift-card"))
    walk.dialog("coupon", lambda: menu("coupon"))

    till.scan(*[shop.MILK_CODE] * 7, shop.GOLD_CARD, COUPON)
    till.narrow("basket")
    expect(till.at("gift-offer")).to_be_visible()
    walk.look("sell")
    walk.dialog("gift", lambda: till.at("gift-offer").click())
    page.locator(".customer-main").click()
    walk.look("panel-customer")
    page.keyboard.press("Escape")
    walk.dialog("debt", lambda: menu("debt"))

    till.narrow("basket")
    till.at("pay").click()
    walk.look("pay-screen")
    assert in_sight(till, "exact", "card", "pay-points", "pay-coupon", "pay-gift-card", "pay-on-account", "left") == []
    assert page.locator(".pay-pad .key.enter").evaluate("(key) => key.getBoundingClientRect().bottom <= innerHeight")
    walk.dialog("points", lambda: page.keyboard.press("Shift+F2"))
    walk.dialog("coupon", lambda: page.keyboard.press("Shift+F3"))
    walk.dialog("gift-card", lambda: page.keyboard.press("Shift+F4"))
    till.scan(GIFT_CARD)
    expect(till.at("dialog-gift-card")).to_be_visible()
    till.at("gift-card-ask").click()
    expect(till.at("gift-card-balance")).to_be_visible()
    walk.look("dialog-gift-card")
    till.at("gift-card-take").click()
    expect(till.at("dialog-gift-card")).to_have_count(0)
    walk.look("pay-screen")
    assert in_sight(till, "exact", "card", "left") == []
    till.at("exact").click()
    walk.look("done")
    till.scan("A1-1-1")
    expect(till.at("dialog-return")).to_be_visible()
    page.locator(".return-line").first.click()
    expect(till.at("refund-gift_card")).to_be_visible()
    walk.look("dialog-return")

    assert walk.wrong == [], "\n".join(walk.wrong)
    assert till.faults == []


def test_points_pay_with_two_taps_more_and_the_receipt_says_them(open_till: Opener):
    till = online(open_till().selling())
    till.scan(shop.MILK_CODE, shop.GOLD_CARD)
    till.taps()

    till.at("pay").click()
    till.at("pay-points").click()
    expect(till.at("points-most")).to_have_text("225")
    till.at("points-all").click()
    expect(till.at("to-pay")).to_have_text("֏225")
    till.at("exact").click()

    expect(till.at("change")).to_have_text("֏0")
    assert till.taps() <= 4


def test_a_gift_is_chosen_with_two_taps(open_till: Opener):
    till = online(open_till().selling())
    till.scan(*[shop.MILK_CODE] * 7)
    till.taps()

    till.at("gift-offer").click()
    expect(till.at("dialog-gift")).to_contain_text("Matnakash bread")
    till.page.click(f"[data-gift='{shop.BREAD}']")

    expect(till.page.locator(".line")).to_have_count(2)
    expect(till.page.locator(".line-net").nth(1)).to_have_text("0")
    expect(till.at("gift-offer")).to_have_count(0)
    assert till.taps() == 2


def test_a_coupon_is_scanned_without_a_tap_and_a_used_one_is_a_bar(open_till: Opener):
    till = online(open_till().selling())
    till.scan(shop.MILK_CODE)
    till.taps()

    till.scan(COUPON)
    expect(till.page.locator(".line-net")).to_have_text("400")
    till.scan(USED_COUPON)

    expect(till.at("message")).to_contain_text("has been used")
    assert till.taps() == 0


def test_a_gift_card_is_scanned_at_payment_and_takes_two_taps(open_till: Opener):
    till = online(open_till().selling())
    till.scan(shop.MILK_CODE)
    till.at("pay").click()
    expect(till.at("pay-screen")).to_be_visible()
    till.taps()

    till.scan(GIFT_CARD)
    till.at("gift-card-ask").click()
    expect(till.at("gift-card-balance")).to_have_text("֏300")
    till.at("gift-card-take").click()

    expect(till.at("left")).to_have_text("֏200")
    assert till.taps() <= 2


def test_a_cashiers_own_card_asks_a_manager_and_sells_without_it(open_till: Opener, server: PageServer):
    server.snapshot["abuse_limits"] = {**OFF, "own_card": "pin"}
    till = online(open_till().selling())
    till.scan(shop.MILK_CODE, STAFF_CARD)

    till.at("pay").click()
    expect(till.at("dialog-limit")).to_be_visible()
    assert till.axe() == []
    till.page.fill("#limit-pin", "9876")
    till.page.keyboard.press("Enter")
    expect(till.at("pay-screen")).to_be_visible()
    till.at("exact").click()
    expect(till.at("done")).to_be_visible()

    till.scan(shop.MILK_CODE, STAFF_CARD)
    till.at("pay").click()
    till.at("limit-without").click()
    expect(till.at("pay-screen")).to_be_visible()
    assert till.basket()["account"] is None


def test_a_replaced_card_says_why_and_the_sale_goes_on(open_till: Opener):
    till = online(open_till().selling())
    till.scan(shop.MILK_CODE, REPLACED_CARD)

    expect(till.at("message")).to_contain_text("replaced by a newer one")
    expect(till.at("customer")).to_have_count(0)


def test_a_hint_says_how_much_more_and_why_not_names_the_coupon(open_till: Opener):
    till = online(open_till().selling())
    till.scan(shelves.code(shelves.COFFEE), shelves.code(shelves.COFFEE))
    expect(till.at("hint")).to_contain_text("1 more: 3 coffees")

    till.page.locator("[data-line]").first.click()
    till.at("line-why").click()

    expect(till.at("dialog-why")).to_contain_text("Spring coupon 20 %")
    expect(till.at("dialog-why")).to_contain_text("Needs a coupon")


def test_a_price_that_another_till_made_dearer_is_said_before_payment(open_till: Opener, server: PageServer):
    till = online(open_till().selling())
    till.page.click(f"[data-product='{shop.EGGS}']")
    expect(till.at("total")).to_have_text("֏390")
    server.promises.rules = {"budget": {"times": 9, "sum": 10_000, "pieces": 9_000}}

    till.at("pay").click()

    expect(till.at("to-pay")).to_have_text("֏680")
    expect(till.at("message")).to_contain_text("to pay is now ֏680")


def test_a_debt_is_paid_in_part(open_till: Opener):
    till = online(open_till().selling())
    till.scan(DEBTOR_CARD)
    till.page.keyboard.press("F3")
    till.at("pay-debt").click()
    expect(till.at("owed")).to_have_text("֏1,500")

    till.page.fill("#debt-amount", "500")
    till.at("debt-cash").click()

    expect(till.at("dialog-debt")).to_have_count(0)


def test_a_form_is_filled_in_and_somebody_with_the_same_phone_is_shown_while_typing(
    open_till: Opener, server: PageServer
):
    who = {"account": shop.GOLD, "person": shop.GOLD, "name": "Anahit P.", "phone": "…4312", "whole": True}
    server.promises.same_phone = [who]
    till = online(open_till().selling())
    till.scan(shop.MILK_CODE, BLANK_CARD)
    till.page.keyboard.press("F3")
    expect(till.at("panel-customer")).to_be_visible()
    till.at("fill-in").click()

    till.page.fill("#newcomer-given", "Lilit")
    till.page.fill("#newcomer-phone", "+374 00 004312")
    expect(till.at("newcomer-same")).to_contain_text("Anahit P. has this phone already")
    till.page.fill("#newcomer-phone", "+374 00 551122")
    till.page.click("[data-consent=sms]")
    till.at("newcomer-save").click()

    expect(till.at("dialog-newcomer")).to_have_count(0)
    expect(till.at("customer")).to_contain_text("Lilit")
