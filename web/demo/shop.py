"""The demo shop while it runs: made on the first start, with a simulated printer and an agent that drives it."""

import argparse
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from litestar import Litestar

from devices.receipt.printer import PrinterConfig, ReceiptPrinter
from devices.receipt.simulator import PrinterSimulator
from pos.registers.service import pairing_code
from pos.storage.database import Addresses, Database
from web import clock
from web.agent.beside import AgentBeside
from web.agent.own_devices import OwnDevices
from web.demo.devices import Simulated, devices_wished, simulated_devices
from web.demo.history import sell_in_the_past
from web.demo.people import DEMO_PEOPLE, PASSWORD, DemoPerson
from web.demo.progress import Progress
from web.demo.scaled import Size, grow
from web.demo.seed import FIRST_REGISTER, DemoCode, demo_codes, is_seeded, seed
from web.settings import Settings
from web.worker import working


@dataclass(slots=True)
class DemoShop:
    """What the demo's own pages show."""

    printer: PrinterSimulator
    codes: list[DemoCode]
    code: str
    register_id: UUID = FIRST_REGISTER
    people: tuple[DemoPerson, ...] = DEMO_PEOPLE
    printer_address: str = ""
    others: list[Simulated] = field(default_factory=list)

    def beside(self, settings: Settings, database: Database):
        """The worker and an agent with the simulated printer, for as long as the pages are served."""

        @asynccontextmanager
        async def running(app: Litestar) -> AsyncGenerator[None, None]:
            printer = ReceiptPrinter(PrinterConfig(id="receipt", address=self.printer_address))
            own = OwnDevices((printer, *(each.driver() for each in self.others)))
            async with working(database), AgentBeside(settings, database, own) as agent:
                app.state.agent = agent
                app.state.demo = self
                yield

        return running

    def greeting(self, settings: Settings, seconds: float) -> str:
        """What the terminal says once the shop is open."""
        address = f"http://{settings.host}:{settings.port}"
        pins = "  ".join(f"{person.name} {person.pin}" for person in self.people)
        return "\n".join(
            (
                f"ready in {seconds:.1f} s",
                f"  start here    {address}/",
                f"  till          {address}/till#pair={self.code}",
                f"  back office   {address}/office   (owner / {PASSWORD})",
                f"  printer       {address}/demo/printer",
                f"  devices       {address}/demo/devices",
                f"  PINs          {pins}",
                *(f"  {code.name:<13} {code.code}" for code in self.codes),
                "Stop it with Ctrl+C; the same command opens it again.",
            )
        )


@asynccontextmanager
async def open_demo_shop(
    settings: Settings, addresses: Addresses, database: Database, asked: argparse.Namespace
) -> AsyncGenerator[DemoShop, None]:
    """The demo shop, seeded if new, its printer listening on a free port of this computer."""
    now = clock.now()
    if not await is_seeded(database):
        await seed(database, products=asked.products, accounts=asked.accounts, at=now)
        await sell_in_the_past(addresses, database, at=now)
    wished = Size(asked.products, asked.accounts, asked.sales)
    if wished.beyond_words:
        await grow(addresses, wished, at=now, progress=Progress())
    async with database.transaction() as session:
        code = await pairing_code(session, FIRST_REGISTER, at=now)
        codes = await demo_codes(session)
    printer = PrinterSimulator()
    address = await printer.start_tcp()
    try:
        async with simulated_devices(devices_wished(asked)) as others:
            yield DemoShop(printer, codes, code, printer_address=address, others=others)
    finally:
        await printer.stop()
