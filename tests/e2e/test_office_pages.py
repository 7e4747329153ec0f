"""Every page of the back office: seen, axe-clean and without sideways scrolling, in four sizes and three languages."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser import opened
from tests.e2e.shop import ShopProcess

AXE = next((Path(__file__).parents[1] / "vendor").glob("axe-*.min.js"))
SIZES = ((1280, 800), (1024, 768), (800, 1280), (360, 740))
PAGES = ("", "/sales", "/attention", "/people", "/registers")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHECK = "(tags) => axe.run(document, {runOnly: tags}).then(({violations}) => violations.map((v) => [v.id, v.nodes[0].html]))"
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"


@pytest.fixture(scope="module")
async def office(playwright, tmp_path_factory):
    """A page of the demo shop's back office, the owner signed in."""
    folder = tmp_path_factory.mktemp("office")
    shop = ShopProcess(folder / "shop")
    await shop.start()
    browser = await opened(playwright, folder / "profile")
    page = browser.pages[0]
    page.shop = shop.address
    yield page
    await browser.close()
    shop.stop()


async def clean(page: Page, what: str) -> None:
    """`what` is on the screen, and nothing about it keeps anyone out."""
    await expect(page.locator("h1").first).to_be_visible()
    await page.evaluate(AXE.read_text("utf-8"))
    assert await page.evaluate(CHECK, TAGS) == [], what
    assert not await page.evaluate(SIDEWAYS), f"{what} scrolls sideways"


async def test_each_page_is_seen_and_keeps_nobody_out(office):
    page, shop = office, office.shop
    await page.goto(f"{shop}/office/sign-in")
    await clean(page, "sign-in")
    await page.fill("[name=login]", "owner")
    await page.fill("[name=password]", "tillcard-demo")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-figure=takings]")).to_be_visible()

    for language, word in (("ru", "Выручка"), ("hy", "Հասույթ"), ("en", "Takings")):
        await page.goto(f"{shop}/office")
        await page.locator(f"button[value={language}]").click()
        await expect(page.locator("dt").first).to_have_text(word)
        for width, height in SIZES:
            await page.set_viewport_size({"width": width, "height": height})
            for path in PAGES:
                await page.goto(f"{shop}/office{path}")
                await clean(page, f"{path or '/'} {language} {width}")
    await page.goto(f"{shop}/office/sales")
    await page.locator("tbody a").first.click()
    await expect(page.locator("[data-table=lines]")).to_be_visible()
    await clean(page, "receipt")


async def test_a_pairing_code_is_shown_once_and_a_day_can_be_chosen(office):
    page, shop = office, office.shop
    await page.goto(f"{shop}/office/registers")
    await page.get_by_role("button", name="Pairing code").first.click()
    await expect(page.locator("[data-code]")).to_be_visible()
    await clean(page, "pairing code")

    await page.goto(f"{shop}/office?day=2001-01-01")

    await expect(page.locator("[data-figure=receipts]")).to_have_text("0")
