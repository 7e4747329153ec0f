"""What a person does at the till and in the back office, in a real Chromium."""

import asyncio
import re
from pathlib import Path

from playwright.async_api import BrowserContext, Page, Playwright, expect

from deploy.chromium import ARGUMENTS, chromium_path

PATIENCE = 30_000


async def opened(playwright: Playwright, profile: Path, size: tuple[int, int] = (1280, 800)) -> BrowserContext:
    """A browser whose storage lies in `profile` and survives it."""
    context = await playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium_path(),
        args=ARGUMENTS,
        viewport={"width": size[0], "height": size[1]},
        locale="en-GB",
    )
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    return context


def amount(text: str | None) -> int:
    """Minor units of an amount in whole drams, whatever stands around it."""
    return int(re.sub(r"[^0-9]", "", text or "") or "0") * 100


class TillPage:
    """The cashier's page; every verb waits for what the cashier would see."""

    def __init__(self, page: Page, shop: str) -> None:
        self.page, self.shop = page, shop
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def part(self, name: str):
        return self.page.get_by_test_id(name)

    async def scan(self, code: str) -> None:
        """A wedge scanner: keys five milliseconds apart by their own time stamps, however busy this computer is."""
        session = await self.page.context.new_cdp_session(self.page)
        began = await self.page.evaluate("performance.timeOrigin + performance.now()") / 1000
        keys = []
        for place, letter in enumerate([*code, "\r"]):
            named = (
                {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
                if letter == "\r"
                else {"key": letter, "code": f"Digit{letter}" if letter.isdigit() else f"Key{letter.upper()}"}
            )
            at = {"timestamp": began + place * 0.005}
            keys.append(session.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": letter, **named, **at}))
            keys.append(session.send("Input.dispatchKeyEvent", {"type": "keyUp", **named, **at}))
        await asyncio.gather(*keys)
        await session.detach()

    async def join_and_sign_in(self, person: str, pin: str) -> None:
        await self.page.goto(f"{self.shop}/demo/till")
        await expect(self.part("sign-in")).to_be_visible()
        await self.sign_in(person, pin)

    async def sign_in(self, person: str, pin: str) -> None:
        await self.page.get_by_role("button", name=person).first.click()
        await self.page.fill("#pin", pin)
        await self.page.keyboard.press("Enter")
        await expect(self.part("sign-in")).to_be_hidden()

    async def open_shift(self, float_amount: str) -> None:
        await expect(self.part("shift-open")).to_be_visible()
        await self.page.get_by_role("button", name="One sum").click()
        await self.page.fill("#count-sum", float_amount)
        await self.part("open-shift").click()
        await expect(self.part("sell")).to_be_visible()

    def lines(self):
        return self.page.locator("[data-line], .line").filter(has=self.page.locator(".line-name"))

    async def total(self) -> int:
        return amount(await self.part("total").text_content())

    async def pay_exact(self) -> str:
        """Pay, Exact: two taps; answers the receipt's number."""
        await self.part("pay").click()
        await self.part("exact").click()
        await expect(self.part("done")).to_be_visible()
        text = await self.part("done").text_content()
        found = re.search(r"[A-Z][A-Z0-9]{0,3}-\d+-\d+", text or "")
        assert found, text
        return found[0]
