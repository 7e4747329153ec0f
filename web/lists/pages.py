"""The shop's own lists: kinds of clients, tax rates and goods under a law, each under a code that others refer to."""

from typing import Annotated, Any

from litestar import Request, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.client_categories import add_client_category, change_client_category
from loyalty.drafts.queries import client_categories
from loyalty.pricing.queries import currency_of
from pos.catalog.queries import regulations, tax_rates
from pos.catalog.taxes import add_tax_rate, rename_tax_rate
from web.lists.errors import RateMalformed
from web.lists.forms import scaled
from web.lists.regulations import add_class, change_class, shown
from web.office.pages import page
from web.office.schemas import NamesForm

FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
Asker = Request[Any, Any, Any]
Code = Annotated[str, Field(max_length=64)]
HOME = "/office/lists"
MOST_RATE = 999_999


class CategoryForm(NamesForm):
    """`claimable` is a box that is ticked or not sent."""

    claimable: bool = False


class NewCategoryForm(CategoryForm):
    code: Code


class NewTaxForm(NamesForm):
    code: Code
    rate: Annotated[str, Field(max_length=20)]


def basis_points(percent: str) -> int:
    """ "20" is 2000, "16,67" is 1667. Raises `RateMalformed`."""
    rate = scaled(percent, 2)
    if rate is None or rate > MOST_RATE:
        raise RateMalformed(field="rate")
    return rate


@get("/", include_in_schema=False)
async def lists(request: Asker, session: AsyncSession) -> Template:
    currency = await currency_of(session)
    return page(
        request,
        "lists.html",
        kinds=await client_categories(session),
        taxes=await tax_rates(session),
        regulations=[shown(row, currency.exponent) for row in await regulations(session)],
        currency=currency,
    )


@post("/client-categories", status_code=303, include_in_schema=False)
async def add_kind(session: AsyncSession, data: Annotated[NewCategoryForm, FORM]) -> Redirect:
    """Raises `ClientCategoryCodeMalformed`, `ClientCategoryTaken`, `ClientCategoryNameMissing`."""
    await add_client_category(session, data.code.lower(), data.names(), claimable=data.claimable)
    return Redirect(HOME, status_code=303)


@post("/client-categories/{category:str}", status_code=303, include_in_schema=False)
async def change_kind(session: AsyncSession, category: str, data: Annotated[CategoryForm, FORM]) -> Redirect:
    """Raises `ClientCategoryNotFound`, `ClientCategoryNameMissing`."""
    await change_client_category(session, category, data.names(), claimable=data.claimable)
    return Redirect(HOME, status_code=303)


@post("/tax-rates", status_code=303, include_in_schema=False)
async def add_tax(session: AsyncSession, data: Annotated[NewTaxForm, FORM]) -> Redirect:
    """Raises `RateMalformed`, `TaxCodeMalformed`, `TaxRateTaken`, `NoName`."""
    await add_tax_rate(session, data.code.lower(), data.names(), rate=basis_points(data.rate))
    return Redirect(HOME, status_code=303)


@post("/tax-rates/{code:str}", status_code=303, include_in_schema=False)
async def rename_tax(session: AsyncSession, code: str, data: Annotated[NamesForm, FORM]) -> Redirect:
    """Raises `TaxRateNotFound`, `NoName`."""
    await rename_tax_rate(session, code, data.names())
    return Redirect(HOME, status_code=303)


LISTS = Router(path=HOME, route_handlers=[lists, add_kind, change_kind, add_tax, rename_tax, add_class, change_class])
