"""Scans that the agent tells of: goods by EAN and GS1, weight and price of a code, marked packs sold once."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from devices.scanners.scan import Scan
from devices.scanners.simulator import SHOES
from tests.till.agent import ONLINE, TillAgent
from tests.till.modules import Modules
from tests.till.page import Till
from tests.till.server import ShopServer
from tests.till.shop import ANNA, MILK_CODE, product

SCANNER = {"id": "scanner-1", "kind": "scanner", "state": ONLINE}
SHOES_SEQ, CHEESE_SEQ, WATER_SEQ, CIGARETTES_SEQ = 11, 12, 13, 14
SHOES_CODE, CHEESE_CODE, WATER_CODE, CIGARETTES_CODE = "4623091234503", "4870216760007", "96385074", "4780101164394"
GOODS = [
    product(SHOES_SEQ, "Shoes", 2_000_000, (SHOES_CODE, 1000)),
    product(CHEESE_SEQ, "Cheese", 420_000, (CHEESE_CODE, 1000), unit="kg"),
    product(WATER_SEQ, "Water", 30_000, (WATER_CODE, 1000)),
    product(CIGARETTES_SEQ, "Cigarettes", 95_000, (CIGARETTES_CODE, 1000)),
]
SECOND_PAIR = Scan("]d2", SHOES.data.replace(b"abc", b"abd"))
PACK = "04780101164394TF&csaNNW1kK0tL"


@pytest.fixture(scope="module")
def modules() -> Modules:
    return Modules("../devices/gs1.js", "scanner.js")


@pytest.mark.parametrize(
    ("raw", "pack"),
    [
        (SHOES.raw, "010462309123450321abcDEF12345/7"),
        ("\x1d" + SHOES.raw, "010462309123450321abcDEF12345/7"),
        (PACK, PACK[:21]),
    ],
    ids=["signed", "with a separator in front", "tobacco"],
)
def test_a_pack_is_its_gtin_and_serial_number(modules: Modules, raw: str, pack: str) -> None:
    assert modules.call("packs.js", "packOf", raw) == pack


@pytest.mark.parametrize(
    ("gs1", "grams", "price"),
    [
        ({"3103": "001250"}, 1250, None),
        ({"3102": "000125"}, 1250, None),
        ({"3100": "000002"}, 2000, None),
        ({"3105": "000123"}, 1, None),
        ({"3922": "125000"}, None, 125_000),
        ({"3920": "1250"}, None, 125_000),
        ({"3923": "1250005"}, None, 125_001),
        ({"10": "3103"}, None, None),
    ],
    ids=str,
)
def test_weight_and_price_of_a_code_count_in_grams_and_coins(
    modules: Modules, gs1: dict[str, str], grams: int | None, price: int | None
) -> None:
    assert modules.call("gs1.js", "measured", gs1, 2) == {"grams": grams, "price": price}


@pytest.mark.parametrize(
    ("written", "day"),
    [("270131", "2027-01-31"), ("280200", "2028-02-29"), ("271331", None), ("000000", None), (None, None)],
)
def test_the_last_day_of_a_code(modules: Modules, written: str | None, day: str | None) -> None:
    assert modules.call("gs1.js", "lastDay", {} if written is None else {"17": written}) == day


@pytest.mark.parametrize(
    ("code", "whole"),
    [
        (PACK, True),
        (SHOES.raw.replace("\x1d", ""), False),
        ("010487021676000721qKkdi+S93U3g5", False),
        ("04780101164395TF&csaNNW1kK0tL", None),
        ("010462309123450321abcDEF12345/7", None),
        ("4780101164394", None),
    ],
    ids=["tobacco", "signed", "checked", "check digit", "no proof", "EAN"],
)
def test_a_typing_scanner_keeps_tobacco_whole_and_breaks_the_other_marking_codes(
    modules: Modules, code: str, whole: bool | None
) -> None:
    told = modules.call("gs1.js", "typedCode", code)

    assert (told and told["marking"]["whole"]) == whole


def typed(modules: Modules, keys: list[tuple[str, str, bool]]) -> str:
    script = (
        "(() => { const burst = new modules['scanner.js'].Burst(); let scan = null; "
        f"{json.dumps(keys)}.forEach(([key, code, shiftKey], at) => "
        "{ scan = burst.key({ key, code, shiftKey }, at * 5) ?? scan; }); return scan; })()"
    )
    return modules.run(script)["text"]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ([("ф", "KeyA", False), (".", "Slash", False), ('"', "Digit2", True), ("И", "KeyB", True)], "a/@B"),
        ([("a", "KeyA", False), ("/", "Slash", False), ("@", "Digit2", True), ("B", "KeyB", True)], "a/@B"),
        ([("a", "KeyQ", False), ("q", "KeyA", False), ("1", "Digit1", True), ("2", "Digit2", True)], "aq12"),
    ],
    ids=["Russian: signs move too", "Latin", "French: what is Latin stays as it is"],
)
def test_letters_show_the_layout_and_signs_follow_it(
    modules: Modules, keys: list[tuple[str, str, bool]], text: str
) -> None:
    assert typed(modules, [*keys, ("Enter", "Enter", False)]) == text


@pytest.fixture
def agent(shop_server: ShopServer) -> Iterator[TillAgent]:
    shop_server.products += GOODS
    agent = TillAgent([SCANNER, {"id": "scale-1", "kind": "scale", "state": ONLINE}])
    shop_server.agent = agent.start()
    yield agent
    agent.stop()


@pytest.fixture
async def joined(till: Till, agent: TillAgent) -> Till:
    await till.begin()
    await till.until("till.devices.value.agent === 'connected'")
    return till


class Counter:
    """The till with its scanner in hand."""

    def __init__(self, till: Till, agent: TillAgent) -> None:
        self.till, self.agent = till, agent

    async def scan(self, scan: Scan) -> Any:
        """What the till made of it."""
        before = await self.till.do("till.scanned.value?.at ?? 0")
        self.agent.say("scanner-1", scan.read().as_said())
        await self.till.until(f"(till.scanned.value?.at ?? 0) > {before}")
        return await self.till.do("till.scanned.value.result")

    async def refused(self, scan: Scan) -> str:
        return (await self.scan(scan))["error"]["code"]

    async def lines(self) -> list[tuple[int, int, list[str]]]:
        basket = await self.till.do("till.basket.value")
        return [(line["product"], line["quantity"], line["units"]) for line in basket["lines"]]

    async def sell(self) -> dict[str, Any]:
        await self.till.do("till.startPayment()")
        await self.till.do("till.addTender({ kind: 'cash', amount: till.paying.value.toPay })")
        return (await self.till.do("till.finish()"))["document"]


@pytest.fixture
def counter(joined: Till, agent: TillAgent) -> Counter:
    return Counter(joined, agent)


@pytest.mark.browser
async def test_a_scan_of_the_agent_sells_and_types_into_nothing(counter: Counter) -> None:
    await counter.till.do("document.getElementById('field').focus();")

    await counter.scan(Scan("]E0", MILK_CODE.encode()))
    counter.agent.say("scale-1", {"code": MILK_CODE})
    await counter.scan(Scan("]E4", WATER_CODE.encode()))

    assert [line[0] for line in await counter.lines()] == [1, WATER_SEQ]
    assert await counter.till.do("document.getElementById('field').value") == ""


@pytest.mark.browser
async def test_a_gs1_code_finds_its_goods_and_brings_weight_price_and_last_day(counter: Counter) -> None:
    weighed = await counter.scan(Scan("]e0", b"0104870216760007" + b"3103001250" + b"3922999900"))
    priced = await counter.scan(Scan("]C1", b"0104870216760007" + b"3922210000"))
    old = await counter.scan(Scan("]C1", b"0100000096385074" + b"17200131" + b"10LOT"))
    said = await counter.till.do("till.messages.value.filter(({ id }) => id.startsWith('scan:'))")
    unknown = await counter.scan(Scan("]C1", b"0104006381333931" + b"10LOT"))

    onto_the_scale = await counter.scan(Scan("]C1", b"0104870216760007" + b"10LOT"))

    assert onto_the_scale["kind"] == "weigh"
    assert weighed["line"]["quantity"] == 1_250
    assert priced["line"]["quantity"] == 500
    assert (old["line"]["product"], old["expired"]) == (WATER_SEQ, "2020-01-31")
    assert [message["code"] for message in said] == ["scan.expired"]
    assert (unknown["kind"], unknown["code"]) == ("unknown", "4006381333931")


@pytest.mark.browser
async def test_each_marked_pack_is_a_line_and_its_code_goes_into_the_sale(
    counter: Counter, shop_server: ShopServer
) -> None:
    for scan in (SHOES, SECOND_PAIR, Scan("]d1", PACK.encode())):
        assert (await counter.scan(scan))["kind"] == "product"
    assert await counter.lines() == [
        (SHOES_SEQ, 1_000, [SHOES.raw]),
        (SHOES_SEQ, 1_000, [SECOND_PAIR.raw]),
        (CIGARETTES_SEQ, 1_000, [PACK]),
    ]

    await counter.sell()
    await counter.till.sent()

    sale = shop_server.documents()[-1]
    assert [line.units for line in sale.lines] == [[SHOES.raw], [SECOND_PAIR.raw], [PACK]]


@pytest.mark.browser
async def test_the_same_pack_is_sold_once_until_it_comes_back(counter: Counter) -> None:
    await counter.scan(SHOES)
    assert await counter.refused(Scan("]d2", b"\x1d" + SHOES.data)) == "marking.in_basket"
    await counter.till.do("till.park()")
    assert await counter.refused(SHOES) == "marking.in_basket"
    await counter.till.do("till.recall(till.parked.value[0].id)")
    sale = await counter.sell()
    assert await counter.refused(SHOES) == "marking.sold_before"

    back = await counter.till.do("till.startRefund(given)", sale["receipt"])
    wish = {"document": back["document"], "lines": [{"line": 1, "quantity": 1_000}], "tender": "cash", "reason": "size"}
    refund = (await counter.till.do("till.refund(given)", wish))["document"]

    assert refund["lines"][0]["units"] == [SHOES.raw]
    assert (await counter.scan(SHOES))["kind"] == "product"


@pytest.mark.browser
async def test_a_marked_pack_cannot_be_multiplied_and_goes_out_alone(counter: Counter) -> None:
    await counter.scan(SHOES)
    await counter.scan(SECOND_PAIR)
    key = (await counter.till.do("till.basket.value"))["lines"][0]["key"]

    more = await counter.till.do("till.setQuantity(given, 2000).catch(({ code }) => code)", key)
    await counter.till.do("till.removeLine(given)", key)

    assert more == "marking.scan_each"
    assert await counter.lines() == [(SHOES_SEQ, 1_000, [SECOND_PAIR.raw])]
    assert (await counter.scan(SHOES))["kind"] == "product"


@pytest.mark.browser
async def test_a_marking_code_without_its_separators_is_refused_however_it_was_read(counter: Counter) -> None:
    broken = SHOES.data.replace(b"\x1d", b"")

    assert await counter.refused(Scan(None, broken)) == "marking.separators_lost"
    typed = await counter.till.do("till.scan(given)", broken.decode())
    assert typed["error"]["code"] == "marking.separators_lost"
    assert await counter.lines() == []


@pytest.mark.browser
async def test_a_pin_is_not_typed_by_the_agents_scanner(joined: Till, agent: TillAgent) -> None:
    await joined.do("till.signOut()")
    await joined.do("document.getElementById('field').focus();")

    answer = await Counter(joined, agent).scan(Scan("]E0", MILK_CODE.encode()))

    assert answer["error"]["code"] == "not_signed_in"
    assert await joined.do("document.getElementById('field').value") == ""
    await joined.do("till.signIn(given, '1234')", ANNA)
