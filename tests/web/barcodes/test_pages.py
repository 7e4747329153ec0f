"""The page of barcodes: routes in words, a template learnt from a label and saved."""

import pytest

from pos.catalog.rules import ean_check_digit
from tests.web.signed_in import a_known_shop, signed_in

HTML = {"accept": "text/html"}
LABEL = "2100123015009"


@pytest.fixture
async def known(database):
    return await a_known_shop(database)


@pytest.fixture
async def office(client, known):
    await signed_in(client, known)
    return client


async def looked(office, **typed):
    return (await office.get("/office/barcodes", params=typed, headers=HTML)).text


def next_in(page: str) -> str:
    return page.partition('data-next="')[2].partition('"')[0]


async def labels(office):
    """The routes of labels; the shop has one of its own for goods."""
    return [route for route in (await office.get("/api/v1/scan-routes")).json() if route["unit"]]


async def test_the_page_lists_how_codes_are_read(office):
    await office.post("/api/v1/scan-routes", json={"kind": "card", "prefix": "29", "length": 13})

    page = await looked(office)

    assert "<code>29</code>" in page
    assert "Client&#39;s card" in page
    assert "data-found" not in page


async def test_a_label_is_learnt_saved_and_its_goods_get_the_number(office, known):
    product = known.ids["product_id"]
    await office.put(f"/api/v1/products/{product}/barcodes/96385074", json={"quantity": 1_000})

    page = await looked(office, code=LABEL, kilograms="1,5", goods="96385074")
    saved = await office.post(
        "/office/barcodes",
        data={"prefix": "21", "item_digits": "5", "value_digits": "5", "unit": "g", "number": f"{product} 00123"},
    )
    routes = await labels(office)
    goods = (await office.get(f"/api/v1/products/{product}")).json()
    again = await looked(office, code=LABEL, kilograms="1.500", goods="96385074")

    assert 'data-next="larger"' in page
    assert f'name="number" value="{product} 00123"' in page
    assert "1.500 kg" in page
    assert saved.status_code == 303
    assert {
        "kind": "weight_label",
        "prefix": "21",
        "length": 13,
        "item": [2, 7],
        "value": [7, 12],
        "unit": "g",
    }.items() <= (routes[0].items())
    assert {"code": "00123", "quantity": 1_000} in goods["barcodes"]
    assert "The goods have this number." in again


async def test_a_second_label_leaves_fewer_templates(office):
    large = "210012312340" + ean_check_digit("210012312340")

    one = await looked(office, code=LABEL, kilograms="1.5")
    both = await looked(office, code=LABEL, kilograms="1.5", code_2=large, kilograms_2="12.34")

    assert (next_in(one), next_in(both)) == ("larger", "other_goods")


REFUSED = [
    ({"code": "4006381333931", "kilograms": "1"}, "not a label of the shop"),
    ({"code": "2100123015001", "kilograms": "1.5"}, "last digit is wrong"),
    ({"code": LABEL}, "at least one of weight"),
    ({"code": LABEL, "kilograms": "much"}, "at least one of weight"),
    ({"code": LABEL, "kilograms": "1.5", "goods": "nothing like it"}, "No goods, or several"),
    ({"code": LABEL, "kilograms": "3"}, "does not stand in the code"),
]


async def test_what_cannot_be_learnt_is_said_in_a_sentence(office):
    for typed, sentence in REFUSED:
        page = await looked(office, **typed)

        assert sentence in page
        assert "data-found" not in page


async def test_a_prefix_that_is_taken_is_refused_and_one_switched_off_is_free_again(office):
    template = {"prefix": "21", "item_digits": "5", "value_digits": "5", "unit": "10g"}
    await office.post("/office/barcodes", data=template)
    route = (await labels(office))[0]

    taken = await office.post("/office/barcodes", data=template, headers=HTML)
    off = await office.post(f"/office/barcodes/{route['id']}/off")
    free = await office.post("/office/barcodes", data={**template, "unit": "piece"})

    assert (taken.status_code, off.status_code, free.status_code) == (409, 303, 303)
    assert "Another route takes the same codes" in taken.text
    assert [each["unit"] for each in await labels(office)] == ["piece"]


MEDDLED = [{"prefix": "4"}, {"unit": "kg"}, {"number": "x 1"}, {"item_digits": "9", "value_digits": "9"}]


async def test_a_form_that_was_meddled_with_saves_nothing(office):
    template = {"prefix": "21", "item_digits": "5", "value_digits": "5", "unit": "g"}

    for wrong in MEDDLED:
        assert (await office.post("/office/barcodes", data={**template, **wrong})).status_code == 422
    assert await labels(office) == []
