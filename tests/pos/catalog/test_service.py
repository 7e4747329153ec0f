"""The catalogue's verbs: made once, priced without overlaps, found quickly."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from pos.catalog import queries
from pos.catalog.errors import (
    BarcodeTaken,
    CategoryInsideItself,
    PriceInThePast,
    PriceOffStep,
    PriceOverlaps,
    ProductDiffers,
    ScanRouteOverlaps,
)
from pos.catalog.model import Barcode, Price, PriceList, TaxRate
from pos.catalog.prices import set_price, take_back_price
from pos.catalog.routing import save_scan_route, switch_off_scan_route
from pos.catalog.rules import Route
from pos.catalog.service import (
    ProductDraft,
    add_barcode,
    archive_product,
    create_category,
    create_product,
    move_category,
    rename_product,
    switch_off_barcode,
)
from pos.core.ids import new_id

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def food(session):
    """A category, with a tax rate there is."""
    session.add(TaxRate(code="vat20", names={"en": "VAT"}, rate=2_000))
    return (await create_category(session, {"en": "Food"})).id


@pytest.fixture
async def retail(session):
    price_list = PriceList(
        names={"en": "Retail"}, currency="AMD", exponent=2, prices_include_tax=True, price_step=1_000
    )
    session.add(price_list)
    await session.flush()
    return price_list.id


async def milk(session, food, name="Milk 1 l"):
    draft = ProductDraft(names={"en": name, "ru": "Молоко", "hy": "Կաթ"}, category=food, unit="piece", tax_code="vat20")
    return await create_product(session, new_id(), draft, at=NOON)


async def periods(session, product):
    query = select(Price.amount, Price.valid_from, Price.valid_to).where(Price.product == product.seq)
    rows = await session.execute(query.order_by(Price.valid_from))
    return [(amount, (start - NOON) // DAY, end and (end - NOON) // DAY) for amount, start, end in rows]


async def test_the_same_product_twice_is_one(session, food):
    draft = ProductDraft(names={"en": "Milk"}, category=food, unit="piece", tax_code="vat20")
    product_id = new_id()

    first = await create_product(session, product_id, draft, at=NOON)
    second = await create_product(session, product_id, draft, at=NOON + DAY)

    assert second.seq == first.seq
    assert second.made_at == NOON


async def test_another_product_under_a_used_id_is_refused(session, food):
    product = await milk(session, food)
    other = ProductDraft(names={"en": "Bread"}, category=food, unit="piece", tax_code="vat20")

    with pytest.raises(ProductDiffers):
        await create_product(session, product.id, other, at=NOON)


async def test_a_new_price_ends_the_one_before(session, food, retail):
    product = await milk(session, food)
    await set_price(session, product.id, retail, 50_000, valid_from=NOON, at=NOON)

    await set_price(session, product.id, retail, 60_000, valid_from=NOON + 7 * DAY, at=NOON)

    assert await periods(session, product) == [(50_000, 0, 7), (60_000, 7, None)]


async def test_after_a_promotion_the_old_price_goes_on(session, food, retail):
    product = await milk(session, food)
    await set_price(session, product.id, retail, 50_000, valid_from=NOON, at=NOON)

    await set_price(session, product.id, retail, 40_000, valid_from=NOON + 2 * DAY, valid_to=NOON + 4 * DAY, at=NOON)

    assert await periods(session, product) == [(50_000, 0, 2), (40_000, 2, 4), (50_000, 4, None)]


async def test_the_same_price_asked_for_twice_is_set_once(session, food, retail):
    product = await milk(session, food)
    first = await set_price(session, product.id, retail, 50_000, valid_from=NOON, at=NOON)

    second = await set_price(session, product.id, retail, 50_000, valid_from=NOON, at=NOON + DAY)

    assert second.id == first.id


async def test_a_planned_price_is_not_overrun(session, food, retail):
    product = await milk(session, food)
    await set_price(session, product.id, retail, 50_000, valid_from=NOON + 5 * DAY, at=NOON)

    with pytest.raises(PriceOverlaps):
        await set_price(session, product.id, retail, 60_000, valid_from=NOON + DAY, at=NOON)


async def test_a_planned_price_taken_back_lets_the_old_one_go_on(session, food, retail):
    product = await milk(session, food)
    await set_price(session, product.id, retail, 50_000, valid_from=NOON, at=NOON)
    planned = await set_price(session, product.id, retail, 60_000, valid_from=NOON + 5 * DAY, at=NOON)

    await take_back_price(session, product.id, planned.id, at=NOON)

    assert await periods(session, product) == [(50_000, 0, None)]


async def test_what_a_thing_has_cost_cannot_be_changed(session, food, retail):
    product = await milk(session, food)
    begun = await set_price(session, product.id, retail, 50_000, valid_from=NOON, at=NOON)

    with pytest.raises(PriceInThePast):
        await set_price(session, product.id, retail, 60_000, valid_from=NOON - DAY, at=NOON)
    with pytest.raises(PriceInThePast):
        await take_back_price(session, product.id, begun.id, at=NOON + DAY)


@pytest.mark.parametrize("amount", [50_500, -1_000])
async def test_a_price_off_the_step_is_refused(session, food, retail, amount):
    product = await milk(session, food)

    with pytest.raises(PriceOffStep):
        await set_price(session, product.id, retail, amount, valid_from=NOON, at=NOON)


async def test_the_database_itself_refuses_two_prices_at_once(session, food, retail):
    product = await milk(session, food)
    session.add(Price(price_list=retail, product=product.seq, amount=1_000, valid_from=NOON))
    await session.flush()
    session.add(Price(price_list=retail, product=product.seq, amount=2_000, valid_from=NOON + DAY))

    with pytest.raises(IntegrityError, match="price_no_overlap"):
        await session.flush()


async def test_prices_of_two_products_and_two_lists_do_not_meet(session, food, retail):
    bread, kefir = await milk(session, food, "Bread"), await milk(session, food, "Kefir")
    second = PriceList(names={"en": "B"}, currency="AMD", exponent=2, prices_include_tax=True, price_step=1)
    session.add(second)
    await session.flush()

    for price_list in (retail, second.id):
        for product in (bread, kefir):
            await set_price(session, product.id, price_list, 1_000, valid_from=NOON, at=NOON)

    assert await session.scalar(select(Price.id).where(Price.price_list == second.id, Price.product == kefir.seq))


async def test_one_code_may_name_several_products(session, food):
    bread, kefir = await milk(session, food, "Bread"), await milk(session, food, "Kefir")

    for product in (bread, kefir):
        await add_barcode(session, product.id, "10042")

    assert len((await queries.product_page(session, 0, at=NOON, search="10042")).rows) == 2


async def test_a_code_means_one_quantity_of_a_product(session, food):
    product = await milk(session, food)
    await add_barcode(session, product.id, "10042", 6_000)

    with pytest.raises(BarcodeTaken):
        await add_barcode(session, product.id, "10042", 1_000)


async def test_a_code_switched_off_stays_to_be_told_and_can_come_back(session, food):
    product = await milk(session, food)
    await add_barcode(session, product.id, "10042", 6_000)

    await switch_off_barcode(session, product.id, "10042")
    gone = (await queries.product_page(session, 0, at=NOON, search="10042")).rows
    kept = await session.get(Barcode, ("10042", product.seq))
    await add_barcode(session, product.id, "10042", 1_000)

    assert gone == []
    assert kept is not None
    assert [row.seq for row in (await queries.product_page(session, 0, at=NOON, search="10042")).rows] == [product.seq]


@pytest.mark.parametrize("typed", ["mil", "МОЛ", "կա", "1 milk", "milk 1 l", "мол l"])
async def test_products_are_found_by_the_beginnings_of_words_in_any_language(session, food, typed):
    product = await milk(session, food)

    page = await queries.product_page(session, 0, at=NOON, search=typed)

    assert product.seq in [row.seq for row in page.rows]


@pytest.mark.parametrize("typed", ["ilk", "milk & !", "'); --", "milk:*|bread", "\\", "%"])
async def test_what_is_typed_is_never_an_operator(session, food, typed):
    await milk(session, food)

    page = await queries.product_page(session, 0, at=NOON, search=typed)

    assert page.rows == [] or typed.startswith("milk")


async def test_pages_follow_one_another_without_gaps(session, food):
    made = [(await milk(session, food, f"Milk {n}")).seq for n in range(5)]

    first = await queries.product_page(session, 0, at=NOON, category=food, limit=2)
    second = await queries.product_page(session, 0, at=NOON, category=food, limit=2, after=first.next or 0)
    third = await queries.product_page(session, 0, at=NOON, category=food, limit=2, after=second.next or 0)

    assert [row.seq for page in (first, second, third) for row in page.rows] == made
    assert third.next is None


async def test_an_archived_product_is_listed_no_more(session, food):
    product = await milk(session, food)

    await archive_product(session, product.id)

    assert (await queries.product_page(session, 0, at=NOON, search="milk")).rows == []
    assert (await queries.product_row(session, product.id, 0, at=NOON)).archived


async def test_a_new_name_is_found_and_the_old_one_is_not(session, food):
    product = await milk(session, food)

    await rename_product(session, product.id, {"en": "Kefir"})
    await session.flush()

    assert [r.seq for r in (await queries.product_page(session, 0, at=NOON, search="kefir")).rows] == [product.seq]
    assert (await queries.product_page(session, 0, at=NOON, search="milk")).rows == []


async def test_a_category_is_found_under_its_new_parent(session, food):
    dairy = await create_category(session, {"en": "Dairy"}, food)
    other = await create_category(session, {"en": "Fresh"})
    product = await milk(session, dairy.id)

    await move_category(session, dairy.id, other.id)

    assert [r.seq for r in (await queries.product_page(session, 0, at=NOON, category=other.id)).rows] == [product.seq]
    assert (await queries.product_page(session, 0, at=NOON, category=food)).rows == []


async def test_a_category_cannot_hang_under_itself(session, food):
    dairy = await create_category(session, {"en": "Dairy"}, food)
    milk_ = await create_category(session, {"en": "Milk"}, dairy.id)

    with pytest.raises(CategoryInsideItself):
        await move_category(session, dairy.id, milk_.id)


async def test_a_scan_route_that_clashes_is_not_saved(session):
    saved = await save_scan_route(session, Route(0, "weight_label", "22", 13, None, (2, 7), (7, 12), "g"))

    with pytest.raises(ScanRouteOverlaps) as refused:
        await save_scan_route(session, Route(0, "card", "22", 13))

    assert refused.value.fields["other"] == saved.id


async def test_a_scan_route_switched_off_makes_room(session):
    saved = await save_scan_route(session, Route(0, "weight_label", "22", 13, None, (2, 7), (7, 12), "g"))
    await switch_off_scan_route(session, saved.id)

    card = await save_scan_route(session, Route(0, "card", "22", 13))

    assert await queries.scan_routes(session) == [card]


async def test_search_and_barcode_use_their_indexes(session, food):
    await session.execute(
        text(
            "INSERT INTO product (id, names, category, unit, tax_code, made_at) SELECT gen_random_uuid(), "
            "jsonb_build_object('en', 'thing ' || md5(n::text)), :food, 'piece', 'vat20', now() "
            "FROM generate_series(1, 5000) n"
        ),
        {"food": food},
    )
    await session.execute(
        text("INSERT INTO barcode (code, product, quantity) SELECT 'c' || seq, seq, 1000 FROM product")
    )
    await session.execute(text("SET LOCAL enable_seqscan = off"))

    by_word = await plan(session, "SELECT seq FROM product WHERE search @@ to_tsquery('simple', '''abc'':*')")
    by_code = await plan(session, "SELECT product FROM barcode WHERE code = 'c77'")

    assert "ix_product_search" in by_word
    assert "pk_barcode" in by_code


async def plan(session, statement):
    return "\n".join(await session.scalars(text(f"EXPLAIN {statement}")))
