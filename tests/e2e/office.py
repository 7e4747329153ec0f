"""The demo shop's back office in a real Chromium: the owner signed in, its languages, and whether a page keeps anyone out."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page, Playwright, expect

from tests.e2e.browser import opened
from tests.e2e.shop import demo_shop

AXE = next((Path(__file__).parents[1] / "vendor").glob("axe-*.min.js"))
WIDE, NARROW = (1280, 800), (360, 740)
SIZES = (WIDE, (1024, 768), (800, 1280), NARROW)
TAKINGS = {"ru": "Выручка", "hy": "Հասույթ", "en": "Takings"}
"""The word that the first page begins with."""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHECK = """(tags) => axe.run(document, {runOnly: tags, resultTypes: ['violations']})
  .then(({violations}) => violations.map((v) => [v.id, v.nodes[0].html]))"""
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"


@asynccontextmanager
async def office_of(playwright: Playwright, profile: Path) -> AsyncIterator[Page]:
    """A page on which the owner of a demo shop of its own is signed in; `page.shop` is that shop."""
    shop = await demo_shop()
    browser = await opened(playwright, profile)
    page = browser.pages[0]
    page.shop = shop  # type: ignore[attr-defined]
    await page.goto(f"{shop.address}/office/sign-in")
    await clean(page, "sign-in")
    await page.fill("[name=login]", "owner")
    await page.fill("[name=password]", "tillcard-demo")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-figure=takings]")).to_be_visible()
    try:
        yield page
    finally:
        await browser.close()
        shop.stop()


async def speak(page: Page, address: str, language: str) -> None:
    """Turn the back office at `address` to a language."""
    await page.goto(f"{address}/office")
    await page.locator(f"button[value={language}]").click()
    await expect(page.locator("dt").first).to_have_text(TAKINGS[language])


async def fits(page: Page, what: str) -> None:
    """`what` is on the screen and scrolls up and down only."""
    await expect(page.locator("h1").first).to_be_visible()
    assert not await page.evaluate(SIDEWAYS), f"{what} scrolls sideways"


async def clean(page: Page, what: str) -> None:
    """`what` is on the screen, and nothing about it keeps anyone out."""
    async with asyncio.timeout(60):
        await fits(page, what)
        if not await page.evaluate("'axe' in window"):
            await page.evaluate(AXE.read_text("utf-8"))
        assert await page.evaluate(CHECK, TAGS) == [], what


async def clean_in_sizes(page: Page, what: str, sizes: Sequence[tuple[int, int]] = SIZES) -> None:
    """It fits in each size, and keeps nobody out in the widest and the narrowest; the page is wide again afterwards."""
    for width, height in sizes:
        await page.set_viewport_size({"width": width, "height": height})
        if (width, height) in (WIDE, NARROW):
            await clean(page, f"{what} {width}")
        else:
            await fits(page, f"{what} {width}")
    await page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
