"""Chromium for whole stories, once for all of them."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Playwright, async_playwright


@pytest.fixture(scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as running:
        yield running
