"""Goods under a law on the screen: the question of the age, what is said out of hours, what is not taken back."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.till import shop
from tests.till.screens import shop as shelves
from tests.till.screens.conftest import Opener
from tests.till.screens.server import PageServer
from tests.till.screens.till_page import TillPage

pytestmark = pytest.mark.browser
CIGARETTES = shelves.code(shelves.CIGARETTES)


def lines(till: TillPage) -> list[str]:
    return [line["printed"] for line in till.basket()["lines"]]


def test_the_question_says_the_goods_and_the_latest_day_of_birth_and_one_key_answers(open_till: Opener):
    till = open_till().selling()
    today = datetime.now(ZoneInfo(shop.ZONE))
    till.taps()

    till.scan(CIGARETTES)
    dialog = till.at("dialog-age")
    expect(dialog.get_by_role("heading")).to_have_text("Is the buyer 18 or older?")
    expect(dialog).to_contain_text("For: Cigarettes Ararat")
    expect(till.at("age-born")).to_contain_text(f"{today:%B} ")
    expect(till.at("age-born")).to_contain_text(f", {today.year - 18}")
    till.page.keyboard.press("F2")
    expect(dialog).to_have_count(0)
    till.scan(CIGARETTES)

    expect(dialog).to_have_count(0)
    assert till.basket()["lines"][0]["quantity"] == 2_000
    assert till.taps() == 0


def test_what_is_scanned_behind_the_question_is_in_the_basket_and_answers_nothing(open_till: Opener):
    till = open_till().selling()
    till.scan(CIGARETTES)
    expect(till.at("age-no")).to_be_focused()

    till.scan(shop.MILK_CODE, CIGARETTES, shop.GOLD_CARD)  # each ends with Enter
    expect(till.at("dialog-age")).to_be_visible()
    till.page.keyboard.press("F10")
    expect(till.at("pay-screen")).to_have_count(0)
    till.scan(shop.SHARED_CODE)
    expect(till.at("dialog-choice")).to_be_visible()
    till.page.locator(".choice").first.click()

    expect(till.at("dialog-age")).to_be_visible()
    assert lines(till) == ["Cigarettes Ararat", "Milk Ashtarak 3.2 % 1 l"]
    assert [line["quantity"] for line in till.basket()["lines"]] == [2_000, 2_000]
    assert till.basket()["account"]["id"] == shop.GOLD


@pytest.mark.parametrize("way", ["tap", "Enter", "Escape"])
def test_no_takes_the_goods_out_and_the_sale_goes_on(open_till: Opener, way: str):
    till = open_till((360, 740)).selling()
    till.scan(shop.MILK_CODE, CIGARETTES)
    expect(till.at("age-no")).to_be_focused()

    if way == "tap":
        till.at("age-no").click()
    else:
        till.page.keyboard.press(way)

    expect(till.at("dialog-age")).to_have_count(0)
    assert lines(till) == ["Milk Ashtarak 3.2 % 1 l"]
    till.at("pay").click()
    expect(till.at("pay-screen")).to_be_visible()


def test_the_question_stands_there_again_after_a_reload_and_for_the_next_cashier(open_till: Opener):
    till = open_till().selling()
    till.scan(CIGARETTES)
    expect(till.at("dialog-age")).to_be_visible()

    till.page.reload()
    expect(till.at("dialog-age")).to_be_visible()
    till.at("age-yes").click()
    expect(till.at("dialog-age")).to_have_count(0)
    till.page.reload()
    expect(till.at("sell")).to_be_visible()

    till.at("pay").click()
    expect(till.at("pay-screen")).to_be_visible()


def test_the_customers_window_shows_the_goods_and_not_the_question(open_till: Opener):
    till = open_till().selling()
    till.page.keyboard.press("F9")
    with till.page.context.expect_page() as found:
        till.page.locator("[data-menu=display]").click()
    window = found.value

    till.scan(CIGARETTES)

    expect(till.at("dialog-age")).to_be_visible()
    expect(window.locator(".lines li")).to_have_count(1)
    expect(window.get_by_role("dialog")).to_have_count(0)
    assert "18" not in window.locator("#display").inner_text()


def test_out_of_hours_a_bar_says_the_class_and_its_hours_and_pay_names_the_lines(open_till: Opener, server: PageServer):
    now = datetime.now(ZoneInfo(shop.ZONE))
    opens = (now.hour * 60 + now.minute + 120) % 1_440
    clock = f"{opens // 60:02}:{opens % 60:02}"
    shut = shelves.TOBACCO | {"age": 17, "hours": [opens, (opens + 60) % 1_440]}
    till = open_till().selling()
    till.scan(shop.MILK_CODE, CIGARETTES)
    till.at("age-yes").click()
    server.changes = [{"cursor": "1.101", "products": [], "accounts": [], "regulations": [shut]}]
    till.page.evaluate("dispatchEvent(new Event('online'))")
    till.until("till.ageFor({ regulation: 'tobacco' }) === 17")

    till.at("pay").click()
    expect(till.at("message")).to_contain_text(f"Tobacco is sold from {clock} to")
    expect(till.at("message")).to_contain_text("Leave out of this receipt: Cigarettes Ararat.")
    till.scan(CIGARETTES)
    expect(till.at("message")).to_have_attribute("data-code", "regulation.not_now")
    assert till.axe() == []
    till.at("message").locator("[data-action=ignore]").click()
    till.page.keyboard.press("Delete")
    expect(till.page.locator(".line")).to_have_count(1)
    till.page.keyboard.press("F10")

    expect(till.at("pay-screen")).to_be_visible()


def test_a_manager_takes_back_what_the_law_does_not_with_the_pin_and_a_reason(open_till: Opener, server: PageServer):
    till = open_till().selling()
    till.scan(shop.MILK_CODE, CIGARETTES)
    till.at("age-yes").click()
    till.at("pay").click()
    till.at("exact").click()
    expect(till.at("done")).to_be_visible()
    till.scan("A1-1-1")
    kept = till.page.locator("[data-line='2']")
    expect(kept).to_be_disabled()
    expect(kept).to_contain_text("Tobacco: not taken back, by law")
    till.page.get_by_role("button", name="Everything").click()
    expect(till.at("refund-sum")).to_have_text("֏500")

    till.at("return-allow").click()
    expect(till.at("dialog-return-kept")).to_be_visible()
    till.page.fill("#return-kept-pin", "1111")
    till.page.keyboard.press("Enter")
    expect(till.at("dialog-return-kept").get_by_role("alert")).not_to_be_empty()
    till.page.fill("#return-kept-pin", "9876")
    till.page.keyboard.press("Enter")
    expect(till.at("dialog-return-kept")).to_have_count(0)
    kept.click()
    expect(till.page.get_by_role("radio", name="Changed their mind")).to_be_disabled()
    expect(till.page.get_by_role("radio", name="Damaged or spoilt")).to_be_checked()
    till.at("refund-cash").click()
    expect(till.at("dialog-return")).to_have_count(0)

    till.until("till.sync.value.unsent === 0")
    refund = next(each for each in server.documents() if each.kind == "refund")
    assert (str(refund.approver), refund.reason) == (shop.MARO, "Damaged or spoilt")
    assert [line.regulation for line in refund.lines] == [None, "tobacco"]


@pytest.mark.parametrize("language", ["en", "ru", "hy"])
@pytest.mark.parametrize("size", [(1280, 800), (360, 740)], ids=["wide", "narrow"])
def test_question_and_return_are_whole_in_every_language(
    open_till: Opener, server: PageServer, language: str, size: tuple[int, int]
):
    for person in server.snapshot["staff"]:
        person["language"] = language
    till = open_till(size).selling()
    till.scan(shop.MILK_CODE, CIGARETTES)
    expect(till.at("dialog-age")).to_be_visible()
    assert (till.axe(), till.too_small(), till.scrolls_sideways()) == ([], [], [])
    till.at("age-yes").click()
    till.at("pay").click()
    till.at("exact").click()
    expect(till.at("done")).to_be_visible()
    till.scan("A1-1-1")
    expect(till.at("return-allow")).to_be_visible()

    assert (till.axe(), till.too_small(), till.scrolls_sideways()) == ([], [], [])
