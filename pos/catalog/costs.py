"""What goods cost the shop, and the margin that no discount may eat into: tills get it as a lowest price.

The lowest price is `pos.exchange.rows.LEAST_PRICE`; a till never learns a cost.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.pricing.model import PriceSettings
from pos.catalog.errors import CategoryNotFound, MarginOutOfRange, ProductNotFound
from pos.catalog.model import Category, Product, ProductCost
from pos.core.money import checked

MOST_MARGIN = 9_999


async def set_cost(
    session: AsyncSession, product_id: UUID, cost: int, *, source: str, by: UUID | None, at: datetime
) -> Product:
    """From now on one unit costs the shop `cost` (minor units, without tax). What it cost before stays written down.

    Raises `ProductNotFound`.
    """
    product = await session.scalar(select(Product).where(Product.id == product_id).with_for_update())
    if product is None:
        raise ProductNotFound(product=str(product_id))
    if product.cost != cost:
        product.cost = checked(cost)
        session.add(ProductCost(product=product.seq, cost=cost, source=source, by=by, at=at))
    return product


async def set_shop_margin(session: AsyncSession, margin: int | None) -> None:
    """The least margin of all goods, in basis points of the price without tax; None asks for none.

    Tills hear of every product whose cost is known. Raises `MarginOutOfRange`.
    """
    await session.execute(update(PriceSettings).values(min_margin=_checked(margin)))
    await _tell_tills(session)


async def set_category_margin(session: AsyncSession, category_id: int, margin: int | None) -> None:
    """The least margin of a category and what lies under it; None: as above it. Raises `CategoryNotFound`, `MarginOutOfRange`."""
    category = await session.get(Category, category_id)
    if category is None:
        raise CategoryNotFound(category=category_id)
    category.min_margin = _checked(margin)
    await session.flush()
    await _tell_tills(session)


async def _tell_tills(session: AsyncSession) -> None:
    touched = update(Product).where(Product.cost.is_not(None)).values(archived=Product.archived)
    await session.execute(touched, execution_options={"synchronize_session": False})


def _checked(margin: int | None) -> int | None:
    if margin is not None and not 0 <= margin <= MOST_MARGIN:
        raise MarginOutOfRange(margin=margin)
    return margin
