"""The page of labels: goods found, a label drawn, printed through the agent, taken as a file."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import zxingcpp
from PIL import Image

from devices.labels.config import label_config
from devices.labels.printer import LabelPrinter
from devices.labels.zpl.simulator import ZplSimulator
from loyalty.pricing.queries import Currency
from pos.catalog.queries import ProductRow
from tests.waiting import eventually
from tests.web.devices.test_pages import an_agent
from tests.web.signed_in import a_known_shop, signed_in
from web.labels.content import label_of

EAN = "4601234567893"


@pytest.fixture
async def known(database):
    return await a_known_shop(database)


@pytest.fixture
async def office(client, known):
    await signed_in(client, known)
    await client.put(f"/api/v1/products/{known.ids['product_id']}/barcodes/{EAN}", json={"quantity": 1_000})
    return client


def chosen(known, copies: str = "2", **more: str) -> dict[str, str]:
    return {"language": "en", f"copies.{known.ids['product_id']}": copies, **more}


async def test_goods_are_found_and_a_label_is_seen(office, known):
    found = (await office.get("/office/labels", params={"search": EAN})).text
    none = (await office.get("/office/labels", params={"search": "no such goods"})).text
    picture = re.search(r'src="(/office/labels/picture/[^"]+)"', found)[1].replace("&amp;", "&")
    answer = await office.get(picture)
    image = Image.open(BytesIO(answer.content))

    assert "data-preview" in found
    assert "data-product" not in none
    assert answer.headers["content-type"] == "image/png"
    assert [each.text for each in zxingcpp.read_barcodes(image.convert("L"))] == [EAN]


async def test_only_goods_whose_price_changed_are_listed(office):
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    long_ago = (await office.get("/office/labels", params={"since": "2020-01-01"})).text
    to_come = (await office.get("/office/labels", params={"since": tomorrow})).text

    assert "data-product" in long_ago
    assert "data-product" not in to_come


async def test_labels_are_taken_as_a_file(office, known):
    answer = await office.post("/office/labels/zpl", data=chosen(known))

    assert answer.status_code == 200
    assert answer.content.startswith(b"^XA^CI28")
    assert b"^PQ2," in answer.content
    assert EAN[:-1].encode() in answer.content


async def test_labels_are_printed_through_the_agent(office, known, tmp_path):
    simulator = ZplSimulator(baud=0)
    device = LabelPrinter(label_config("labels", await simulator.start_tcp(), {"language": "zpl"}))
    try:
        async with an_agent(office, tmp_path, [device]):
            await eventually(lambda: device.state.health == "ok")
            answer = await office.post("/office/labels/print", data=chosen(known))
            await eventually(lambda: len(simulator.printed) == 2)
    finally:
        await simulator.stop()

    assert "data-answer" in answer.text


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        ("zpl", {}, 422),
        ("print", {}, 422),
        ("zpl", {"width": "20", "height": "12"}, 422),
        ("print", {"copies": "1"}, 503),
    ],
)
async def test_what_cannot_be_printed_is_said(office, known, path, more, status):
    data = chosen(known, more.pop("copies", "1" if more else "0"), **more)

    assert (await office.post(f"/office/labels/{path}", data=data)).status_code == status


@pytest.mark.parametrize("query", ["dpi=96", "width=0", "language=xx", "height=x"])
async def test_a_look_that_cannot_be_is_refused(office, query):
    assert (await office.get(f"/office/labels?{query}")).status_code == 422


async def test_the_form_as_a_browser_sends_it_with_blanks_is_understood(office):
    blank = {"search": "", "category": "", "since": "", "tier": "", "language": "ru", "width": "58", "height": "40"}
    page = await office.get("/office/labels", params={**blank, "gap": "2", "dpi": "203"})

    assert page.status_code == 200
    assert "data-preview" in page.text


async def test_a_label_for_a_tier_without_discounts_has_one_price(office, known):
    product = known.ids["product_id"]
    plain = (await office.get(f"/office/labels/picture/{product}")).content
    gold = (await office.get(f"/office/labels/picture/{product}?tier=gold")).content

    assert gold == plain


@pytest.mark.parametrize(("card", "shown"), [(900, True), (1_000, False), (1_100, False)])
def test_the_price_with_a_card_stands_there_where_it_is_lower(card, shown):
    row = ProductRow(id=uuid4(), seq=4, names={"en": "Milk"}, category=1, unit="kg", tax_code="vat", regulation=None,
                     minimum=0, tile=None, archived=False, price=1_000, barcodes=[("2100", 1_000), (EAN, 6_000)])  # fmt: skip
    label = label_of(row, 1_000, card, Currency("EUR", 2), "ru")

    assert ("card_price" in label) is shown
    assert label["unit_price"] == "за кг"
    assert "ean" not in label
