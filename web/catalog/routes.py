"""The catalogue over HTTP. Ids of products come from the caller, so that any request may be repeated."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, Router, delete, get, post, put
from litestar.params import Parameter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.pricing.model import PriceSettings
from pos.catalog import costs, prices, queries, routing, service
from pos.catalog.errors import PriceListNotFound
from pos.staff.queries import SignedIn
from web.catalog.schemas import (
    BarcodeBody,
    CategoryBody,
    CategoryOut,
    CostBody,
    MarginBody,
    NamesBody,
    ParentBody,
    PriceBody,
    PriceListOut,
    PriceOut,
    ProductBody,
    ProductOut,
    ProductPage,
    RegulationOut,
    ScanRouteBody,
    ScanRouteOut,
    TaxRateOut,
)

After = Annotated[int, Parameter(ge=0, le=2_147_483_647, description="`next` of the page before")]
Limit = Annotated[int, Parameter(ge=1, le=500)]
Search = Annotated[str, Parameter(max_length=200, description="A barcode, or beginnings of words of any language")]
Small = Annotated[int, Parameter(ge=1, le=2_147_483_647)]


class ProductController(Controller):
    path = "/products"
    tags = ("products",)

    @get("/")
    async def list_products(
        self,
        session: AsyncSession,
        now: datetime,
        search: Search = "",
        category: Small | None = None,
        after: After = 0,
        limit: Limit = 50,
    ) -> ProductPage:
        """Products on sale, in the order they were made."""
        price_list = await shop_price_list(session)
        page = await queries.product_page(
            session, price_list, at=now, search=search, category=category, after=after, limit=limit
        )
        return ProductPage.of(page)

    @get("/{product_id:uuid}")
    async def get_product(self, session: AsyncSession, now: datetime, product_id: UUID) -> ProductOut:
        """One product, archived or not."""
        return await answer(session, product_id, now)

    @put("/{product_id:uuid}")
    async def create_product(
        self, session: AsyncSession, now: datetime, product_id: UUID, data: ProductBody
    ) -> ProductOut:
        """Put a product on sale under the caller's id; the same once more changes nothing, other contents are a 409."""
        await service.create_product(session, product_id, data.draft(), at=now)
        return await answer(session, product_id, now)

    @post("/{product_id:uuid}/change", status_code=200)
    async def change_product(
        self, session: AsyncSession, now: datetime, product_id: UUID, data: ProductBody
    ) -> ProductOut:
        """Make the product as the body says."""
        await service.change_product(session, product_id, data.draft())
        return await answer(session, product_id, now)

    @put("/{product_id:uuid}/names")
    async def rename_product(
        self, session: AsyncSession, now: datetime, product_id: UUID, data: NamesBody
    ) -> ProductOut:
        """Give it other names; documents keep the old ones."""
        await service.rename_product(session, product_id, data.names.by_language())
        return await answer(session, product_id, now)

    @post("/{product_id:uuid}/archive", status_code=200)
    async def archive_product(self, session: AsyncSession, now: datetime, product_id: UUID) -> ProductOut:
        """Take it off sale."""
        await service.archive_product(session, product_id)
        return await answer(session, product_id, now)

    @post("/{product_id:uuid}/unarchive", status_code=200)
    async def unarchive_product(self, session: AsyncSession, now: datetime, product_id: UUID) -> ProductOut:
        """Put it on sale again."""
        await service.unarchive_product(session, product_id)
        return await answer(session, product_id, now)

    @put("/{product_id:uuid}/barcodes/{code:str}")
    async def add_barcode(
        self, session: AsyncSession, now: datetime, product_id: UUID, code: str, data: BarcodeBody
    ) -> ProductOut:
        """Let the code mean so many thousandths of the product: a pack of six is 6000."""
        await service.add_barcode(session, product_id, code, data.quantity)
        return await answer(session, product_id, now)

    @delete("/{product_id:uuid}/barcodes/{code:str}", status_code=200)
    async def switch_off_barcode(self, session: AsyncSession, now: datetime, product_id: UUID, code: str) -> ProductOut:
        """Let the code no longer mean this product."""
        await service.switch_off_barcode(session, product_id, code)
        return await answer(session, product_id, now)

    @get("/{product_id:uuid}/prices")
    async def list_prices(self, session: AsyncSession, product_id: UUID) -> list[PriceOut]:
        """What it cost, costs and will cost, the newest first."""
        return [PriceOut.of(row) for row in await queries.prices_of(session, product_id)]

    @post("/{product_id:uuid}/prices", status_code=200)
    async def set_price(
        self, session: AsyncSession, now: datetime, product_id: UUID, data: PriceBody
    ) -> list[PriceOut]:
        """Set a price from now or a later moment on; answers all prices of the product."""
        await prices.set_price(
            session,
            product_id,
            data.price_list or await shop_price_list(session),
            data.amount,
            valid_from=data.valid_from or now,
            valid_to=data.valid_to,
            at=now,
        )
        return [PriceOut.of(row) for row in await queries.prices_of(session, product_id)]

    @delete("/{product_id:uuid}/prices/{price_id:int}", status_code=200)
    async def take_back_price(
        self, session: AsyncSession, now: datetime, product_id: UUID, price_id: int
    ) -> list[PriceOut]:
        """Forget a price that has not begun; answers all that are left."""
        await prices.take_back_price(session, product_id, price_id, at=now)
        return [PriceOut.of(row) for row in await queries.prices_of(session, product_id)]

    @put("/{product_id:uuid}/cost", status_code=204)
    async def set_cost(
        self, session: AsyncSession, now: datetime, person: SignedIn, product_id: UUID, data: CostBody
    ) -> None:
        """Say what one unit costs the shop, without tax. Tills get the lowest price that follows, never the cost."""
        await costs.set_cost(session, product_id, data.cost, source="hand", by=person.id, at=now)


class CategoryController(Controller):
    path = "/categories"
    tags = ("products",)

    @get("/")
    async def list_categories(self, session: AsyncSession) -> list[CategoryOut]:
        """The whole tree."""
        return [CategoryOut.of(row) for row in await queries.categories(session)]

    @post("/", status_code=201)
    async def create_category(self, session: AsyncSession, data: CategoryBody) -> list[CategoryOut]:
        """Add a node; answers the whole tree."""
        await service.create_category(session, data.names.by_language(), data.parent, data.position)
        return [CategoryOut.of(row) for row in await queries.categories(session)]

    @put("/{category_id:int}/names")
    async def rename_category(self, session: AsyncSession, category_id: Small, data: NamesBody) -> list[CategoryOut]:
        await service.rename_category(session, category_id, data.names.by_language())
        return [CategoryOut.of(row) for row in await queries.categories(session)]

    @put("/{category_id:int}/parent")
    async def move_category(self, session: AsyncSession, category_id: Small, data: ParentBody) -> list[CategoryOut]:
        """Hang it under another category, or under none."""
        await service.move_category(session, category_id, data.parent)
        return [CategoryOut.of(row) for row in await queries.categories(session)]

    @put("/{category_id:int}/margin", status_code=204)
    async def set_margin(self, session: AsyncSession, category_id: Small, data: MarginBody) -> None:
        """The least margin of its goods; null: as the category above, or the shop."""
        await costs.set_category_margin(session, category_id, data.margin)


class ScanRouteController(Controller):
    path = "/scan-routes"
    tags = ("products",)

    @get("/")
    async def list_scan_routes(self, session: AsyncSession) -> list[ScanRouteOut]:
        """How scanned codes are read."""
        return [ScanRouteOut.of(route) for route in await queries.scan_routes(session)]

    @post("/", status_code=201)
    async def create_scan_route(self, session: AsyncSession, data: ScanRouteBody) -> ScanRouteOut:
        """Add a route; 409 `scan_route.overlaps` names the one it would clash with."""
        return ScanRouteOut.of(await routing.save_scan_route(session, data.route(0)))

    @put("/{route_id:int}")
    async def change_scan_route(self, session: AsyncSession, route_id: Small, data: ScanRouteBody) -> ScanRouteOut:
        return ScanRouteOut.of(await routing.save_scan_route(session, data.route(route_id)))

    @delete("/{route_id:int}", status_code=204)
    async def switch_off_scan_route(self, session: AsyncSession, route_id: Small) -> None:
        await routing.switch_off_scan_route(session, route_id)


@put("/margin", tags=["products"], status_code=204)
async def set_shop_margin(session: AsyncSession, data: MarginBody) -> None:
    """The least margin that discounts must leave on goods whose cost is known; null asks for none."""
    await costs.set_shop_margin(session, data.margin)


@get("/price-lists", tags=["products"])
async def list_price_lists(session: AsyncSession) -> list[PriceListOut]:
    """Price lists with currency, step and tax inclusion."""
    return [PriceListOut.of(row) for row in await queries.price_lists(session)]


@get("/tax-rates", tags=["products"])
async def list_tax_rates(session: AsyncSession) -> list[TaxRateOut]:
    """Tax rates; a code's rate never changes."""
    return [TaxRateOut.of(row) for row in await queries.tax_rates(session)]


@get("/regulations", tags=["products"])
async def list_regulations(session: AsyncSession) -> list[RegulationOut]:
    """What the law says of classes of goods."""
    return [RegulationOut.of(row) for row in await queries.regulations(session)]


async def answer(session: AsyncSession, product_id: UUID, now: datetime) -> ProductOut:
    """The product as it is after the change."""
    await session.flush()
    return ProductOut.of(await queries.product_row(session, product_id, await shop_price_list(session), at=now))


async def shop_price_list(session: AsyncSession) -> int:
    """The list the shop sells by. Raises `PriceListNotFound` before there is one."""
    price_list = await session.scalar(select(PriceSettings.price_list))
    if price_list is None:
        raise PriceListNotFound()
    return price_list


CATALOG = Router(
    path="/api/v1",
    route_handlers=[
        ProductController,
        CategoryController,
        ScanRouteController,
        set_shop_margin,
        list_price_lists,
        list_tax_rates,
        list_regulations,
    ],
)
