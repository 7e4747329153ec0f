"""Names that are script, templates or printer commands: everywhere they are shown they stay text, on paper too."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest
from playwright.async_api import BrowserContext, Page, expect
from sqlalchemy import select

from devices.receipt.decoder import decode
from loyalty.pricing.model import ClientCategory, RuleSetVersion, Tier
from loyalty.pricing.store import publish_rule_set
from pos.catalog.rules import ean_check_digit
from pos.core.ids import new_id
from pos.registers.model import Outlet
from pos.registers.service import pair, pairing_code
from pos.staff.model import StaffMember
from pos.storage.database import Database
from tests.documents import Made, Till
from tests.e2e.browser import TillPage, opened
from tests.e2e.shop import free_port
from tests.hostile import PAYLOADS, storable
from tests.web.serving import served
from web import clock
from web.app import create_app
from web.demo.people import PASSWORD
from web.demo.seed import OUTLET, SECOND_REGISTER, seed
from web.demo.shop import DemoShop, PrinterSimulator
from web.settings import Settings

NAMES = [storable(payload) for payload in PAYLOADS]
PIN = "60517"
RASTER = {"GS v", "ESC J"}
"""How a line that no code page holds is printed."""
TRAP = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
for (const name of ["alert", "confirm", "prompt"]) window[name] = () => window.__ran(name);
"""
TOOK_EFFECT = """() => [...document.querySelectorAll("*")]
  .filter((each) => [...each.attributes].some((one) => /^on|^hx-on/.test(one.name)) || each.matches(
    "script:not([src]), style, base, meta[http-equiv], iframe, a[href^=javascript], [src^='//'], [href*=evil], [action*=evil]"))
  .map((each) => each.outerHTML.slice(0, 160))"""


@dataclass
class HostileShop:
    """The demo shop with its printer in reach, and an owner who writes hostile names into it."""

    address: str
    database: Database
    printer: PrinterSimulator
    office: httpx.AsyncClient
    codes: list[str] = field(default_factory=list)
    card: str = ""


@pytest.fixture
async def shop(addresses, tmp_path) -> AsyncIterator[HostileShop]:
    database = await Database.open(addresses.app)
    await seed(database, at=clock.now(), products=150, accounts=10)
    printer = PrinterSimulator()
    demo = DemoShop(printer, [], "", printer_address=await printer.start_tcp())
    settings = Settings(
        data=tmp_path / "data",
        port=free_port(),
        agent_port=free_port(),
        csrf_secret="s" * 32,
        agent_token="t" * 32,
        demo=True,
    )
    app = create_app(settings, database, [demo.beside(settings, database)])
    async with served(app, settings.port) as address, httpx.AsyncClient(base_url=address, timeout=60) as office:
        await office.get("/office/sign-in")
        office.headers["x-csrftoken"] = office.cookies["tillcard_csrf"]
        await office.post("/office/sign-in", data={"login": "owner", "password": PASSWORD})
        yield HostileShop(address, database, printer, office)
    await printer.stop()
    await database.close()


async def right(answer: httpx.Response) -> Any:
    assert answer.status_code < 400, (answer.request.method, answer.request.url, answer.status_code, answer.text)
    return answer.json() if "json" in answer.headers.get("content-type", "") and answer.text else None


async def fill_with_hostile_names(shop: HostileShop) -> None:
    """Every text a person can enter holds one of the payloads."""
    office, names = shop.office, cycle(NAMES)
    goods = await right(await office.get("/api/v1/products", params={"limit": 1}))
    category = goods["products"][0]["category"]
    for place, name in enumerate(NAMES):
        url, code = f"/api/v1/products/{new_id()}", f"4859{place:08}"
        code += ean_check_digit(code)
        body = {
            "names": {"en": name, "ru": name, "hy": name},
            "category": category,
            "unit": "piece",
            "tax_code": "vat20",
        }
        await right(await office.put(url, json=body | {"tile": place}))
        await right(await office.put(f"{url}/barcodes/{code}", json={"quantity": 1_000}))
        await right(await office.post(f"{url}/prices", json={"amount": 10_000 + 1_000 * place}))
        shop.codes.append(code)
    for row in await right(await office.get("/api/v1/categories")):
        await right(await office.put(f"/api/v1/categories/{row['id']}/names", json={"names": {"en": next(names)}}))
    for place, name in enumerate(NAMES):
        await right(
            await office.post(
                "/office/people",
                data={"name": name[:100], "role": "manager", "language": "en", "pin": PIN if place == 0 else ""},
            )
        )
        if place % 10 == 0:
            form = {"name": name[:100], "prefix": f"H{place}", "outlet": str(OUTLET)}
            await right(await office.post("/office/registers", data=form))
    account = f"/api/v1/accounts/{new_id()}"
    await right(await office.put(account, json={"tier": "gold", "outlet": str(OUTLET)}))
    await right(await office.put(f"{account}/note", json={"note": "".join(NAMES[:6])[:500]}))
    await right(await office.put(f"{account}/categories/pensioner", json={"proved_on": "2026-03-01"}))
    for name in NAMES[:4]:
        person = {"given": name[:100], "family": name[:100], "phone": "+37410000404", "language": "en"}
        await right(await office.put(f"{account}/persons/{new_id()}", json=person))
    shop.card = (await right(await office.put(f"{account}/cards/{new_id()}", json={})))["number"]
    async with shop.database.transaction() as session:
        outlet = await session.get_one(Outlet, OUTLET)
        outlet.name, outlet.address, outlet.tax_id = NAMES[0], NAMES[2], NAMES[36]
        outlet.receipt = {"header": {"en": [NAMES[33], NAMES[0]]}, "footer": {"en": [NAMES[35], NAMES[36], NAMES[40]]}}
        for row in [*await session.scalars(select(Tier)), *await session.scalars(select(ClientCategory))]:
            row.names = {"en": next(names)}
        now = await session.scalar(select(RuleSetVersion).order_by(RuleSetVersion.version.desc()).limit(1))
        rules = [{**rule, "name": name[:60]} for rule, name in zip(now.body["rules"], cycle(NAMES), strict=False)]
        told = {rule["id"]: {"en": rule["name"]} for rule in rules}
        await publish_rule_set(
            session, now.body | {"rules": rules}, active_from=now.active_from, by=None, at=clock.now(), names=told
        )


async def deliver_hostile_documents(shop: HostileShop) -> list[Made]:
    """A second till tells of sales, refunds, drawers and baskets with payloads in every text; one document is kept aside."""
    async with shop.database.transaction() as session:
        paired = await pair(session, await pairing_code(session, SECOND_REGISTER, at=clock.now()), at=clock.now())
    till = Till(SECOND_REGISTER, OUTLET, epoch=paired.epoch, prefix=paired.register.prefix)

    def named(data: dict[str, Any]) -> None:
        for line, name in zip(data.get("lines", []), NAMES, strict=False):
            line["name"], line["code"] = name, name[:64]
        if "reason" in data:
            data["reason"] = PAYLOADS[0]

    made = [till.open_shift(), till.sell(len(NAMES), change=named)]
    made.append(till.refund(made[1], change=named))
    made.append(till.write("cash_out", amount=100, reason=NAMES[2]))
    made.append(till.write("drawer_opened", reason=NAMES[3], approver=None))
    made.append(till.sell(change=lambda data: data.update(receipt=NAMES[1])))
    made.append(till.sell(change=lambda data: data["lines"][0].update(goods_class=NAMES[0])))
    key = f"Register {SECOND_REGISTER}.{paired.epoch}.{paired.key}"
    for each in made:
        answer = await shop.office.put(
            f"/api/till/documents/{each.id}", content=each.body, headers={"authorization": key}
        )
        assert answer.status_code in {201, 202}, answer.text
    return made


class Trap:
    """Hears whatever runs, opens a box or is stopped by the content policy in any page of a browser."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def set_in(self, browser: BrowserContext) -> None:
        await browser.expose_function("__ran", lambda where: self.heard.append(f"ran at {where}"))
        await browser.add_init_script(TRAP)
        browser.on("console", self._console)
        browser.on("weberror", lambda error: self.heard.append(f"error {error.error}"))
        browser.on("dialog", lambda dialog: self.heard.append(f"dialog {dialog.message}"))

    def _console(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.heard.append(f"{message.text} at {message.location}")

    async def look(self, page: Page) -> None:
        """Nothing that was written as text became an element or an attribute."""
        self.heard += [f"became markup at {page.url}: {each}" for each in await page.evaluate(TOOK_EFFECT)]


def test_there_are_fifty_of_them():
    assert len(set(NAMES)) >= 50


@pytest.mark.browser
@pytest.mark.timeout(420)
async def test_hostile_names_are_shown_and_printed_as_text(shop, playwright, tmp_path):
    await fill_with_hostile_names(shop)
    documents = await deliver_hostile_documents(shop)
    trap = Trap()
    browser = await opened(playwright, tmp_path / "profile")
    try:
        await trap.set_in(browser)
        numbers = await at_the_till(shop, await browser.new_page(), trap)
        await in_the_office(shop, await browser.new_page(), trap, documents, numbers)
    finally:
        await browser.close()

    assert trap.heard == [], "\n".join(dict.fromkeys(trap.heard))
    ordinary, *hostile = [decode(receipt.data) for receipt in shop.printer.receipts]
    assert len(hostile) == 3
    for receipt in [ordinary, *hostile]:
        assert receipt.errors == []
        assert receipt.commands["GS V"] == 1
        assert receipt.commands.keys() - ordinary.commands.keys() <= RASTER, receipt.commands
    assert len(shop.printer.kicks) == 3, "a sale, a sale and a refund in cash; a copy opens no drawer"
    assert "<script>" in hostile[0].text


async def at_the_till(shop: HostileShop, page: Page, trap: Trap) -> list[str]:
    """A cashier with a hostile name sells, explains, copies and takes back; answers the receipts' numbers."""
    till = TillPage(page, shop.address)
    await page.goto(f"{shop.address}/demo/till")
    await expect(till.part("sign-in")).to_be_visible()
    await trap.look(page)
    async with shop.database.transaction() as session:
        person = await session.scalar(select(StaffMember.id).where(StaffMember.name == NAMES[0]))
    await page.click(f"[data-person='{person}']")
    await page.fill("#pin", PIN)
    await page.keyboard.press("Enter")
    await till.open_shift("20000")
    await till.scan(await an_ordinary_code(shop))
    await expect(page.locator(".line-net")).to_have_count(1)
    numbers = [await till.pay_exact()]
    await expect(till.part("print-state")).to_have_attribute("data-state", "done")

    for count, code in enumerate(shop.codes, 1):
        await till.scan(code)
        await expect(page.locator(".line-net")).to_have_count(count)
    await till.scan(shop.card)
    await expect(till.part("customer")).to_be_visible()
    await expect(till.part("saved")).to_be_visible()
    await trap.look(page)
    for words in ("<sc", "{{", "WW", "=HYP", "'; DROP", "onload"):
        await page.fill("#search", words)
        await expect(page.get_by_role("option").first).to_be_visible()
        await trap.look(page)
    await page.fill("#search", "")
    await page.locator(".customer-main").click()
    await expect(till.part("panel-customer")).to_be_visible()
    await trap.look(page)
    await page.keyboard.press("Escape")
    for place in range(0, len(NAMES), 17):
        await page.locator("[data-line]").nth(place).click()
        await expect(till.part("panel-line")).to_be_visible()
        await till.part("line-why").click()
        await expect(till.part("dialog-why")).to_be_visible()
        await trap.look(page)
        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")
    numbers.append(await till.pay_exact())
    await expect(till.part("print-state")).to_have_attribute("data-state", "done", timeout=90_000)
    await trap.look(page)

    await till.part("return").click()
    await expect(till.part("dialog-receipts")).to_be_visible()
    await page.get_by_role("button", name=re.compile(f"{numbers[-1]}$")).first.click()
    await page.keyboard.press("Escape")
    await till.scan(numbers[-1])
    await expect(till.part("dialog-return")).to_be_visible()
    await trap.look(page)
    await page.locator(".return-line").first.click()
    await till.part("refund-cash").click()
    await expect(till.part("done")).to_be_visible()
    await expect(till.part("sync")).to_have_attribute("data-unsent", "0", timeout=60_000)
    await shop.printer.until(lambda printer: len(printer.receipts) == 4)
    return numbers


async def an_ordinary_code(shop: HostileShop) -> str:
    found = await right(await shop.office.get("/api/v1/products", params={"limit": 200}))
    mine = set(shop.codes)
    rows = (row for row in found["products"] if row["unit"] == "piece" and row["price"])
    return next(code["code"] for row in rows for code in row["barcodes"] if code["code"] not in mine)


async def in_the_office(shop: HostileShop, page: Page, trap: Trap, documents: list[Made], numbers: list[str]) -> None:
    """The owner opens every page, and pages of refusals that repeat what was asked for."""
    await page.goto(f"{shop.address}/office/sign-in")
    await page.fill("[name=login]", NAMES[19])
    await page.fill("[name=password]", "a wrong password")
    await page.locator("main button.primary").click()
    await trap.look(page)
    await page.fill("[name=login]", "owner")
    await page.fill("[name=password]", PASSWORD)
    await page.locator("main button.primary").click()
    await expect(page.locator("[data-figure=takings]")).to_be_visible()
    paths = [
        "/",
        "/demo/printer",
        "/office",
        "/office/figures",
        "/office/attention",
        "/office/people",
        "/office/registers",
    ]
    paths += ["/office/sales", "/office/sales?day=2026-01-05"]
    paths += [f"/office?day={day}" for day in ("2026-01-05",)]
    for name in NAMES[:34:3]:
        paths += [f"/office/sales?receipt={quote(name[:64])}", f"/office/sales?rule={quote(name[:64])}"]
        paths.append(f"/office/{quote(name)}")
    ids: list[UUID] = [each.id for each in documents if each.data["kind"] in {"sale", "refund"}]
    async with shop.database.transaction() as session:
        connection = await session.connection()
        ids += list((await connection.exec_driver_sql("SELECT id FROM sale")).scalars())
    paths += [f"/office/sales/{each}" for each in dict.fromkeys(ids)]
    for path in paths:
        answer = await page.goto(f"{shop.address}{path}")
        assert answer is not None
        assert answer.status < 500, (path, answer.status)
        await trap.look(page)
    await page.goto(f"{shop.address}/office/people")
    await expect(page.get_by_role("cell", name=NAMES[2][:100], exact=True).first).to_be_visible()
    assert numbers
