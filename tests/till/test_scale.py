"""The till's screen, the real device agent and a simulated scale: what lies on the pan is what is sold."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from devices.scales.simulator import Pan
from devices.scales.toledo8217_spec import Toledo8217Simulator
from tests.till import shop
from tests.till.device_program import device_program
from tests.till.screens import shop as shelves
from tests.till.screens.server import PageServer

pytestmark = pytest.mark.browser


@pytest.fixture
async def pan(tmp_path: Path, server: PageServer) -> AsyncIterator[Pan]:
    scale = Toledo8217Simulator(baud=0)
    address = await scale.start_tcp()
    devices = (
        f'[[devices]]\nid = "front"\nkind = "scale"\nurl = "{address}"\ndialect = "toledo8217"\nleast_grams = 20\n'
    )
    async with device_program(tmp_path, server.address, devices) as told:
        server.agent = told
        yield scale.pan
    await scale.stop()


@pytest.fixture
def server() -> Iterator[PageServer]:
    server = PageServer()
    server.start()
    yield server
    server.stop()


async def selling(page: Page, server: PageServer) -> None:
    await page.goto(f"{server.address}/till")
    await page.fill("#pair-code", "CODE2345")
    await page.keyboard.press("Enter")
    await page.click(f"[data-person='{shop.ANNA}']")
    await page.fill("#pin", "1234")
    await page.keyboard.press("Enter")
    await page.get_by_test_id("open-shift").click()
    await expect(page.get_by_test_id("sell")).to_be_visible()


async def test_what_lies_on_a_real_agents_scale_is_sold_to_the_gram(browser: Browser, server: PageServer, pan: Pan):
    page = await browser.new_page(locale="en-GB")
    await selling(page, server)
    words, take = page.get_by_test_id("weight-words"), page.get_by_test_id("take-weight")

    await page.click(f"[data-product='{shop.APPLES}']")
    await expect(words).to_contain_text("Nothing lies on the pan")
    pan.put(1_255)
    await expect(page.get_by_test_id("live-weight")).to_have_text("1.255 kg")
    await take.click()
    await expect(page.get_by_test_id("dialog-weight")).to_have_count(0)
    await expect(page.locator(".line-quantity")).to_contain_text("1.255")

    await page.fill("#search", shelves.code(shop.APPLES))
    await page.keyboard.press("Enter")
    await expect(words).to_contain_text("already taken")
    await take.click()
    await expect(page.get_by_test_id("weighing").get_by_role("alert")).to_contain_text("already taken")
    pan.put(16_000)
    await expect(words).to_contain_text("Too heavy")
    pan.put(40)
    await expect(words).to_contain_text("may be sold")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("dialog-weight")).to_have_count(0)

    await expect(page.locator(".line-quantity")).to_contain_text(["1.255", "0.04"])
    await page.context.close()
