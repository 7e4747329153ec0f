"""Every page of the back office: seen, axe-clean and without sideways scrolling, in four sizes and three languages."""

import pytest
from playwright.async_api import expect

from tests.e2e.office import NARROW, TAKINGS, clean, clean_in_sizes, office_of, speak

PAGES = (
    "",
    "/sales",
    "/attention",
    "/tiers",
    "/points",
    "/people",
    "/registers",
    "/fiscal/corrections",
    "/lists",
    "/devices",
)
PAGES += ("/clients", "/clients/new", "/clients/misuse")
PAGES += ("/coupons", "/coupons/spring", "/coupons/spring/print", "/gift-cards", "/debts")
PAGES += ("/barcodes", "/barcodes?code=2100123015009&kilograms=1.5")


@pytest.fixture
async def office(owner):
    """A page of the demo shop's back office in English, the owner signed in."""
    await owner.set_viewport_size({"width": 1280, "height": 800})
    await speak(owner, owner.shop.address, "en")
    return owner


@pytest.fixture(scope="module")
async def owner(playwright, tmp_path_factory):
    """That page, shared by the tests of this file."""
    async with office_of(playwright, tmp_path_factory.mktemp("office")) as page:
        yield page


@pytest.mark.parametrize("language", TAKINGS)
async def test_each_page_is_seen_and_keeps_nobody_out(office, language):
    page, shop = office, office.shop.address
    await speak(page, shop, language)

    for path in PAGES:
        await page.goto(f"{shop}/office{path}")
        await clean_in_sizes(page, f"{path or '/'} {language}")


async def test_a_receipts_page_is_seen_and_keeps_nobody_out(office):
    page, shop = office, office.shop.address
    await page.goto(f"{shop}/office/sales")
    await page.locator("tbody a").first.click()
    await expect(page.locator("[data-table=lines]")).to_be_visible()
    await clean(page, "receipt")


async def test_a_pairing_code_is_shown_once_and_a_day_can_be_chosen(office):
    page, shop = office, office.shop.address
    await page.goto(f"{shop}/office/registers")
    await page.get_by_role("button", name="Pairing code").first.click()
    await expect(page.locator("[data-code]")).to_be_visible()
    await clean(page, "pairing code")

    await page.goto(f"{shop}/office?day=2001-01-01")

    await expect(page.locator("[data-figure=receipts]")).to_have_text("0")


async def test_who_would_move_is_shown_before_a_ladder_is_published(office):
    page, shop = office, office.shop.address
    await page.goto(f"{shop}/office/tiers")
    await page.fill("[name=at_least-gold]", "9 000 000")

    await page.get_by_role("button", name="Show who would move").click()

    await expect(page.locator("[data-preview=done]")).to_be_visible()
    await expect(page.locator("[data-table=later] tbody tr").first).to_be_visible()
    await clean(page, "preview of the ladder")
    await page.fill("[name=at_least-gold]", "1")
    await page.get_by_role("button", name="Publish").click()
    await expect(page.locator("[name=at_least-gold][aria-invalid]")).to_have_value("1")
    await clean(page, "a ladder refused")
    await page.fill("[name=at_least-gold]", "9 000 000")
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("Version 2").first).to_be_visible()


async def test_the_menu_opens_from_the_keyboard_on_a_phone(office):
    page, shop = office, office.shop.address
    await page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    await page.goto(f"{shop}/office")
    menu = page.locator(".menu")
    await expect(menu.get_by_role("link", name="Coupons")).to_be_hidden()

    await menu.locator("summary").press("Enter")

    await expect(menu.get_by_role("link", name="Today")).to_have_attribute("aria-current", "page")
    await clean(page, "open menu")
    await menu.get_by_role("link", name="Coupons").press("Enter")
    await expect(page.get_by_role("heading", level=1, name="Coupons")).to_be_visible()


async def test_the_sign_of_the_dram_is_there_where_the_computer_has_no_font_for_it(office):
    await office.goto(f"{office.shop.address}/office/sales")
    await expect(office.locator("tbody").first).to_contain_text("֏")

    statuses = await office.evaluate("document.fonts.ready.then(() => [...document.fonts].map(({ status }) => status))")

    assert statuses == ["loaded"]


async def test_the_states_of_devices_are_kept_current_under_the_keyboard(office):
    redraws = []
    office.on("response", lambda answer: redraws.append(answer.status) if answer.url.endswith("/devices/now") else None)
    await office.goto(f"{office.shop.address}/office/devices")
    card = office.locator("[data-agent]").first
    await expect(card).to_be_visible()

    await card.focus()
    await office.locator("[data-device]").first.evaluate("(row) => { row.cells[2].textContent = 'of an hour ago'; }")

    await expect(office.get_by_text("of an hour ago")).to_have_count(0)
    assert redraws
    await expect(card).to_be_focused()


async def test_a_class_of_goods_under_a_law_is_made_and_changed(office):
    page, shop = office, office.shop.address
    await page.goto(f"{shop}/office/lists")
    await page.get_by_text("Add a class of goods").click()
    form = page.locator("form[action='/office/lists/regulations']")
    await form.locator("[name=code]").fill("energy")
    await form.locator("[name=en]").fill("Energy drinks")
    await form.get_by_label("Discounts").check()
    await form.get_by_label("Highest price, AMD").fill("1 900.50")
    await form.get_by_label("Sold from").fill("08:00")
    await form.get_by_label("Sold until").fill("23:00")
    await form.get_by_role("button", name="Add").click()
    row = page.locator("[data-regulation=energy]")
    await expect(row).to_contain_text("not above ֏1,900.50")
    await expect(row).to_contain_text("08:00–23:00")

    await page.get_by_text("Change: Energy drinks").click()
    change = page.locator("[data-change=energy]")
    await expect(change.get_by_label("Highest price, AMD")).to_have_value("1900.5")
    await clean_in_sizes(page, "the form of a class of goods")
    await change.get_by_label("Buyer’s age").fill("18")
    await change.get_by_role("button", name="Save").click()

    await expect(row).to_contain_text("from 18")
