"""Setting and taking back prices. What has held is a fact: prices are set from now on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pos.catalog.errors import PriceInThePast, PriceListNotFound, PriceOffStep, PriceOverlaps, ProductNotFound
from pos.catalog.model import Price, PriceList, Product
from pos.core.money import checked


async def set_price(
    session: AsyncSession,
    product_id: UUID,
    price_list: int,
    amount: int,
    *,
    valid_from: datetime,
    valid_to: datetime | None = None,
    at: datetime,
) -> Price:
    """Let the product cost `amount` (minor units, one unit) in that period; the same once more answers the first.

    A price that holds now ends where the new one starts, and goes on after it where the new one ends sooner. Raises
    `ProductNotFound`, `PriceListNotFound`, `PriceOffStep`, `PriceInThePast`, and `PriceOverlaps` where another price
    was planned inside the period: it is taken back first.
    """
    product = await _locked_product(session, product_id)
    await _check_step(session, price_list, amount)
    there = await _overlapping(session, price_list, product.seq, valid_from, valid_to)
    for price in there:
        if (price.valid_from, price.valid_to, price.amount) == (valid_from, valid_to, amount):
            return price
    if valid_from < at:
        raise PriceInThePast(valid_from=valid_from.isoformat())
    for price in there:
        if price.valid_from >= valid_from:
            raise PriceOverlaps(planned=price.valid_from.isoformat())
        await _make_room(session, price, valid_from, valid_to)
    new = Price(price_list=price_list, product=product.seq, amount=amount, valid_from=valid_from, valid_to=valid_to)
    session.add(new)
    await session.flush()
    return new


async def take_back_price(session: AsyncSession, product_id: UUID, price_id: int, *, at: datetime) -> None:
    """Forget a planned price; the one it would have ended goes on in its place. One already gone is no error.

    Raises `ProductNotFound`, and `PriceInThePast` once it has begun.
    """
    product = await _locked_product(session, product_id)
    price = await session.get(Price, price_id)
    if price is None or price.product != product.seq:
        return
    if price.valid_from <= at:
        raise PriceInThePast(valid_from=price.valid_from.isoformat())
    before = await session.scalar(
        select(Price).where(
            Price.price_list == price.price_list, Price.product == price.product, Price.valid_to == price.valid_from
        )
    )
    end = price.valid_to
    await session.delete(price)
    await session.flush()
    if before is not None:
        before.valid_to = end
    touched = update(Product).where(Product.seq == product.seq).values(archived=Product.archived)
    await session.execute(touched, execution_options={"synchronize_session": False})


async def _make_room(session: AsyncSession, price: Price, valid_from: datetime, valid_to: datetime | None) -> None:
    """Cut `price` where the new one starts; what is left of it after the new one's end becomes a period of its own."""
    end = price.valid_to
    price.valid_to = valid_from
    await session.flush()
    if valid_to is not None and (end is None or end > valid_to):
        rest = Price(
            price_list=price.price_list, product=price.product, amount=price.amount, valid_from=valid_to, valid_to=end
        )
        session.add(rest)


async def _overlapping(
    session: AsyncSession, price_list: int, product: int, valid_from: datetime, valid_to: datetime | None
) -> list[Price]:
    query = select(Price).where(
        Price.price_list == price_list,
        Price.product == product,
        or_(Price.valid_to.is_(None), Price.valid_to > valid_from),
    )
    if valid_to is not None:
        query = query.where(Price.valid_from < valid_to)
    return list(await session.scalars(query.order_by(Price.valid_from)))


async def _check_step(session: AsyncSession, price_list: int, amount: int) -> None:
    step = await session.scalar(select(PriceList.price_step).where(PriceList.id == price_list))
    if step is None:
        raise PriceListNotFound(price_list=price_list)
    if amount < 0 or checked(amount) % step:
        raise PriceOffStep(amount=amount, step=step)


async def _locked_product(session: AsyncSession, product_id: UUID) -> Product:
    """Prices of one product are set one after another: its row is the lock."""
    product = await session.scalar(select(Product).where(Product.id == product_id).with_for_update(key_share=True))
    if product is None:
        raise ProductNotFound(product=str(product_id))
    return product
