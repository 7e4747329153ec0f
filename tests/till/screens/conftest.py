"""A real Chromium in front of the till's real page, core and storage; the server's side is small but real sockets."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from deploy.chromium import ARGUMENTS, headless_path
from tests.till.screens.server import PageServer
from tests.till.screens.till_page import TillPage

Opener = Callable[..., TillPage]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser a module: while it is open no other event loop can run in this process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=headless_path(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def server() -> Iterator[PageServer]:
    server = PageServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def open_till(chromium: Browser, server: PageServer) -> Iterator[Opener]:
    """Opens a fresh till: `open_till(size=(1280, 800), scheme="dark")`; `whole=True` where it must also open with the
    server dead: all of its files put away take a second of each test."""
    contexts: list[BrowserContext] = []

    def opened(size: tuple[int, int] = (1280, 800), *, whole: bool = False, **how: str) -> TillPage:
        server.whole = whole
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="en-GB",
            color_scheme=how.get("scheme", "light"),  # type: ignore[arg-type]
            reduced_motion="no-preference",
        )
        contexts.append(context)
        return TillPage(context.new_page(), server)

    yield opened
    for context in contexts:
        context.close()
