"""Pages of the back office: what a fiscal register said of one document, and how a register deals with its device."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.pricing.queries import currency_of
from pos.documents.errors import DocumentNotFound
from pos.fiscal.queries import records_of
from pos.fiscal.service import set_fiscal
from pos.reports.corrections import corrections
from web.office.pages import page
from web.office.schemas import Form

FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
Asker = Request[Any, Any, Any]


class FiscalForm(Form):
    """Boxes that are not ticked are not sent."""

    sell_without: bool = False
    prints_itself: bool = False


@get("/{document_id:uuid}", include_in_schema=False)
async def fiscal_page(request: Asker, session: AsyncSession, document_id: UUID) -> Template:
    """Everything that is known about registering one document. Raises `DocumentNotFound` where nothing is."""
    records = await records_of(session, document_id)
    if not records:
        raise DocumentNotFound(id=str(document_id))
    return page(request, "fiscal.html", document=document_id, fiscal=records, currency=await currency_of(session))


@get("/corrections", include_in_schema=False)
async def corrections_page(request: Asker, session: AsyncSession) -> Template:
    """What tills told their fiscal registers afterwards, the newest first."""
    return page(request, "corrections.html", rows=await corrections(session), currency=await currency_of(session))


@post("/registers/{register_id:uuid}", status_code=303, include_in_schema=False)
async def save_settings(session: AsyncSession, register_id: UUID, data: Annotated[FiscalForm, FORM]) -> Redirect:
    """How the register deals with its fiscal device. Raises `RegisterNotFound`."""
    await set_fiscal(session, register_id, sell_without=data.sell_without, prints_itself=data.prints_itself)
    return Redirect("/office/registers", status_code=303)


FISCAL_PAGES = Router(path="/office/fiscal", route_handlers=[corrections_page, fiscal_page, save_settings])
