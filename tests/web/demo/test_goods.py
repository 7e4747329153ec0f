"""The demo shop's goods, clients and rules are such as a grocery could have."""

from datetime import date

from loyalty.accounts.rules import checked_card_number, checked_phone
from loyalty.pricing.wire_rules import read_rule_set
from pos.catalog.rules import is_ean
from web.demo.clients import PHONE_PREFIX, clients
from web.demo.goods import goods, sections
from web.demo.rules import NAMES, rule_set

TODAY = date(2026, 11, 22)


def test_two_thousand_products_are_named_in_three_languages():
    made = goods(2_000, 7)

    assert len(made) == 2_000
    for language in ("en", "ru", "hy"):
        names = [good.names[language] for good in made]
        assert all(name and name == name.strip() and "  " not in name for name in names)
        assert len(set(names)) > 1_950


def test_each_language_keeps_to_its_own_letters():
    made = goods(2_000, 7)

    assert all(any("а" <= letter <= "я" for letter in good.names["ru"].lower()) for good in made)
    assert all(any("ա" <= letter <= "ֆ" for letter in good.names["hy"].lower()) for good in made)
    assert not any("а" <= letter <= "я" for good in made for letter in good.names["en"].lower())


def test_every_barcode_is_a_valid_ean_or_a_scale_number_and_none_comes_twice():
    codes = [code for good in goods(2_000, 7) for code, _ in good.codes]

    assert all(is_ean(code) or len(code) == 5 for code in codes)
    assert len(set(codes)) == len(codes)


def test_prices_are_on_the_step_of_ten_drams():
    assert all(good.amount > 0 and good.amount % 1_000 == 0 for good in goods(2_000, 7))


def test_there_are_packs_weighed_goods_and_regulated_goods():
    made = goods(2_000, 7)
    regulated = {section.code for section in sections() if section.regulation}

    assert any(quantity == 6_000 for good in made for _, quantity in good.codes)
    assert any(good.unit == "kg" for good in made)
    assert regulated == {"alcohol", "tobacco"}
    assert regulated <= {good.section for good in made}


def test_the_same_seed_makes_the_same_shop_and_another_does_not():
    assert goods(50, 1) == goods(50, 1)
    assert goods(50, 1) != goods(50, 2)
    assert clients(50, 1, TODAY) == clients(50, 1, TODAY)


def test_clients_have_valid_cards_and_phones_that_nobody_has():
    made = clients(5_000, 7, TODAY)

    assert len({checked_card_number(client.number) for client in made}) == 5_000
    assert all(checked_phone(client.phone).startswith(PHONE_PREFIX) for client in made)
    assert {client.tier for client in made} == {"gold", "silver", "bronze", None}


def test_the_rules_are_such_as_the_engine_reads_and_each_is_named():
    numbers = {section.code: place for place, section in enumerate(sections(), 1)}

    rules = read_rule_set(rule_set(numbers, [(5, 30_000)], TODAY) | {"version": 1}).rules

    assert {rule.name for rule in rules} == set(NAMES)
    assert {rule.effect.kind for rule in rules} == {"percent", "personal", "price", "basket_percent", "earn"}
    assert {rule.source for rule in rules} == {"card", "promotion", "claimed", "personal", "coupon"}
