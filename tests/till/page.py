"""A till page in a browser of its own, spoken to through the interface that screens use."""

import contextlib
import json
import os
import signal
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, Playwright

from deploy.chromium import ARGUMENTS
from tests.till.server import ShopServer
from tests.till.shop import ANNA

ARGS = [*ARGUMENTS, "--host-resolver-rules=MAP till.shop.test 127.0.0.1"]
CALL = """async ([script, given]) => {
  const { till } = await import("/till/core/till.js");
  const words = await import("/till/core/i18n.js");
  const run = %s;
  try { return { answer: (await run(till, words, given)) ?? null }; }
  catch (error) {
    if (error.code === undefined) throw error;
    return { error: error.code, fields: error.fields };
  }
}"""
WAIT = """async () => {
  const { till } = await import("/till/core/till.js");
  for (const end = performance.now() + 60000; !(%s); await new Promise((resume) => setTimeout(resume, 20)))
    if (performance.now() > end) {
      const { ready, devices, fiscal, card, sync, messages } = till;
      const seen = Object.entries({ ready, devices, fiscal, card, sync, messages }).map(([name, { value }]) => [name, value]);
      throw new Error(`it never came; the till says ${JSON.stringify(Object.fromEntries(seen))}`);
    }
}"""


class Refused(Exception):
    """The till said no: its code and fields."""

    def __init__(self, code: str, fields: dict[str, Any]) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


class Till:
    """In a context of `browser`; or in a browser of its own with a `profile` on disk, which may be killed and opened again."""

    def __init__(self, server: ShopServer, browser: Browser | tuple[Playwright, str, Path]) -> None:
        self.server = server
        self.browser = browser
        self.context: BrowserContext | None = None
        self.page: Page | None = None
        self.errors: list[str] = []

    async def open(self) -> None:
        if isinstance(self.browser, Browser):
            self.context = await self.browser.new_context()
            self.page = await self.context.new_page()
        else:
            playwright, chromium, profile = self.browser
            kind = playwright.chromium
            self.context = await kind.launch_persistent_context(str(profile), executable_path=chromium, args=ARGS)
            self.page = self.context.pages[0]
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        await self.go()

    @property
    def profile(self) -> Path:
        assert not isinstance(self.browser, Browser)
        return self.browser[2]

    async def go(self) -> None:
        """Loads the page and waits until the till knows how it stands."""
        assert self.page
        await self.page.goto(f"{self.server.address}/till")
        await self.until("till.ready.value !== 'starting'")

    async def close(self) -> None:
        if self.context:
            with contextlib.suppress(Exception):  # it may have been killed
                await self.context.close()
        assert self.errors == [], self.errors

    async def kill(self) -> None:
        """SIGKILL for every process of this browser."""
        for process in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        assert self.context
        with contextlib.suppress(Exception):
            await self.context.close()
        self.context = self.page = None
        for lock in self.profile.glob("Singleton*"):
            lock.unlink(missing_ok=True)

    def processes(self) -> list[int]:
        """Those that carry this profile's path."""
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and str(self.profile).encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
        return found

    async def do(self, script: str, given: Any = None) -> Any:
        """Runs `script` (an expression, or statements with `return`) with `till` and `words`; raises `Refused`."""
        assert self.page
        body = script if "return " in script or ";" in script else f"return {script}"
        call = CALL % f"async (till, words, given) => {{ {body} }}"
        answer = await self.page.evaluate(call, ["", given])
        if "error" in answer:
            raise Refused(answer["error"], answer["fields"])
        return json.loads(json.dumps(answer["answer"]))

    async def until(self, condition: str) -> None:
        """Waits until an expression over `till` holds."""
        assert self.page
        await self.page.evaluate(WAIT % condition)

    async def begin(self) -> None:
        await self.do("till.pair('CODE-2345')")
        await self.begin_shift()

    async def begin_shift(self) -> None:
        await self.do("till.signIn(given, '1234')", ANNA)
        await self.do("till.openShift({ float: 4000000, counts: [] })")

    async def sell(self, *codes: str, received: int = 5_000_000) -> dict[str, Any]:
        """Scans, takes cash, finishes; answers the sale as the till wrote it."""
        return await self.do(
            """for (const code of given.codes) await till.scan(code);
               await till.startPayment();
               await till.addTender({ kind: 'cash', amount: given.received });
               return (await till.finish()).document;""",
            {"codes": codes, "received": received},
        )

    async def sent(self) -> None:
        await self.until("till.sync.value.online && till.sync.value.unsent === 0")
