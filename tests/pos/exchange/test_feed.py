"""What a till is told: everything, once at least, and nothing that may still be taken back."""

import json
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.cards import block_card
from loyalty.accounts.model import Visit
from loyalty.accounts.persons import erase_person
from loyalty.accounts.queries import account_whole
from loyalty.accounts.rules import card_digest
from pos.catalog.costs import set_category_margin, set_cost, set_shop_margin
from pos.catalog.model import Barcode, Category, Price, Product
from pos.catalog.prices import set_price, take_back_price
from pos.catalog.service import create_category, move_category
from pos.core.ids import new_id
from pos.exchange import feed
from pos.exchange.cursor import begin_epoch
from pos.exchange.errors import BadCursor, StartAgain
from pos.registers.model import Outlet
from tests.pos.exchange.builders import NOON, SALT, TODAY, a_product, an_account


async def told(session, shop, cursor):
    answer = json.loads(await feed.changes(session, shop.outlet, cursor, at=NOON))
    await session.commit()
    return answer


async def copy(session, shop):
    answer = json.loads(await feed.snapshot(session, shop.outlet, shop.register, at=NOON))
    await session.commit()
    return answer


async def test_a_full_copy_names_every_section_and_chunk(session, shop):
    product = await a_product(session, shop)
    account = await an_account(session, shop, "2900000000018")
    await session.commit()

    snapshot = await copy(session, shop)

    assert snapshot["settings"]["currency"] == "AMD"
    assert snapshot["settings"]["zone"] == "Asia/Yerevan"
    assert snapshot["settings"]["card_salt"] == SALT.hex()
    assert snapshot["register"] == {"id": str(shop.register), "name": "Till 1", "prefix": "A"}
    assert snapshot["rule_set"]["body"] == {"schema": 1, "version": 1, "rules": []}
    assert (snapshot["rule_set"]["version"], snapshot["rule_set"]["names"]) == (1, {})
    assert snapshot["names"]["tiers"] == [{"code": "gold", "names": {"en": "Gold"}, "rank": 3}]
    assert product.seq // 2000 in [chunk for chunk, _ in snapshot["product_chunks"]]
    assert account.seq // 2000 in [chunk for chunk, _ in snapshot["account_chunks"]]
    assert {"staff", "outlet", "categories", "tax_rates", "regulations", "scan_routes"} <= snapshot.keys()


async def test_a_product_row_says_what_the_till_needs(session, shop):
    product = await a_product(session, shop)
    tomorrow = NOON + timedelta(days=1)
    await session.execute(update(Price).where(Price.product == product.seq).values(valid_to=tomorrow))
    promotion = {"amount": 60_000, "valid_from": tomorrow, "valid_to": tomorrow + timedelta(days=1)}
    session.add(Price(price_list=shop.price_list, product=product.seq, **promotion))
    await session.flush()
    parent = await session.scalar(select(Category.parent).where(Category.id == shop.category))

    chunk = json.loads(await feed.products(session, shop.outlet, product.seq // 2000, at=NOON))

    day = 86_400_000
    noon = int(NOON.timestamp() * 1000)
    (row,) = [row for row in chunk["products"] if row["seq"] == product.seq]
    assert row == {
        "seq": product.seq,
        "id": str(product.id),
        "names": {"en": "Milk"},
        "category": [shop.category, parent],
        "unit": "piece",
        "price": 50_000,
        "upcoming": [[noon + day, 60_000], [noon + 2 * day, None]],
        "tax_code": "vat20",
        "tax": 2_000,
        "regulation": None,
        "minimum": 0,
        "barcodes": [[f"P{product.seq}", 1_000], [f"P{product.seq}x6", 6_000]],
        "tile": None,
        "archived": False,
    }


async def test_an_account_row_holds_no_more_than_the_till_may_know(session, shop):
    account = await an_account(session, shop, "2900000000025")

    chunk = json.loads(await feed.accounts(session, shop.outlet, account.seq // 2000, at=NOON))

    (row,) = [row for row in chunk["accounts"] if row["seq"] == account.seq]
    assert row == {
        "seq": account.seq,
        "id": str(account.id),
        "tier": "gold",
        "categories": [],
        "expires": {},
        "tags": [],
        "personal": 0,
        "personal_to_come": [],
        "prices": [],
        "prices_to_come": [],
        "birthday": None,
        "points": 0,
        "points_pending": 0,
        "points_expiring": None,
        "owed": 0,
        "debt_limit": 0,
        "next_tier": None,
        "used": {},
        "version": 1,
        "name": "Anahit P.",
        "phone": "4312",
        "cards": [[card_digest(SALT, "2900000000025").hex(), "active", None]],
        "blocked": None,
        "staff": None,
        "merged_into": None,
        "note": "",
    }


async def test_chunks_hold_two_thousand_numbers_each(session, shop):
    await session.execute(
        text(
            "INSERT INTO product (id, names, category, unit, tax_code, made_at) SELECT gen_random_uuid(), "
            "jsonb_build_object('en', 'P' || n), :category, 'piece', 'vat20', now() FROM generate_series(1, 4500) n"
        ),
        {"category": shop.category},
    )
    listed = (await copy(session, shop))["product_chunks"]

    fetched = [json.loads(await feed.products(session, shop.outlet, chunk, at=NOON)) for chunk, _ in listed]

    assert [(answer["chunk"], len(answer["products"])) for answer in fetched] == [tuple(pair) for pair in listed]
    assert all(row["seq"] // 2000 == answer["chunk"] for answer in fetched for row in answer["products"])
    assert sum(count for _, count in listed) >= 4500
    assert max(count for _, count in listed) == 2000


async def test_nothing_changed_is_an_empty_answer_with_the_same_cursor(session, shop):
    cursor = (await copy(session, shop))["cursor"]

    again = await told(session, shop, cursor)

    assert again == {"cursor": cursor, "products": [], "accounts": [], "more": False}


@pytest.mark.parametrize("what", ["product", "price", "barcode"])
async def test_a_change_of_a_product_its_price_or_its_barcode_tells_the_whole_row(session, shop, what):
    product = await a_product(session, shop)
    await session.commit()
    cursor = (await copy(session, shop))["cursor"]
    change = {
        "product": update(Product).where(Product.seq == product.seq).values(names={"en": "Kefir"}),
        "price": update(Price).where(Price.product == product.seq).values(amount=51_000),
        "barcode": update(Barcode).where(Barcode.code == f"P{product.seq}").values(active=False),
    }
    await session.execute(change[what])
    await session.commit()

    answer = await told(session, shop, cursor)

    (row,) = answer["products"]
    assert row["seq"] == product.seq
    assert {"product": row["names"]["en"] == "Kefir", "price": row["price"] == 51_000,
            "barcode": len(row["barcodes"]) == 1}[what]  # fmt: skip


async def test_an_archived_product_leaves_the_chunk_and_is_told_as_archived(session, shop):
    product = await a_product(session, shop)
    await session.commit()
    cursor = (await copy(session, shop))["cursor"]
    await session.execute(update(Product).where(Product.seq == product.seq).values(archived=True))
    await session.commit()

    answer = await told(session, shop, cursor)
    chunk = json.loads(await feed.products(session, shop.outlet, product.seq // 2000, at=NOON))

    assert [(row["seq"], row["archived"]) for row in answer["products"]] == [(product.seq, True)]
    assert product.seq not in [row["seq"] for row in chunk["products"]]


async def test_only_the_section_that_changed_is_sent(session, shop):
    cursor = (await copy(session, shop))["cursor"]
    await session.execute(update(Outlet).where(Outlet.id == shop.outlet).values(name="Corner shop and more"))
    await session.commit()

    answer = await told(session, shop, cursor)

    assert answer.keys() == {"cursor", "products", "accounts", "settings", "outlet", "more"}
    assert answer["outlet"]["name"] == "Corner shop and more"


async def test_a_category_moved_tells_of_the_products_below_it(session, shop):
    cheese = await create_category(session, {"en": "Cheese"}, shop.category)
    product = await a_product(session, replace(shop, category=cheese.id))
    other = await create_category(session, {"en": "Fresh"})
    await session.commit()
    cursor = (await copy(session, shop))["cursor"]
    await move_category(session, cheese.id, other.id)
    await session.commit()

    answer = await told(session, shop, cursor)

    assert [(row["seq"], row["category"]) for row in answer["products"]] == [(product.seq, [cheese.id, other.id])]
    assert "categories" in answer


async def test_a_planned_price_taken_back_is_told(session, shop):
    product = await a_product(session, shop)
    planned = await set_price(
        session, product.id, shop.price_list, 60_000, valid_from=NOON + timedelta(days=1), at=NOON
    )
    await session.commit()
    cursor = (await copy(session, shop))["cursor"]
    await take_back_price(session, product.id, planned.id, at=NOON)
    await session.commit()

    answer = await told(session, shop, cursor)

    assert [(row["price"], row["upcoming"]) for row in answer["products"]] == [(50_000, [])]


async def test_a_card_blocked_and_a_person_erased_are_told(session, shop):
    account = await an_account(session, shop, "2900000000100")
    await session.commit()
    cursor = (await copy(session, shop))["cursor"]
    whole = await account_whole(session, account.id)
    await block_card(session, whole.cards[0].id, "lost", by=None, at=NOON)
    await erase_person(session, whole.persons[0].id, by=None, at=NOON)
    await session.commit()

    answer = await told(session, shop, cursor)

    (row,) = answer["accounts"]
    assert row["cards"][0][1:] == ["blocked", "lost"]
    assert (row["name"], row["phone"]) == ("", None)


async def test_an_account_is_looked_up_by_card_and_by_phone(session, shop):
    account = await an_account(session, shop, "2900000000094")
    digest = card_digest(SALT, "2900000000094").hex()

    by_card = json.loads(await feed.lookup(session, shop.outlet, card=digest, at=NOON))
    by_phone = json.loads(await feed.lookup(session, shop.outlet, phone="4312", at=NOON))
    by_nothing = json.loads(await feed.lookup(session, shop.outlet, card="0" * 32, at=NOON))

    assert [row["id"] for row in by_card["accounts"]] == [str(account.id)]
    assert str(account.id) in [row["id"] for row in by_phone["accounts"]]
    assert by_nothing["accounts"] == []


async def test_a_writer_that_commits_late_is_never_skipped(database, session, shop):
    slow = await a_product(session, shop, "Slow")
    fast = await a_product(session, shop, "Fast")
    await session.commit()
    cursor = (await copy(session, shop))["cursor"]

    async with AsyncSession(database) as late:
        await late.execute(update(Product).where(Product.seq == slow.seq).values(names={"en": "Slow, renamed"}))
        await session.execute(update(Product).where(Product.seq == fast.seq).values(names={"en": "Fast, renamed"}))
        await session.commit()
        while_open = await told(session, shop, cursor)
        await late.commit()
    after = await told(session, shop, while_open["cursor"])

    names = {row["seq"]: row["names"]["en"] for row in while_open["products"] + after["products"]}
    assert while_open["products"] == []
    assert names == {slow.seq: "Slow, renamed", fast.seq: "Fast, renamed"}


async def test_a_writer_that_gives_up_leaves_no_trace(database, session, shop):
    product = await a_product(session, shop)
    await session.commit()
    cursor = (await copy(session, shop))["cursor"]
    async with AsyncSession(database) as other:
        await other.execute(update(Product).where(Product.seq == product.seq).values(names={"en": "Never"}))
        await other.rollback()

    answer = await told(session, shop, cursor)

    assert answer["products"] == []


async def test_many_changes_come_in_pages_of_whole_transactions(session, shop):
    cursor = (await copy(session, shop))["cursor"]
    made = []
    for name in ("A", "B", "C"):
        made.append((await a_product(session, shop, name)).seq)
        await session.commit()

    seen, pages, more = [], 0, True
    while more:
        answer = json.loads(await feed.changes(session, shop.outlet, cursor, at=NOON, page=4))
        await session.commit()
        seen += [row["seq"] for row in answer["products"]]
        cursor, more, pages = answer["cursor"], answer["more"], pages + 1

    assert sorted(seen) == made
    assert pages == 3


async def test_too_many_changes_ask_for_a_full_copy(session, shop):
    cursor = (await copy(session, shop))["cursor"]
    await session.execute(
        text(
            "INSERT INTO product (id, names, category, unit, tax_code, made_at) SELECT gen_random_uuid(), "
            "'{}', :category, 'piece', 'vat20', now() FROM generate_series(1, :n) n"
        ),
        {"category": shop.category, "n": feed.MOST_CHANGES + 1},
    )
    await session.commit()

    with pytest.raises(StartAgain):
        await feed.changes(session, shop.outlet, cursor, at=NOON)


async def test_a_restored_database_makes_every_till_start_again(session, shop):
    cursor = (await copy(session, shop))["cursor"]
    begin_epoch(session, "restored", at=NOON)
    await session.commit()

    with pytest.raises(StartAgain):
        await feed.changes(session, shop.outlet, cursor, at=NOON)


async def test_a_cursor_from_the_future_makes_the_till_start_again(session, shop):
    epoch, _, xid = (await copy(session, shop))["cursor"].partition(".")

    with pytest.raises(StartAgain):
        await feed.changes(session, shop.outlet, f"{epoch}.{int(xid) + 1_000_000}", at=NOON)


@pytest.mark.parametrize("written", ["", "7", "a.", ".7", "a.-1", "a.b", "a." + "9" * 40, "a.²"])
async def test_a_cursor_that_is_none_is_refused(session, written):
    with pytest.raises(BadCursor):
        await feed.changes(session, None, written, at=NOON)


async def test_a_till_holds_only_accounts_its_outlet_saw_within_a_year(session, shop):
    here = await an_account(session, shop, "2900000000032")
    old = await an_account(session, shop, "2900000000049", seen=TODAY - timedelta(days=366))

    chunk = json.loads(await feed.accounts(session, shop.outlet, here.seq // 2000, at=NOON))

    seqs = [row["seq"] for row in chunk["accounts"]]
    assert here.seq in seqs
    assert old.seq not in seqs


async def test_beyond_the_limit_the_oldest_visitors_are_left_out(session, shop):
    outlet = await a_second_outlet(session, shop)
    for day, number in enumerate(("2900000000056", "2900000000063", "2900000000070")):
        await an_account(session, outlet, number, seen=date(2026, 3, 1 + day))

    view = await feed.viewpoint(session, outlet.outlet, at=NOON)

    assert await feed.held_since(session, view, most=3) == TODAY - feed.MEMORY
    assert await feed.held_since(session, view, most=2) == date(2026, 3, 2)


async def test_an_account_seen_here_for_the_first_time_is_told(session, shop):
    account = await an_account(session, shop, "2900000000087")
    other = await a_second_outlet(session, shop)
    await session.commit()
    elsewhere = json.loads(await feed.snapshot(session, other.outlet, shop.register, at=NOON))
    await session.commit()
    session.add(Visit(outlet=other.outlet, account=account.id, last_on=TODAY))
    await session.commit()

    answer = await told(session, other, elsewhere["cursor"])

    assert [row["seq"] for row in answer["accounts"]] == [account.seq]


async def a_second_outlet(session, shop):
    outlet = Outlet(id=new_id(), name="Second", zone="Asia/Yerevan")
    session.add(outlet)
    await session.flush()
    return replace(shop, outlet=outlet.id)


def least_price(cost, margin, rate, step):
    """The lowest multiple of `step` that leaves the margin after the tax in it is taken out, by trying them all."""
    price = 0
    while True:
        without_tax = price * Fraction(10_000, 10_000 + rate)
        if (without_tax - cost) * 10_000 >= margin * without_tax and without_tax >= cost:
            return price
        price += step


@pytest.mark.parametrize(("cost", "margin"), [(1, 0), (33_333, 1_500), (40_000, 2_000), (7, 9_999), (0, 5_000)])
async def test_a_till_gets_the_lowest_price_that_leaves_the_margin_and_never_the_cost(session, shop, cost, margin):
    product = await a_product(session, shop)
    await set_cost(session, product.id, cost, source="hand", by=None, at=NOON)
    await set_shop_margin(session, margin)
    await session.flush()

    chunk = json.loads(await feed.products(session, shop.outlet, product.seq // 2000, at=NOON))

    (row,) = [row for row in chunk["products"] if row["seq"] == product.seq]
    floor = row["minimum"]
    assert floor % 1_000 == 0
    assert 0 <= floor - least_price(cost, margin, 2_000, 1_000) <= 1_000  # with tax and step each rounded up
    assert "cost" not in row


async def test_the_nearest_category_decides_the_margin_and_the_products_own_minimum_stands_beside_it(session, shop):
    product = await a_product(session, shop)
    product.minimum = 47_000
    await set_cost(session, product.id, 30_000, source="hand", by=None, at=NOON)
    await set_shop_margin(session, 5_000)
    await set_category_margin(session, shop.category, 0)
    await session.commit()
    cursor = (await copy(session, shop))["cursor"]

    (own,) = [
        row
        for row in json.loads(await feed.products(session, shop.outlet, product.seq // 2000, at=NOON))["products"]
        if row["seq"] == product.seq
    ]
    await set_category_margin(session, shop.category, None)
    await session.commit()
    (row,) = (await told(session, shop, cursor))["products"]

    assert own["minimum"] == 47_000
    assert row["minimum"] == 72_000
