"""A real Chromium against a small real server: each test has a shop, and a browser whose storage is the test's own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Playwright, async_playwright

from deploy.chromium import headless_path
from devices.receipt.simulator import PrinterSimulator
from pos.documents.audit import finding
from pos.documents.rules import flaw_in
from tests.till.loyalty_shop import rule_set, with_loyalty
from tests.till.page import ARGS, Till
from tests.till.regulated_shop import with_laws
from tests.till.server import ShopServer


@pytest.fixture(scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> str:
    return headless_path()


@pytest.fixture
def shop_server() -> Iterator[ShopServer]:
    server = ShopServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def laws(shop_server: ShopServer) -> None:
    """The shop has goods under a law before a till is paired."""
    with_laws(shop_server)


@pytest.fixture
async def printer() -> AsyncIterator[PrinterSimulator]:
    """Not started."""
    simulator = PrinterSimulator()
    yield simulator
    await simulator.stop()


@pytest.fixture(scope="session")
async def browser(playwright: Playwright, chromium: str) -> AsyncIterator[Browser]:
    running = await playwright.chromium.launch(executable_path=chromium, args=ARGS)
    yield running
    await running.close()


@pytest.fixture
async def till(browser: Browser, shop_server: ShopServer) -> AsyncIterator[Till]:
    """A till page, not paired yet."""
    page = Till(shop_server, browser)
    await page.open()
    yield page
    await page.close()


@pytest.fixture
async def selling(till: Till) -> Till:
    """The same, paired, Anna signed in, the shift open."""
    await till.begin()
    return till


@pytest.fixture
async def lasting(
    playwright: Playwright, chromium: str, shop_server: ShopServer, tmp_path: Path
) -> AsyncIterator[Till]:
    """Selling, in a browser of its own with a profile on disk: it may be killed and opened again."""
    page = Till(shop_server, (playwright, chromium, tmp_path / "profile"))
    await page.open()
    await page.begin()
    yield page
    await page.close()


@pytest.fixture
async def loyal(browser: Browser, shop_server: ShopServer) -> AsyncIterator[Till]:
    """Selling in a shop with loyalty; on the way out every document holds by schema, by its own sums and by the audit."""
    with_loyalty(shop_server)
    page = Till(shop_server, browser)
    await page.open()
    await page.begin()
    await page.until("till.sync.value.online")
    yield page
    shop_server.away = False
    await page.do("dispatchEvent(new Event('online'))")
    await page.until("till.sync.value.unsent === 0")
    await page.close()
    rules = rule_set(shop_server)
    for document in shop_server.documents():
        assert flaw_in(document) is None, document
        if document.kind == "sale":
            assert finding(document, rules) is None, finding(document, rules)
    assert shop_server.broken_links() == []
