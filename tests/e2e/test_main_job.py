"""The main job as a newcomer does it: sell with a client's card, print, see it in the back office; then without the server."""

import re

import asyncpg
from playwright.async_api import expect

from pos.storage.database import located
from tests.e2e.browser import TillPage, amount, opened
from tests.e2e.shop import ShopProcess

GOODS = ("Lavash", "Macaroni", "Halva")


async def receipts(page, shop) -> list[str]:
    """The words of everything the simulated printer printed, the newest first."""
    await page.goto(f"{shop.address}/demo/printer")
    return [await words.text_content() or "" for words in await page.locator("figure pre").all()]


async def test_a_day_at_the_demo_shop(playwright, tmp_path):
    shop = ShopProcess(tmp_path / "shop")
    await shop.start()
    browser = await opened(playwright, tmp_path / "profile")
    try:
        await the_story(shop, browser)
    finally:
        await browser.close()
        shop.stop()
    await nothing_is_lost_or_doubled(shop)


async def the_story(shop: ShopProcess, browser) -> None:
    till = TillPage(browser.pages[0], shop.address)
    page, office = till.page, await browser.new_page()
    await till.join_and_sign_in("Anna", shop.pin("Anna"))
    await till.open_shift("20000")

    # three barcodes, then a gold card: every line re-prices
    for name in GOODS:
        await till.scan(shop.code(name))
    await expect(page.locator(".line-net")).to_have_count(3)
    await till.scan(shop.code("Anahit"))
    await expect(till.part("saved")).to_be_visible()
    await expect(page.locator(".line .line-gross s")).to_have_count(3)
    await expect(page.locator(".line .rule-name").first).to_be_visible()
    gross_sum = 0
    for line in await page.locator(".line").all():
        gross = amount(await line.locator(".line-gross s").text_content())
        gross_sum += gross
        saved = [amount(await each.text_content()) for each in await line.locator(".line-saved").all()]
        assert gross - sum(saved) == amount(await line.locator(".line-net").text_content())
    total = await till.total()
    saved = amount(await till.part("saved").text_content())
    assert gross_sum - saved == total

    # Pay, Exact: two taps; the drawer opens and the receipt prints
    number = await till.pay_exact()
    await expect(till.part("print-state")).to_have_attribute("data-state", "done")
    [words] = await receipts(office, shop)
    assert number in words
    assert "Gold card" in words
    in_cash = (total + 500) // 1000 * 1000  # the cash step is 10 drams
    assert f"{in_cash // 100:,}" in words
    picture = await office.request.get(f"{shop.address}/demo/printer/receipts/0")
    assert (await picture.body()).startswith(b"\x89PNG")

    # the owner sees it, and the next one without reloading
    await office.goto(f"{shop.address}/office/sign-in")
    await office.fill("[name=login]", "owner")
    await office.fill("[name=password]", "tillcard-demo")
    await office.get_by_role("button", name="Sign in").click()
    await expect(office.locator("[data-figure=takings]")).to_be_visible()
    await expect(office.locator("[data-table=rules]")).to_contain_text("Gold card")
    await expect(office.get_by_role("link", name=number)).to_be_visible()
    seen = int(re.sub(r"\D", "", await office.locator("[data-figure=receipts]").text_content() or ""))
    await till.scan(shop.code("Lavash"))
    second = await till.pay_exact()
    await expect(office.get_by_role("link", name=second)).to_be_visible()
    await expect(office.locator("[data-figure=receipts]")).to_have_text(str(seen + 1))
    await office.get_by_role("link", name=number).click()
    await expect(office.locator("[data-table=lines] tbody tr")).to_have_count(3)
    await expect(office.locator(".why .applied").first).to_be_visible()

    # the server dies: three more sales, each prints; after a reload one more
    await expect(till.part("sync")).to_have_attribute("data-unsent", "0")
    shop.kill()
    offline = []
    for name in GOODS:
        await till.scan(shop.code(name))
        offline.append(await till.pay_exact())
    await page.reload()
    await expect(till.part("sign-in").or_(till.part("sell"))).to_be_visible()
    if await till.part("sign-in").is_visible():
        await till.sign_in("Anna", shop.pin("Anna"))
    await expect(till.part("sell")).to_be_visible()
    await till.scan(shop.code("Halva"))
    offline.append(await till.pay_exact())
    assert len(set(offline)) == 4

    # it comes back: all four arrive once
    await shop.start()
    await expect(till.part("sync")).to_have_attribute("data-unsent", "0", timeout=90_000)
    await office.goto(f"{shop.address}/office/sales")
    for each in offline:
        await expect(office.get_by_role("link", name=each, exact=True)).to_have_count(1)

    # one line of the first receipt goes back, by scanning it
    await till.scan(number)
    await expect(till.part("dialog-return")).to_be_visible()
    await page.locator(".return-line").first.click()
    await till.part("refund-cash").click()
    await expect(till.part("dialog-return")).to_be_hidden()
    await expect(till.part("done")).to_be_visible()
    await office.goto(f"{shop.address}/office")
    await expect(office.locator(".tag")).to_be_visible()
    await expect(till.part("sync")).to_have_attribute("data-unsent", "0", timeout=60_000)
    assert till.errors == []


async def nothing_is_lost_or_doubled(shop: ShopProcess) -> None:
    """What the database holds in the end: every document once, no quarantine, no alarm."""
    async with located(shop.data) as addresses:
        connection = await asyncpg.connect(addresses.owner)
        try:
            sold = await connection.fetchval("SELECT count(*) FROM sale WHERE epoch > 1 AND kind = 'sale'")
            back = await connection.fetchval("SELECT count(*) FROM sale WHERE epoch > 1 AND kind = 'refund'")
            aside = await connection.fetchval("SELECT count(*) FROM quarantine")
            alarms = await connection.fetch("SELECT kind, detail FROM audit_finding WHERE alarm")
        finally:
            await connection.close()
    assert (sold, back, aside, alarms) == (6, 1, 0, [])
