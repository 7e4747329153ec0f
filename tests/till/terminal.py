"""A till joined to a real agent with a real driver before a simulated terminal; all of it in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from devices.agent.agent import Agent
from devices.agent.config import AgentConfig, RegisterAccess
from devices.device import Device
from devices.payment.bank import Bank
from devices.payment.config import Timing, terminal_config
from devices.payment.qr.driver import QrTerminal, QrTiming
from devices.payment.qr.http_provider import HttpProvider
from devices.payment.qr.simulator import QrSimulator
from devices.payment.simulator import TerminalSimulator
from devices.payment.terminal import PaymentTerminal
from devices.payment.typed import TypedTerminal
from devices.ports.backoff import Backoff
from devices.receipt.config import PrinterConfig
from devices.receipt.decoder import decode
from devices.receipt.printer import ReceiptPrinter
from devices.receipt.simulator import PrinterSimulator

TOKEN = "token-of-the-till"
QUICK = Timing(open=1, reply=1, step=5, answer=2, busy=0.02, recover=1, watch=60)


class Counter:
    """`simulator` and its `bank` are read by tests as they are; what changes them goes through `call`. A `printer` stands there
    if it is wished for; `prints` is the terminal's option."""

    def __init__(
        self,
        folder: Path,
        register: str,
        origin: str,
        *,
        typed: bool = False,
        printer: bool = False,
        prints: str = "till",
    ) -> None:
        self.folder, self.register, self.origin, self.typed, self.prints = folder, register, origin, typed, prints
        self.simulator = TerminalSimulator()
        self.printer = PrinterSimulator(baud=0) if printer else None
        self.provider = QrSimulator()
        self.agent: Agent | None = None
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.port = 0
        self.address = self.provider_url = self.printer_address = ""

    @property
    def bank(self) -> Bank:
        return self.simulator.bank

    @property
    def papers(self) -> list[str]:
        """What came out of the printer, each paper up to its cut."""
        assert self.printer
        return [decode(paper.data).text for paper in self.printer.receipts]

    def call(self, work: Coroutine[Any, Any, Any] | Callable[[], Any]) -> Any:
        """In the thread of the devices."""
        if callable(work):
            plain = work

            async def done() -> Any:
                return plain()

            work = done()
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def start(self) -> dict[str, str]:
        """Answers what a server tells its till about it."""
        self.thread.start()
        self.provider_url = self.provider.start()
        self.address = self.call(self.simulator.start_tcp())
        if self.printer:
            self.printer_address = self.call(self.printer.start_tcp())
        self.call(self.start_agent())
        return {"url": f"ws://127.0.0.1:{self.port}/agent", "token": TOKEN}

    async def start_agent(self) -> None:
        config = AgentConfig(
            state=self.folder,
            port=self.port,
            origins=frozenset([self.origin]),
            registers=(RegisterAccess(self.register, TOKEN),),
        )
        qr = QrTerminal("qr", HttpProvider(self.provider_url, "secret"), timing=QrTiming(poll=0.05, watch=0.1))
        receipts = [ReceiptPrinter(PrinterConfig("receipt", self.printer_address))] if self.printer else []
        self.agent = Agent(config, [self.device(), qr, *receipts])
        await self.agent.__aenter__()
        self.port = self.agent.port or 0

    def device(self) -> Device:
        if self.typed:
            return TypedTerminal("card")
        config = terminal_config("card", self.address, {"currency": "AMD", "prints": self.prints})
        return PaymentTerminal(replace(config, timing=QUICK), backoff=Backoff(0.01, 0.02))

    async def stop_agent(self) -> None:
        if self.agent is not None:
            await self.agent.__aexit__(None, None, None)

    async def break_agent(self) -> None:
        """Its driver is gone in the middle of what it does: the journal says of the job that nobody knows."""
        assert self.agent is not None
        await self.agent._stop_tasks()
        await self.stop_agent()

    def stop(self) -> None:
        self.call(self.stop_agent())
        self.call(self.simulator.stop())
        if self.printer:
            self.call(self.printer.stop())
        self.provider.stop()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
