"""What only the database knows to be wrong with a rule."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from pos.catalog.model import Price, Product
from pos.core.ids import new_id
from pos.reports.rule_check import RuleRefused, flaws_of, refuse_bad_rules
from tests.pos.exchange.builders import LONG_AGO, a_product, a_shop

EMPTY = {"groups": [], "rules": []}


def rule(effect=None, **parts):
    return {"id": "r", "name": "Rule", "priority": 50, "effect": effect or {"kind": "percent", "value": 500}, **parts}


async def told(session, made) -> list[tuple[str, str]]:
    return [(flaw.field, flaw.code) for flaw in await flaws_of(session, EMPTY, made)]


@pytest.mark.parametrize(
    ("parts", "field", "code"),
    [
        ({"what": {"products": [999_999]}}, "what.products", "rules.unknown_product"),
        ({"what": {"except_products": [999_999]}}, "what.except_products", "rules.unknown_product"),
        ({"what": {"categories": [999_999]}}, "what.categories", "rules.unknown_category"),
        ({"who": {"tiers": ["platinum"]}}, "who.tiers", "rules.unknown_tier"),
        ({"who": {"categories": ["astronaut"]}}, "who.categories", "rules.unknown_client_category"),
        ({"who": {"accounts": [str(new_id())]}}, "who.accounts", "rules.unknown_account"),
        ({"who": {"coupons": ["spring"]}}, "who.coupons", "rules.unknown_batch"),
        ({"effect": {"kind": "price", "value": 0}}, "effect.value", "rules.price_zero"),
        ({"effect": {"kind": "gift", "choices": [999_999]}}, "effect.choices", "rules.unknown_product"),
        (
            {"effect": {"kind": "set", "sum": 100, "parts": [{"take": 3, "what": {"products": [999_999]}}]}},
            "effect.parts[0].what.products",
            "rules.unknown_product",
        ),
        ({"effect": {"kind": "percent", "value": 10_001}}, "effect.value", "pricing.out_of_range"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_is_not_there_is_refused_at_its_field(session, parts, field, code):
    await a_shop(session)

    assert await told(session, rule(**parts)) == [(field, code)]


async def test_what_is_there_is_accepted(session):
    shop = await a_shop(session)
    milk = await a_product(session, shop)
    parts = {
        "what": {"products": [milk.seq], "categories": [shop.category]},
        "who": {"tiers": ["gold"], "claimed": ["pensioner"]},
    }

    assert await told(session, rule(**parts)) == []
    assert await told(session, rule({"kind": "gift", "choices": [milk.seq]})) == []


async def test_a_gift_that_left_the_range_or_has_no_price_cannot_be_given(session):
    shop = await a_shop(session)
    milk, bread = await a_product(session, shop), await a_product(session, shop, "Bread")
    gift = rule({"kind": "gift", "choices": [milk.seq, bread.seq]})
    await session.execute(update(Product).where(Product.seq == milk.seq).values(archived=True))
    await session.execute(update(Price).where(Price.product == bread.seq).values(valid_to=LONG_AGO + timedelta(days=1)))

    assert await told(session, gift) == [
        ("effect.choices", "rules.gift_archived"),
        ("effect.choices", "rules.gift_without_price"),
    ]


async def test_a_price_that_lowers_nothing_is_refused(session):
    shop = await a_shop(session)
    milk = await a_product(session, shop, amount=50_000)

    assert await told(session, rule({"kind": "price", "value": 50_000}, what={"products": [milk.seq]})) == [
        ("effect.value", "rules.price_not_lower")
    ]
    assert await told(session, rule({"kind": "price", "value": 49_000}, what={"products": [milk.seq]})) == []


async def test_a_draft_whose_goods_have_gone_since_is_not_put_in_force(session):
    await a_shop(session)
    bad = rule(what={"products": [999_999]})

    with pytest.raises(RuleRefused) as refused:
        await refuse_bad_rules(session, {"groups": [], "rules": [bad]})

    assert (refused.value.fields["rule"], refused.value.fields["field"]) == ("r", "what.products")


async def test_two_gifts_that_lead_to_each_other_are_told_of_the_rule_being_saved(session):
    shop = await a_shop(session)
    milk, bread = await a_product(session, shop), await a_product(session, shop, "Bread")
    first = {**rule({"kind": "gift", "choices": [bread.seq]}, what={"products": [milk.seq]}), "id": "first"}
    second = rule({"kind": "gift", "choices": [milk.seq]}, what={"products": [bread.seq]})

    flaws = await flaws_of(session, {"groups": [], "rules": [first]}, second)

    assert [(flaw.field, flaw.code) for flaw in flaws] == [("effect.choices", "pricing.gift_cycle")]
