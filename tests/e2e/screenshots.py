"""`make pictures`: the pictures of README and docs, taken from the demo shop as it is now."""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect

from tests.e2e.browser import TillPage, opened
from tests.e2e.shop import ShopProcess

FOLDER = Path(__file__).parents[2] / "docs" / "images"
PROCESSING = 240_000
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
            points = till.part("pay-points")
            if await points.is_visible():
                await points.click()
                await till.part("points-all").click()
                await expect(till.part("points-all")).to_be_hidden()
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
            await weighing(till, office, shop.address, folder)
            await rules(office, shop.address, folder)
            await client(office, shop.address, folder)
            await browser.close()
        shop.stop()


async def weighing(till: TillPage, office: Page, shop: str, folder: Path) -> None:
    """Bananas on the demo's scale, as the till shows them, and the devices as the owner sees them."""
    await office.goto(f"{shop}/demo/devices")
    await office.locator("[name=words]").first.fill("1235")
    await office.get_by_role("button", name="put", exact=True).click()
    page = till.page
    await page.bring_to_front()
    await page.fill("#search", "Bananas")
    await page.get_by_role("option").first.click()
    await expect(page.get_by_text("1.235 kg")).to_be_visible()
    await page.screenshot(path=folder / "weigh.png")
    await page.keyboard.press("Escape")
    await office.bring_to_front()
    await office.goto(f"{shop}/office/devices")
    await expect(office.locator("table").first).to_be_visible()
    await office.screenshot(path=folder / "devices.png")


async def rules(office: Page, shop: str, folder: Path) -> None:
    """A rule in the editor beside what it says, and what a month would have been with it."""
    await office.goto(f"{shop}/office/rules")
    await office.get_by_role("button", name="New rule").click()
    await office.locator("a[href$='like=n_for_m']").click()
    for language, name in (("en", "Sweet three"), ("ru", "Сладкая тройка"), ("hy", "Քաղցր եռյակ")):
        await office.fill(f"[name='name.{language}']", name)
    await office.locator("#f-what-categories input[type=search]").fill("Sweet")
    await office.locator("#f-what-categories .found-one", has_text="Sweets").first.click()
    await expect(office.locator("#summary [data-part=gives]")).to_contain_text("Sweets")
    await office.evaluate("document.activeElement.blur()")
    await office.screenshot(path=folder / "rule.png")
    await office.get_by_role("button", name="Save in the draft").click()
    await office.get_by_role("link", name="Try it", exact=True).last.click()
    await office.get_by_role("button", name="Start").click()
    await expect(office.locator("#run")).to_have_attribute("data-state", "done", timeout=PROCESSING)
    await office.screenshot(path=folder / "try.png")


async def client(office: Page, shop: str, folder: Path) -> None:
    """The client whose card was just shown at the till."""
    await office.goto(f"{shop}/office/clients?q=Anahit+Petrosyan")
    await office.locator("[data-table=clients] a").first.click()
    await expect(office.locator("#client")).to_be_visible()
    await office.screenshot(path=folder / "client.png")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(FOLDER))
