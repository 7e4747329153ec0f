"""The till as a cashier handles it: every press is a real pointer or key event, and the presses are counted."""

import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.till import shop
from tests.till.page import WAIT
from tests.till.screens.server import PageServer

AXE = Path(__file__).parents[2] / "vendor" / "axe-4.14.1.min.js"
COUNT_TAPS = """
window.taps = 0;
document.addEventListener("pointerdown", (event) => { if (event.isTrusted) window.taps += 1; }, { capture: true });
"""
PATIENCE = 30_000
"""Milliseconds; a busy computer is slow, not wrong."""
SCANNED = """async (before) => {
  const { till } = await import("/till/core/till.js");
  const end = performance.now() + 30000;
  while ((till.scanned.value?.at ?? 0) <= before) {
    if (performance.now() > end) throw new Error("nothing was scanned");
    await new Promise((resume) => setTimeout(resume, 10));
  }
}"""
WORKER = """async () => {
  const { active } = await navigator.serviceWorker.ready;
  for (const end = performance.now() + 60000; active.state !== "activated"; await new Promise((resume) => setTimeout(resume, 20)))
    if (performance.now() > end) throw new Error(`the service worker is ${active.state}`);
}"""
TOO_SMALL = """() => {
  const place = document.querySelector('dialog[open]') ?? document;
  const controls = [...place.querySelectorAll('button, input, select, [role=option]')];
  return controls
    .filter((each) => each.checkVisibility() && !each.closest('[inert]'))
    .map((each) => [each, (each.id === 'search' ? each.closest('.search') : each).getBoundingClientRect()])
    .filter(([each, box]) => box.width && (box.width < 44 || box.height < 44))
    .map(([each, box]) => `${each.outerHTML.slice(0, 120)} ${Math.round(box.width)}x${Math.round(box.height)}`);
}"""
SIDEWAYS = """() => {
  const places = 'main, section, dialog[open], dialog[open] .dialog-body, .panel';
  const wide = (each) => each.scrollWidth > each.clientWidth + 1;
  return [document.documentElement, ...document.querySelectorAll(places)].filter(wide)
    .map((each) => `${each.tagName}.${each.className} ${each.scrollWidth} in ${each.clientWidth}`);
}"""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class TillPage:
    """One window of the till. `faults` are script errors and refusals of the content policy."""

    def __init__(self, page: Page, server: PageServer) -> None:
        self.page = page
        self.server = server
        self.faults: list[str] = []
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.add_init_script(COUNT_TAPS)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        if (
            message.type == "error"
            and "WebSocket" not in message.text
            and "Failed to load resource" not in message.text
        ):
            self.faults.append(message.text)

    def open(self) -> "TillPage":
        self.page.goto(f"{self.server.address}/till")
        return self

    def pair(self) -> "TillPage":
        self.open()
        expect(self.at("pair")).to_be_visible()
        self.page.fill("#pair-code", "CODE2345")
        self.page.keyboard.press("Enter")
        expect(self.at("sign-in")).to_be_visible()
        return self

    def sign_in(self, person: str = shop.ANNA, pin: str = "1234") -> "TillPage":
        self.page.click(f"[data-person='{person}']")
        self.page.fill("#pin", pin)
        self.page.keyboard.press("Enter")
        expect(self.at("sign-in")).to_be_hidden()
        return self

    def open_shift(self) -> "TillPage":
        self.at("open-shift").click()
        expect(self.at("sell")).to_be_visible()
        return self

    def selling(self, person: str = shop.ANNA, pin: str = "1234") -> "TillPage":
        """Paired, signed in, the shift open."""
        return self.pair().sign_in(person, pin).open_shift()

    def at(self, test_id: str) -> Locator:
        return self.page.get_by_test_id(test_id)

    def until(self, condition: str) -> None:
        """Waits until an expression over `till` holds. (Playwright's own wait takes a promise for true.)"""
        self.page.evaluate(WAIT % condition)

    def prepared(self) -> None:
        """Waits until the service worker has everything and answers for this page."""
        self.page.evaluate(WORKER)
        self.page.wait_for_function("() => Boolean(navigator.serviceWorker.controller)")

    def scan(self, *codes: str) -> None:
        """As a wedge scanner does: keys in a burst, then Enter; waits until the till has dealt with it."""
        for code in codes:
            before = self.page.evaluate("async () => (await import('/till/core/till.js')).till.scanned.value?.at ?? 0")
            self._burst(code)
            self.page.evaluate(SCANNED, before)

    def _burst(self, code: str) -> None:
        """Trusted key events 4 ms apart by their own clock, so that a busy test machine does not slow the scanner down."""
        session = self.page.context.new_cdp_session(self.page)
        began = time.time()
        keys = [*((each, each, f"Digit{each}" if each.isdigit() else "") for each in code), ("Enter", "\r", "Enter")]
        for at, (key, text, place) in enumerate(keys):
            event = {"key": key, "code": place, "timestamp": began + at * 0.004}
            if key == "Enter":
                event["windowsVirtualKeyCode"] = 13  # type: ignore[assignment]
            session.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": text, **event})
            session.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})
        session.detach()

    def basket(self) -> Any:
        return self.page.evaluate("async () => (await import('/till/core/till.js')).till.basket.value")

    def narrow(self, half: str) -> None:
        """On a narrow screen: the half with the goods or with the basket. Elsewhere both are there."""
        button = self.page.locator(".halves button").nth(0 if half == "goods" else 1)
        if button.is_visible():
            button.click()

    def taps(self) -> int:
        """Presses since the last call."""
        return self.page.evaluate("() => { const n = window.taps; window.taps = 0; return n; }")

    def axe(self) -> list[str]:
        """Violations of WCAG 2.2 A and AA and of good practice, one line each."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate(
            "async (tags) => (await axe.run(document, { runOnly: tags, resultTypes: ['violations'] })).violations", TAGS
        )
        return [
            f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
            for each in found
            for node in each["nodes"]
        ]

    def too_small(self) -> list[str]:
        """Controls on screen that a finger could miss: under 44 CSS pixels either way."""
        return self.page.evaluate(TOO_SMALL)

    def scrolls_sideways(self) -> list[str]:
        """What is wider than its place, with both widths."""
        return self.page.evaluate(SIDEWAYS)
