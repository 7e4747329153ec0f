"""How fast the till page is: 50,000 products, 5,000 accounts and 60 rules in a real Chromium.

`python -m tests.bench.till [SCANS] [--profile FILE]` ends with one JSON object; times in milliseconds, nothing is judged.
A scan lasts from the time stamp of the scanner's Enter to the end of the frame that shows what it changed.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, CDPSession, Page, Playwright, async_playwright

from tests.bench.engine import a_rule_set
from tests.e2e.browser import opened
from tests.till import shop
from tests.till.screens.server import PageHandler, PageServer
from web.till.files import PARTS, PARTS_STYLE, TillFile, precache, till_files, version

PRODUCTS, ACCOUNTS, RULES = 50_000, 5_000, 60
LINES = 25
"""A basket is begun anew after so many scans."""
STARTS = 5
SEARCHES = ("mi", "milk", "milk 1", "product 49", "молоко", "485", "48500123", "անուն", "zzz")
WATCH = (Path(__file__).with_name("watch.js")).read_text("utf-8")
IN_TILL = "async (given) => {{ const {{ till }} = await import('/till/app.js'); {} }}"


class BenchServer(PageServer):
    """The small server of the till's tests; the page's files go out exactly as the program sends them."""

    def __init__(self) -> None:
        super().__init__()
        self.products = [a_product(seq) for seq in range(1, PRODUCTS + 1)]
        self.accounts = [an_account(seq) for seq in range(1, ACCOUNTS + 1)]
        self.snapshot["product_chunks"] = [[chunk, 2_000] for chunk in range(PRODUCTS // 2_000 + 1)]
        self.snapshot["account_chunks"] = [[chunk, 2_000] for chunk in range(ACCOUNTS // 2_000 + 1)]
        self.snapshot["rule_set"] = {"version": 7, "active_from": 0, "body": {"rules": a_rule_set(RULES)["rules"]}}
        self.snapshot["scan_routes"] = [shop.route("card", "29")]
        self.version = version()

    def handled_by(self) -> type[PageHandler]:
        return SendingHandler

    def precache(self) -> dict[str, Any]:
        return {"version": version(), "files": precache()}


class SendingHandler(PageHandler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        file = till_files().get(path)
        if file is None:
            return super().do_GET()
        return self.send(file, path)

    def send(self, file: TillFile, path: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", file.media_type)
        if path == "/till/sw.js":
            self.send_header("Service-Worker-Allowed", "/till")
        if file.packed is not None:
            self.send_header("Content-Encoding", "gzip")
        body = file.packed or file.content
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def code(seq: int) -> str:
    return f"485{seq:010d}"


def card(seq: int) -> str:
    return f"29{seq:011d}"


def a_product(seq: int) -> dict[str, Any]:
    row = shop.product(seq, f"Product {seq} milk {seq % 97}", 10_000 + seq % 900 * 100, (code(seq), 1000))
    names = {"en": row["names"]["en"], "ru": f"Товар {seq} молоко {seq % 97}", "hy": f"Ապրանք {seq} անուն {seq % 97}"}
    return {**row, "names": names, "category": [seq % 30 + 1], "tile": seq if seq <= 200 else None}


def an_account(seq: int) -> dict[str, Any]:
    return shop.account(seq, f"0191c5de-0000-7000-9000-{seq:012x}", f"Customer {seq}", card(seq), "active")


async def measure(scans: int = 200, profile: Path | None = None) -> dict[str, float]:
    """Every figure of the till page. `profile`: where to write V8's CPU profile of the scans."""
    server = BenchServer()
    server.start()
    try:
        with tempfile.TemporaryDirectory(prefix="tillcard-bench-") as folder:
            async with async_playwright() as playwright:
                return await figures(playwright, server, Path(folder) / "profile", scans, profile)
    finally:
        server.stop()


async def figures(
    playwright: Playwright, server: BenchServer, profile: Path, scans: int, trace: Path | None
) -> dict[str, float]:
    browser = await watched(playwright, profile)
    till = BenchTill(browser.pages[0], await browser.new_cdp_session(browser.pages[0]))
    first_load = await till.join(server.address)
    await asyncio.sleep(4)  # searching is made ready a little after the start
    if trace:
        await till.cdp.send("Profiler.enable")
        await till.cdp.send("Profiler.setSamplingInterval", {"interval": 200})
        await till.cdp.send("Profiler.start")
    await till.scans(30)
    plain = await till.scans(scans)
    if trace:
        trace.write_text(json.dumps((await till.cdp.send("Profiler.stop"))["profile"]))
    cards = await till.card_scans(20)
    await till.cdp.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    slow = await till.scans(scans)
    await till.cdp.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    searches = await till.searches()
    await till.page.wait_for_function("() => Boolean(navigator.serviceWorker.controller)")
    await browser.close()
    server.stop()
    starts = [await offline_start(playwright, profile, server.address) for _ in range(STARTS)]
    print(f"scans {summary(plain)} x4 {summary(slow)} starts {starts}", file=sys.stderr)
    return {
        "scan_p95_ms": p95([each["painted"] for each in plain]),
        "scan_p95_ms_cpu4x": p95([each["painted"] for each in slow]),
        "offline_start_ms": round(statistics.median(starts)),
        "bundle_gz": packed_gz(lambda address, kind: kind.startswith("text/") and not is_part(address)),
        "parts_gz": packed_gz(lambda address, _: is_part(address)),
        "precache_gz": packed_gz(lambda address, kind: True),
        "card_scan_100_lines_p95_ms": p95([each["painted"] for each in cards]),
        "scan_p50_ms": p50([each["painted"] for each in plain]),
        "scan_p50_ms_cpu4x": p50([each["painted"] for each in slow]),
        "scan_work_p50_ms": p50([each["shown"] for each in plain]),
        "scan_work_p50_ms_cpu4x": p50([each["shown"] for each in slow]),
        "scan_work_p95_ms": p95([each["shown"] for each in plain]),
        "scan_work_p95_ms_cpu4x": p95([each["shown"] for each in slow]),
        "card_scan_100_lines_work_p95_ms": p95([each["shown"] for each in cards]),
        "first_load_ms": round(first_load),
        "search_p95_ms": p95(searches),
    }


def p95(values: Sequence[float]) -> float:
    return round(statistics.quantiles(values, n=100)[94], 1)


def p50(values: Sequence[float]) -> float:
    return round(statistics.median(values), 1)


def summary(times: list[dict[str, float]]) -> str:
    return "; ".join(f"{name} p50 {statistics.median([each[name] for each in times]):.1f}" for name in times[0])


def packed_gz(counted: Callable[[str, str], bool]) -> int:
    """Bytes on the wire, gzipped, of the page's files that count by address and type; never fonts and pictures of pixels."""
    return sum(len(file.packed or b"") for address, file in till_files().items() if counted(address, file.media_type))


def is_part(address: str) -> bool:
    """Whether a till loads this file when it is first needed."""
    return address.startswith(PARTS) or address == PARTS_STYLE


async def watched(playwright: Playwright, profile: Path) -> BrowserContext:
    browser = await opened(playwright, profile)
    await browser.add_init_script(WATCH)
    return browser


async def offline_start(playwright: Playwright, profile: Path, address: str) -> float:
    """From the navigation to a till that takes scans, in a new browser process with the server dead."""
    browser = await watched(playwright, profile)
    try:
        page = browser.pages[0]
        await page.goto(f"{address}/till")
        await page.wait_for_function("() => window.standsAt !== null")
        return await page.evaluate("window.standsAt")
    finally:
        await browser.close()


class BenchTill:
    """The page, and the scanner's keys."""

    def __init__(self, page: Page, cdp: CDPSession) -> None:
        self.page, self.cdp = page, cdp
        self.next = 1

    async def do(self, script: str, given: Any = None) -> Any:
        return await self.page.evaluate(IN_TILL.format(script), given)

    async def join(self, address: str) -> float:
        """Joins, signs in and opens the shift; answers how long page and catalogue took."""
        await self.page.goto(f"{address}/till")
        await self.page.get_by_test_id("pair").wait_for()
        loaded = await self.page.evaluate("performance.now()")
        pairing = await self.do(
            "const at = performance.now(); await till.pair('CODE2345'); return performance.now() - at;"
        )
        await self.do("await till.signIn(given, '1234');", shop.ANNA)
        await self.do("await till.openShift({ float: 0, counts: [] });")
        await self.page.get_by_test_id("sell").wait_for()
        return loaded + pairing

    async def keys(self, text: str) -> dict[str, float]:
        """The burst, then Enter; answers when what it changed was in the page and on the screen, from Enter's time stamp."""
        await self.page.evaluate("window.expectScan()")
        digits = [self.key(letter) for letter in text]
        await asyncio.gather(*(each for pair in digits for each in pair))
        await asyncio.gather(*self.key("\r"))
        return await self.page.evaluate("window.scanEnded")

    def key(self, letter: str) -> list[Any]:
        named: dict[str, Any] = {"key": letter, "code": f"Digit{letter}"}
        if letter == "\r":
            named = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
        down = self.cdp.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": letter, **named})
        return [down, self.cdp.send("Input.dispatchKeyEvent", {"type": "keyUp", **named})]

    async def scans(self, number: int) -> list[dict[str, float]]:
        """Goods never scanned before, every second basket of a client with a card."""
        times = []
        for at in range(number):
            if at % LINES == 0:
                await self.do("await till.voidBasket('bench');")
                if at // LINES % 2:
                    await self.do("await till.scan(given);", card(at + 1))
            times.append(await self.keys(code(self.next)))
            self.next += 1
        return times

    async def card_scans(self, number: int) -> list[dict[str, float]]:
        codes = [code(seq) for seq in range(1, 101)]
        await self.do("await till.voidBasket('bench'); for (const code of given) await till.scan(code);", codes)
        times = []
        for at in range(number):
            await self.do("await till.detachAccount();")
            await self.page.evaluate("new Promise((resume) => setTimeout(resume, 100))")
            times.append(await self.keys(card(at + 1)))
        await self.do("await till.voidBasket('bench');")
        return times

    async def searches(self) -> list[float]:
        """What one more letter costs, the list not yet drawn."""
        script = """return given.flatMap((text) => Array.from({ length: 5 }, () => {
            const began = performance.now();
            till.search(text);
            return performance.now() - began;
        }));"""
        return await self.do(script, list(SEARCHES))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("scans", type=int, nargs="?", default=200)
    parser.add_argument("--profile", type=Path)
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(measure(asked.scans, asked.profile))))


if __name__ == "__main__":
    main()
