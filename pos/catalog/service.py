"""The verbs of the catalogue: products, their names and barcodes, categories. Ids come from the caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from pos.catalog.errors import (
    BarcodeTaken,
    CategoryInsideItself,
    CategoryNotFound,
    ProductDiffers,
    ProductNotFound,
    RegulationNotFound,
    TaxRateNotFound,
)
from pos.catalog.model import Barcode, Category, Product, RegulationClass, TaxRate
from pos.catalog.rules import ItemUnit, checked_barcode, checked_names
from pos.core.money import checked


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """What a product is made of. `minimum` is the lowest unit price (0: none), in minor units."""

    names: Mapping[str, str]
    category: int
    unit: ItemUnit
    tax_code: str
    regulation: str | None = None
    minimum: int = 0
    tile: int | None = None


async def create_product(session: AsyncSession, product_id: UUID, draft: ProductDraft, *, at: datetime) -> Product:
    """Put a product on sale; the same once more answers the first one.

    Raises `ProductDiffers` where the id is taken by another, `CategoryNotFound`, `TaxRateNotFound`,
    `RegulationNotFound`, `NoName`.
    """
    values = await _checked_values(session, draft)
    made = insert(Product).values(id=product_id, made_at=at, **values).on_conflict_do_nothing(index_elements=["id"])
    await session.execute(made)
    product = await _product(session, product_id)
    if any(getattr(product, name) != value for name, value in values.items()):
        raise ProductDiffers(product=str(product_id))
    return product


async def _checked_values(session: AsyncSession, draft: ProductDraft) -> dict[str, object]:
    if await session.get(Category, draft.category) is None:
        raise CategoryNotFound(category=draft.category)
    if await session.get(TaxRate, draft.tax_code) is None:
        raise TaxRateNotFound(tax_code=draft.tax_code)
    if draft.regulation is not None and await session.get(RegulationClass, draft.regulation) is None:
        raise RegulationNotFound(regulation=draft.regulation)
    return {
        "names": checked_names(draft.names),
        "category": draft.category,
        "unit": draft.unit,
        "tax_code": draft.tax_code,
        "regulation": draft.regulation,
        "minimum": checked(draft.minimum),
        "tile": draft.tile,
    }


async def change_product(session: AsyncSession, product_id: UUID, draft: ProductDraft) -> Product:
    """Make the product as the draft says. Documents keep the name and category they were made with.

    Raises `ProductNotFound` and what `create_product` raises of the draft.
    """
    product = await _product(session, product_id)
    for name, value in (await _checked_values(session, draft)).items():
        setattr(product, name, value)
    return product


async def rename_product(session: AsyncSession, product_id: UUID, names: Mapping[str, str]) -> Product:
    """Give it other names. Raises `ProductNotFound`, `NoName`."""
    product = await _product(session, product_id)
    product.names = checked_names(names)
    return product


async def archive_product(session: AsyncSession, product_id: UUID) -> Product:
    """Take it off sale; its history stays. Raises `ProductNotFound`."""
    product = await _product(session, product_id)
    product.archived = True
    return product


async def unarchive_product(session: AsyncSession, product_id: UUID) -> Product:
    """Put it on sale again. Raises `ProductNotFound`."""
    product = await _product(session, product_id)
    product.archived = False
    return product


async def add_barcode(session: AsyncSession, product_id: UUID, code: str, quantity: int = 1_000) -> Barcode:
    """Let `code` mean `quantity` thousandths of the product; other products may carry the same code.

    Raises `ProductNotFound`, `BadBarcode`, `WrongCheckDigit`, and `BarcodeTaken` where it means another quantity.
    """
    product = await _product(session, product_id, lock=True)
    known = await session.get(Barcode, (code, product.seq))
    if known is None:
        known = Barcode(code=checked_barcode(code), product=product.seq, quantity=checked(quantity), active=True)
        session.add(known)
    elif known.active and known.quantity != quantity:
        raise BarcodeTaken(barcode=code, quantity=known.quantity)
    known.quantity, known.active = quantity, True
    return known


async def switch_off_barcode(session: AsyncSession, product_id: UUID, code: str) -> None:
    """Let `code` no longer mean this product; a code it never had is no error. Raises `ProductNotFound`."""
    product = await _product(session, product_id, lock=True)
    known = await session.get(Barcode, (code, product.seq))
    if known is not None:
        known.active = False


async def create_category(
    session: AsyncSession, names: Mapping[str, str], parent: int | None = None, position: int = 0
) -> Category:
    """A new node of the goods tree. Raises `CategoryNotFound` for an unknown parent, `NoName`."""
    if parent is not None and await session.get(Category, parent) is None:
        raise CategoryNotFound(category=parent)
    category = Category(names=checked_names(names), parent=parent, position=position)
    session.add(category)
    await session.flush()
    return category


async def rename_category(session: AsyncSession, category_id: int, names: Mapping[str, str]) -> Category:
    """Raises `CategoryNotFound`, `NoName`."""
    category = await _category(session, category_id)
    category.names = checked_names(names)
    return category


async def move_category(session: AsyncSession, category_id: int, parent: int | None) -> Category:
    """Hang the category under another. Tills hear of every product below it, whose rules may change.

    Raises `CategoryNotFound`, `CategoryInsideItself`.
    """
    category = await _category(session, category_id)
    if parent is not None:
        await _category(session, parent)
    below = await _below(session, category_id)
    if parent in below:
        raise CategoryInsideItself(category=category_id)
    category.parent = parent
    touched = update(Product).where(Product.category.in_(below)).values(archived=Product.archived)
    await session.execute(touched, execution_options={"synchronize_session": False})
    return category


async def _below(session: AsyncSession, category_id: int) -> Sequence[int]:
    """The category and everything under it. Moving locks the whole small tree, so that no two moves make a circle."""
    rows = (await session.execute(select(Category.id, Category.parent).order_by(Category.id).with_for_update())).all()
    found = [category_id]
    for node in found:
        found += [row.id for row in rows if row.parent == node]
    return found


async def _category(session: AsyncSession, category_id: int) -> Category:
    category = await session.get(Category, category_id)
    if category is None:
        raise CategoryNotFound(category=category_id)
    return category


async def _product(session: AsyncSession, product_id: UUID, *, lock: bool = False) -> Product:
    query = select(Product).where(Product.id == product_id)
    product = await session.scalar(query.with_for_update(key_share=True) if lock else query)
    if product is None:
        raise ProductNotFound(product=str(product_id))
    return product
