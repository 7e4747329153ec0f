"""The jobs of a cashier's day, each within its budget of taps; scans and typed digits are no taps."""

import pytest
from playwright.sync_api import expect

from tests.till import shop
from tests.till.screens import shop as shelves
from tests.till.screens.conftest import Opener

pytestmark = pytest.mark.browser


def test_three_scans_and_exact_cash_take_two_taps_and_the_next_scan_begins_the_next_sale(open_till: Opener):
    till = open_till().selling()
    till.taps()
    till.scan(shop.MILK_CODE, shop.BREAD_CODE, shop.MILK_CODE)

    till.at("pay").click()
    till.at("exact").click()

    expect(till.at("change")).to_have_text("֏0")
    assert till.taps() == 2
    till.scan(shop.BREAD_CODE)
    expect(till.at("done")).to_have_count(0)
    assert [line["name"] for line in till.basket()["lines"]] == ["Matnakash bread"]
    assert till.taps() == 0


def test_a_note_gives_change_in_two_taps(open_till: Opener):
    till = open_till().selling()
    till.scan(shop.MILK_CODE)
    till.taps()

    till.at("pay").click()
    till.page.locator("[data-quick='100000']").click()

    expect(till.at("change")).to_have_text("֏500")
    assert till.taps() == 2


@pytest.mark.parametrize(
    ("goods", "to_pay", "cash", "rounding"), [(shelves.MATSUN, 378, 380, "֏2"), (shelves.JUICE, 612, 610, "-֏2")]
)
def test_rounding_of_cash_is_named_before_it_is_paid_and_after(
    open_till: Opener, goods: int, to_pay: int, cash: int, rounding: str
):
    till = open_till().selling()
    till.scan(shelves.code(goods), shop.GOLD_CARD)

    till.at("pay").click()
    expect(till.at("to-pay")).to_have_text(f"֏{to_pay}")
    expect(till.at("exact").locator("strong")).to_have_text(f"֏{cash}")
    expect(till.at("rounding")).to_have_text(f"cash rounding {rounding}")
    till.at("exact").click()

    expect(till.at("change")).to_have_text("֏0")
    expect(till.at("rounding")).to_have_text(f"TOTAL ֏{cash}, cash rounding {rounding}")
    till.scan(shelves.code(goods), shop.GOLD_CARD)
    till.at("pay").click()
    till.at("card").click()
    expect(till.at("done")).to_be_visible()
    expect(till.at("rounding")).to_have_count(0)


def test_the_bank_card_takes_two_taps(open_till: Opener):
    till = open_till().selling()
    till.scan(shop.MILK_CODE)
    till.taps()

    till.at("pay").click()
    till.at("card").click()

    expect(till.at("done")).to_be_visible()
    assert till.taps() == 2


def test_a_gold_card_is_scanned_without_a_tap_and_every_line_says_what_it_saved(open_till: Opener):
    till = open_till().selling()
    till.scan(shop.MILK_CODE, shop.BREAD_CODE, shelves.code(shelves.CIGARETTES))
    till.at("age-yes").click()
    till.taps()

    till.scan(shop.GOLD_CARD)

    lines = till.page.locator(".line")
    expect(till.at("customer")).to_contain_text("Gold")
    expect(lines.nth(0)).to_contain_text("500")
    expect(lines.nth(0).locator("s")).to_have_text("500")
    expect(lines.nth(0).locator(".line-net")).to_have_text("450")
    expect(lines.nth(0).locator(".rule-name")).to_have_text("Gold 10 %")
    expect(lines.nth(0).locator(".line-saved")).to_have_text("−50")
    expect(lines.nth(2).locator("s")).to_have_count(0)
    expect(till.at("saved")).to_have_text("85")
    expect(till.at("total")).to_have_text("֏1,715")
    assert till.taps() == 0


def test_a_customer_is_found_by_the_last_four_digits_of_the_phone_in_one_tap(open_till: Opener):
    till = open_till().selling()
    till.scan(shop.MILK_CODE)
    till.taps()

    till.page.keyboard.type("4312", delay=150)
    till.page.get_by_role("option").filter(has_text="Anahit").click()

    expect(till.at("customer")).to_contain_text("Anahit P.")
    assert till.taps() == 1


def test_six_of_a_line_take_one_tap_and_a_digit_and_a_scan_after_six_times_takes_none(open_till: Opener):
    till = open_till().selling()
    till.scan(shop.MILK_CODE)
    till.taps()

    till.page.locator("[data-line]").first.click()
    till.page.keyboard.type("6")
    expect(till.page.locator(".line-quantity")).to_contain_text("6 ×")
    assert till.taps() == 1

    till.page.keyboard.press("Escape")
    till.page.keyboard.type("3*", delay=150)
    till.page.wait_for_timeout(150)
    till.scan(shop.BREAD_CODE)
    expect(till.page.locator(".line-quantity").nth(1)).to_contain_text("3 ×")
    assert till.taps() == 0


def test_parking_takes_one_tap_and_taking_back_two(open_till: Opener):
    till = open_till().selling()
    till.scan(shop.MILK_CODE, shop.BREAD_CODE)
    till.taps()

    till.at("park").click()
    expect(till.page.locator(".line")).to_have_count(0)
    assert till.taps() == 1
    till.at("parked").click()
    till.page.locator(".choice").first.click()
    expect(till.page.locator(".line")).to_have_count(2)
    assert till.taps() == 2


def test_a_return_by_scanned_receipt_takes_two_taps_for_one_line(open_till: Opener):
    till = open_till().selling()
    till.scan(shop.MILK_CODE, shop.BREAD_CODE, shop.GOLD_CARD)
    till.at("pay").click()
    till.at("exact").click()
    expect(till.at("done")).to_be_visible()
    till.taps()

    till.scan("A1-1-1")
    till.page.locator(".return-line").first.click()
    expect(till.at("refund-sum")).to_have_text("֏450")
    till.at("refund-cash").click()

    expect(till.at("done")).to_contain_text("GIVE BACK")
    expect(till.at("change")).to_have_text("֏450")
    assert till.taps() <= 3


def test_cash_and_card_together_take_four_taps(open_till: Opener):
    till = open_till().selling()
    till.scan(shop.MILK_CODE)
    till.taps()

    till.at("pay").click()
    till.page.keyboard.type("200")
    till.page.locator(".key.enter").click()
    expect(till.at("left")).to_have_text("֏300")
    till.at("card").click()

    expect(till.at("done")).to_be_visible()
    assert till.taps() <= 4


def test_a_price_by_hand_takes_three_taps_beside_digits_reason_and_pin(open_till: Opener):
    till = open_till().selling()
    till.scan(shop.MILK_CODE)
    till.taps()

    till.page.locator("[data-line]").first.click()
    till.at("line-price").click()
    expect(till.at("dialog-price")).to_be_visible()
    till.page.keyboard.type("400")
    till.page.keyboard.press("Tab")
    till.page.fill("#price-reason", "dented")
    till.page.fill("#price-pin", "9876")
    till.page.keyboard.press("Enter")

    expect(till.page.locator(".line-net")).to_have_text("400")
    assert till.taps() <= 3


def test_closing_the_shift_takes_four_taps_and_the_counts(open_till: Opener):
    till = open_till().selling()
    till.taps()

    till.at("menu").click()
    till.page.click("[data-menu=close]")
    till.page.fill("#note-100000", "1")
    till.at("count-done").click()
    expect(till.at("difference")).to_have_text("+֏1,000")
    till.page.fill("#close-reason", "forgotten float")
    till.at("close-shift").click()

    expect(till.at("shift-open")).to_be_visible()
    assert till.taps() <= 4


def test_weighed_goods_take_one_tap_and_the_typed_weight(open_till: Opener):
    till = open_till().selling()
    till.taps()

    till.page.click(f"[data-product='{shop.APPLES}']")
    till.page.keyboard.type("0.575", delay=120)
    till.page.keyboard.press("Enter")

    expect(till.page.locator(".line-net")).to_have_text("368")
    assert till.taps() == 1


def test_a_claimed_category_takes_one_tap(open_till: Opener):
    till = open_till().selling()
    till.scan(shop.MILK_CODE)
    till.taps()

    till.page.click("[data-claim=pensioner]")

    expect(till.page.locator(".line-net")).to_have_text("475")
    assert till.taps() == 1


def test_the_whole_day_goes_by_the_keyboard_alone(open_till: Opener):
    till = open_till()
    page = till.page
    till.pair()
    page.keyboard.press("Tab")
    for _ in range(12):
        if page.evaluate("document.activeElement.dataset.person ?? ''") == shop.ANNA:
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("1234", delay=120)
    page.keyboard.press("Enter")
    expect(till.at("shift-open")).to_be_visible()
    for _ in range(60):
        if page.evaluate("document.activeElement.dataset.testid ?? ''") == "open-shift":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(till.at("sell")).to_be_visible()

    page.keyboard.press("F2")
    page.keyboard.type("matnakash", delay=120)
    expect(page.get_by_role("option").first).to_contain_text("Matnakash")
    page.keyboard.press("Enter")
    expect(page.locator(".line")).to_have_count(1)
    page.keyboard.press("F10")
    expect(till.at("pay-screen")).to_be_visible()
    page.keyboard.press("Enter")

    expect(till.at("change")).to_have_text("֏0")
    assert till.taps() == 0
    page.keyboard.press("F9")
    expect(till.at("dialog-menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(till.at("dialog-menu")).to_have_count(0)


def test_escape_goes_back_from_payment_and_leaves_the_basket(open_till: Opener):
    till = open_till().selling()
    till.scan(shop.MILK_CODE)
    till.page.keyboard.press("F10")
    expect(till.at("pay-screen")).to_be_visible()

    till.page.keyboard.press("Escape")

    expect(till.at("sell")).to_be_visible()
    expect(till.page.locator(".line")).to_have_count(1)


def test_an_unknown_barcode_is_a_bar_and_the_next_scan_still_works(open_till: Opener):
    till = open_till().selling()

    till.scan("4859999999998")
    expect(till.at("message")).to_contain_text("4859999999998")
    expect(till.page.locator("dialog[open]")).to_have_count(0)

    till.scan(shop.MILK_CODE)
    expect(till.page.locator(".line")).to_have_count(1)
    expect(till.at("message")).to_have_count(0)


def test_a_wrong_pin_says_how_many_are_left_and_the_fifth_locks_with_the_time(open_till: Opener):
    till = open_till().pair()
    till.page.click(f"[data-person='{shop.ANNA}']")
    for left in (4, 3, 2, 1):
        till.page.fill("#pin", "0000")
        till.page.keyboard.press("Enter")
        expect(till.page.locator(".pin .error")).to_contain_text(f"left: {left}")

    till.page.fill("#pin", "0000")
    till.page.keyboard.press("Enter")

    expect(till.page.locator(".pin .error")).to_contain_text("Too many wrong PINs. Try again after")


def test_why_and_why_not_is_told_for_a_line(open_till: Opener):
    till = open_till().selling()
    till.scan(shelves.code(shelves.COFFEE))
    till.page.locator("[data-line]").first.click()

    till.at("line-why").click()

    why = till.at("dialog-why")
    expect(why).to_contain_text("Needs a card")
    expect(why).to_contain_text("3 coffees")
    expect(why).to_contain_text("2 more needed")


def test_a_scanned_card_is_never_sent_as_a_phone(open_till: Opener):
    till = open_till().selling()
    asked: list[str] = []
    till.page.on("request", lambda request: asked.append(request.url))

    till.page.keyboard.press("F2")
    till.scan(shop.GOLD_CARD)
    expect(till.at("customer")).to_contain_text("Anahit P.")
    till.page.wait_for_timeout(500)

    assert [address for address in asked if "phone=" in address] == []
