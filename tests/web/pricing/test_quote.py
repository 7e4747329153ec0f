"""A basket priced over HTTP: by the shop's own goods and rules, or by what the request says."""

import pytest

from loyalty.pricing.rules import ROUNDINGS
from loyalty.pricing.store import publish_rule_set
from pos.core.ids import new_id
from tests.pos.exchange.builders import LONG_AGO, a_product, an_account
from tests.web.catalog.test_api import office as office  # the owner's browser
from web.pricing.examples import EXAMPLES

URL = "/api/pricing/quote"


def test_there_is_an_example_for_every_kind_of_rule():
    shown = {body["rules"]["rules"][0]["effect"]["kind"] for _, body in EXAMPLES.values()}

    assert shown == set(ROUNDINGS)


@pytest.mark.parametrize("name", EXAMPLES)
async def test_each_example_of_the_description_is_priced_and_its_rule_gives_something(office, name):
    answer = await office.post(URL, json=EXAMPLES[name][1])

    assert answer.status_code == 200, answer.text
    quote = answer.json()["quote"]
    (rule,) = [rule for rule in quote["rules"] if rule["rule"] == "offer"]
    assert rule["status"] == "applied"
    assert sum(row["amount"] for row in quote["rules"] if row["status"] == "applied") == quote["totals"]["discount"]


async def test_the_description_shows_them(client):
    described = (await client.get("/schema/openapi.json")).json()

    content = described["paths"]["/api/pricing/quote"]["post"]["requestBody"]["content"]["application/json"]
    assert set(content["examples"]) == set(EXAMPLES)


async def test_goods_terms_and_rules_of_the_shop_fill_what_the_request_leaves_out(office, database):
    async with database.transaction() as session:
        product = await a_product(session, office.shop)
        account = await an_account(session, office.shop, "2900000000018")
        body = {
            "rules": [
                {
                    "id": "gold",
                    "name": "Gold",
                    "priority": 1,
                    "effect": {"kind": "percent", "value": 1_000},
                    "who": {"tiers": ["gold"]},
                }
            ]
        }
        version = await publish_rule_set(session, body, active_from=LONG_AGO, by=None, at=LONG_AGO)

    asked = {"lines": [{"product": product.seq, "quantity": 2_000}]}
    with_card = (await office.post(URL, json={**asked, "account": str(account.id)})).json()
    without = (await office.post(URL, json=asked)).json()

    assert with_card["quote"]["rule_set"] == version
    assert (without["quote"]["totals"]["total"], with_card["quote"]["totals"]["total"]) == (100_000, 90_000)
    assert with_card["basket"]["lines"][0]["price"] == 50_000
    assert with_card["basket"]["terms"]["tier"] == "gold"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"lines": [{"product": 999_999, "quantity": 1_000}]}, 404, "quote.product_unknown"),
        ({"lines": [{"quantity": 1_000}]}, 404, "quote.product_unknown"),
        ({"lines": [{"product": True, "quantity": 1_000}]}, 404, "quote.product_unknown"),
        ({"lines": [{"product": 1, "quantity": 0.5, "price": 100, "unit": "kg"}]}, 422, "pricing.wrong_type"),
        ({"lines": [], "spend": 1.5}, 422, "input.malformed"),
        ({"lines": [], "account": str(new_id())}, 404, "account.not_found"),
        ({"lines": [], "account": str(new_id()), "terms": {}}, 422, "quote.one_of_two"),
        ({"lines": [], "rules": {"rules": []}, "rule_set": 1}, 422, "quote.one_of_two"),
        ({"lines": [], "rule_set": 99}, 404, "quote.rule_set_unknown"),
        ({"lines": [], "rules": {"rules": [{"id": "a"}]}}, 422, "pricing.missing_field"),
        ({"lines": [], "settings": {"price_step": 0}}, 422, "pricing.out_of_range"),
        ({"lines": [], "left": {"offer": 3}}, 422, "pricing.wrong_type"),
    ],
)
async def test_what_cannot_be_priced_is_refused_with_its_place(office, change, status, code):
    answer = await office.post(URL, json=change)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
