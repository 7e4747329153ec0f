"""`make pictures`: the pictures of README and docs, taken from the demo shop as it is now."""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright, expect

from tests.e2e.browser import TillPage, opened
from tests.e2e.shop import ShopProcess

FOLDER = Path(__file__).parents[2] / "docs" / "images"
SIZES = {"till": (1280, 800), "till-tablet": (800, 1280), "till-phone": (360, 740)}


async def take(folder: Path) -> None:
    """Sell with a gold card at the till, then look at every page once."""
    with tempfile.TemporaryDirectory(prefix="tillcard-") as place:
        shop = ShopProcess(Path(place) / "shop")
        await shop.start()
        async with async_playwright() as playwright:
            browser = await opened(playwright, Path(place) / "profile")
            till = TillPage(browser.pages[0], shop.address)
            page = till.page
            await till.join_and_sign_in("Anna", shop.pin("Anna"))
            await till.open_shift("20000")
            for name in ("Lavash", "Macaroni", "Halva", "6 × Milk", "Lori"):
                await till.scan(shop.code(name))
            await till.scan(shop.code("Anahit"))
            await expect(till.part("saved")).to_be_visible()
            for name, (width, height) in SIZES.items():
                await page.set_viewport_size({"width": width, "height": height})
                await page.wait_for_timeout(400)
                await page.screenshot(path=folder / f"{name}.png")
            await page.set_viewport_size({"width": 1280, "height": 800})
            await till.part("pay").click()
            await expect(till.part("exact")).to_be_visible()
            await page.screenshot(path=folder / "pay.png")
            await till.part("exact").click()
            await expect(till.part("print-state")).to_have_attribute("data-state", "done")
            await page.screenshot(path=folder / "done.png")
            receipt = await page.request.get(f"{shop.address}/demo/printer/receipts/0")
            (folder / "receipt.png").write_bytes(await receipt.body())
            office = await browser.new_page()
            await office.goto(f"{shop.address}/office/sign-in")
            await office.fill("[name=login]", "owner")
            await office.fill("[name=password]", "tillcard-demo")
            await office.get_by_role("button", name="Sign in").click()
            await expect(office.locator("[data-figure=takings]")).to_be_visible()
            await office.wait_for_timeout(3000)
            await office.screenshot(path=folder / "today.png")
            await office.locator("table a").last.click()
            await expect(office.locator("[data-table=lines]")).to_be_visible()
            await office.screenshot(path=folder / "why.png")
            await browser.close()
        shop.stop()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(FOLDER))
