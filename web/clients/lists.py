"""All clients with a search as one types, and the form of a new one, which says while a phone is typed who has it."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.params import Parameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts import cards, persons, service
from loyalty.accounts.search import same_phone
from loyalty.pricing.queries import currency_of
from loyalty.tiers.ledger import chain_zone
from loyalty.tiers.queries import tier_names
from pos.catalog.queries import product_page
from pos.core.errors import TillError
from pos.core.ids import new_id
from pos.registers.queries import outlet_list
from pos.reports.clients import LAST, find_clients, newest_clients
from pos.staff.queries import SignedIn
from web.catalog.routes import shop_price_list
from web.clients.card import Wrong, address, refusal, said
from web.clients.forms import Typed
from web.clients.persons import draft_of
from web.clients.verbs import Fields
from web.office.pages import page
from web.texts import language_of

Asker = Request[Any, Any, Any]
PAGE_SIZE = 50
MOST_FOUND = 20


@get("/", include_in_schema=False)
async def clients(
    request: Asker,
    session: AsyncSession,
    q: Annotated[str, Parameter(max_length=100)] = "",
    before: Annotated[int, Parameter(ge=1, le=LAST)] = LAST,
) -> Template:
    """The newest clients, the next page as one scrolls; or those that fit what is typed."""
    typed = q.strip()
    rows = (
        await find_clients(session, typed, limit=MOST_FOUND)
        if typed
        else await newest_clients(session, before=before, limit=PAGE_SIZE)
    )
    asked = request.headers.get("hx-target")
    template = "clients.html" if asked is None else "_clients_found.html" if asked == "found" else "_client_rows.html"
    return page(
        request,
        template,
        rows=rows,
        q=typed,
        more=bool(typed) and len(rows) == MOST_FOUND,
        next=rows[-1].seq if not typed and len(rows) == PAGE_SIZE else None,
        zone=await chain_zone(session),
        tiers=await tier_names(session, language_of(request)),
    )


@get("/same-phone", include_in_schema=False)
async def phone_known(
    request: Asker, session: AsyncSession, phone: Annotated[str, Parameter(max_length=100)] = ""
) -> Template:
    """Who has the phone that is being typed."""
    return page(request, "_same_phone.html", same=await same_phone(session, phone))


@get("/goods", include_in_schema=False)
async def goods(
    request: Asker, session: AsyncSession, now: datetime, goods: Annotated[str, Parameter(max_length=100)] = ""
) -> Template:
    """Products that fit what is typed, to choose from."""
    found = await product_page(session, await shop_price_list(session), at=now, search=goods, limit=20)
    rows = found.rows if goods.strip() else ()
    return page(request, "_goods.html", rows=rows, currency=await currency_of(session))


@get("/new", include_in_schema=False)
async def new_client(request: Asker, session: AsyncSession) -> Template:
    return await form(request, session)


async def form(request: Asker, session: AsyncSession, *, wrong: Wrong | None = None, status: int = 200) -> Template:
    """The form, with what was typed where it was refused."""
    return page(
        request,
        "client_new.html",
        status=status,
        outlets=await outlet_list(session),
        wrong=wrong,
        fresh=wrong.typed.get("fresh") if wrong else new_id(),
        same=await same_phone(session, wrong.typed.get("phone")) if wrong else [],
        currency=await currency_of(session),
    )


@post("/new", status_code=200, include_in_schema=False)
async def open_client(
    request: Asker, session: AsyncSession, person: SignedIn, now: datetime, data: Fields
) -> Redirect | Template:
    """Open an account for a person, with a card where a number is typed; sent twice it is opened once."""
    typed = Typed(data)
    try:
        account_id = typed.fresh()
        async with session.begin_nested():
            outlet = typed.id("outlet") if typed.get("outlet") else None
            await service.open_account(session, account_id, outlet=outlet, by=person.id, at=now)
            await persons.add_person(session, account_id, account_id, draft_of(typed), by=person.id, at=now)
            if number := typed.short("number", 40):
                await cards.issue_card(session, account_id, account_id, number=number, by=person.id, at=now)
    except TillError as error:
        wrong = Wrong("new", str(error.fields.get("field", "")), said(request, error), typed)
        return await form(request, session, wrong=wrong, status=refusal(error))
    return Redirect(address(account_id), status_code=303)
