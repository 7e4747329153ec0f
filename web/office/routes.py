"""The pages of the back office: sign-in, today, sales, a receipt with its discounts explained, what needs attention."""

from collections.abc import AsyncGenerator
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import MediaType, Request, Router, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body, Parameter
from litestar.response import Redirect, ServerSentEvent, Template
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.pricing.queries import currency_of, rule_names
from pos.fiscal.queries import records_of
from pos.reports.attention import attention_list
from pos.reports.buyer import age_confirmed
from pos.reports.explain import explanation
from pos.reports.queries import (
    SaleRow,
    day_figures,
    discounts_by_rule,
    latest_business_date,
    receipt_of,
    sale_list,
    takings_by_hour,
    takings_by_tender,
)
from pos.reports.rule_names import account_names
from pos.staff.errors import SignInLocked, WrongSignIn
from pos.staff.model import StaffMember
from pos.staff.service import count_try, sign_in, sign_out
from web.auth import SESSION_COOKIE, session_cookie
from web.devices.pages import DEVICES
from web.office.pages import page
from web.office.people import PEOPLE
from web.office.registers import REGISTERS
from web.office.schemas import LanguageForm, SignInForm
from web.texts import LANGUAGE_COOKIE, language_of
from web.tiers.pages import TIER_PAGES

PAGE_SIZE = 50
Asker = Request[Any, Any, Any]


@get("/sign-in", include_in_schema=False, media_type=MediaType.HTML)
async def sign_in_page(request: Asker) -> Any:
    """Ask who it is."""
    if request.scope.get("user") is not None:
        return Redirect("/office")
    return page(request, "sign_in.html", error=None, login="")


@post("/sign-in", status_code=200, include_in_schema=False, media_type=MediaType.HTML)
async def do_sign_in(
    request: Asker,
    session: AsyncSession,
    state: State,
    now: datetime,
    data: Annotated[SignInForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Any:
    """Sign in; the try is counted, and stays counted, before the password is looked at."""
    address = request.client.host if request.client else ""
    try:
        async with state.database.sessions() as tries, tries.begin():
            await count_try(tries, data.login, address, at=now)
        token = await sign_in(session, data.login, data.password, address, at=now)
        await sign_out(session, request.cookies.get(SESSION_COOKIE, ""))
    except (WrongSignIn, SignInLocked) as error:
        return page(request, "sign_in.html", error=error, login=data.login, status=401)
    answer = Redirect("/office", status_code=303)
    answer.cookies.append(session_cookie(token, secure=request.url.scheme == "https"))
    return answer


@post("/sign-out", status_code=303, include_in_schema=False)
async def do_sign_out(request: Asker, session: AsyncSession) -> Redirect:
    """Forget this browser's session."""
    await sign_out(session, request.cookies.get(SESSION_COOKIE, ""))
    answer = Redirect("/office/sign-in", status_code=303)
    answer.cookies.append(session_cookie("", secure=request.url.scheme == "https"))
    return answer


@post("/language", status_code=303, include_in_schema=False)
async def choose_language(
    request: Asker, data: Annotated[LanguageForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Redirect:
    """Show the pages in another language from now on."""
    back = data.back if data.back.startswith("/office") else "/office"
    answer = Redirect(back, status_code=303)
    answer.set_cookie(
        key=LANGUAGE_COOKIE, value=data.language, path="/", samesite="strict", httponly=True, max_age=31_536_000
    )
    return answer


@get("/", include_in_schema=False)
async def today(request: Asker, session: AsyncSession, now: datetime, day: date | None = None) -> Template:
    """The figures of a business date: the newest one unless another is asked for."""
    return page(request, "today.html", **await figures(request, session, day, at=now))


@get("/figures", include_in_schema=False)
async def today_figures(request: Asker, session: AsyncSession, now: datetime, day: date | None = None) -> Template:
    """The same figures alone, fetched again when something was recorded."""
    return page(request, "_figures.html", **await figures(request, session, day, at=now))


async def figures(request: Asker, session: AsyncSession, day: date | None, *, at: datetime) -> dict[str, Any]:
    """What the first page shows of one business date."""
    chosen = day or await latest_business_date(session)
    hours = await takings_by_hour(session, chosen) if chosen else []
    return {
        "chosen": chosen,
        "asked": day,
        "day_figures": await day_figures(session, chosen) if chosen else None,
        "rules": await discounts_by_rule(session, chosen) if chosen else [],
        "rule_names": await rule_names(session, language_of(request)),
        "hours": hours,
        "highest": max((hour.takings for hour in hours), default=0),
        "tenders": await takings_by_tender(session, chosen) if chosen else [],
        "recent": await sale_list(session, day=chosen, limit=10) if chosen else [],
        "attention": await attention_list(session, at=at, limit=5),
        "currency": await currency_of(session),
    }


@get("/sales", include_in_schema=False)
async def sales(
    request: Asker,
    session: AsyncSession,
    day: date | None = None,
    receipt: Annotated[str, Parameter(max_length=64)] = "",
    rule: Annotated[str, Parameter(max_length=64)] = "",
    after: Annotated[str, Parameter(max_length=100)] = "",
    first: date | None = None,
    last: date | None = None,
    outlet: UUID | None = None,
    account: UUID | None = None,
    staff: UUID | None = None,
) -> Template:
    """Sales and refunds, the newest first; the next page is fetched as one scrolls. Reports lead here with a filter."""
    wanted: dict[str, Any] = {"first": first, "last": last, "outlet": outlet, "account": account, "staff": staff}
    rows = await sale_list(
        session,
        day=day,
        first=first,
        last=last,
        outlet=outlet,
        staff=staff,
        receipt=receipt,
        rule=rule,
        accounts=None if account is None else [account],
        after=place(after),
        limit=PAGE_SIZE,
    )
    chosen = {name: str(value) for name, value in wanted.items() if value is not None}
    return page(
        request,
        "_sale_rows.html" if request.headers.get("hx-request") else "sales.html",
        rows=rows,
        next=after_row(rows[-1]) if len(rows) == PAGE_SIZE else "",
        day=day,
        receipt=receipt,
        rule=rule,
        wanted=wanted,
        filters="".join(f"&{name}={value}" for name, value in chosen.items()),
        called=await called(session, account, staff),
        rule_names=await rule_names(session, language_of(request)),
        currency=await currency_of(session),
    )


async def called(session: AsyncSession, account: UUID | None, staff: UUID | None) -> list[str]:
    """The client or cashier whose receipts are listed, by name."""
    found = await account_names(session, [account] if account else [])
    people = await session.scalars(select(StaffMember.name).where(StaffMember.id == staff)) if staff else ()
    return [*found.values(), *people]


def place(after: str) -> tuple[datetime, UUID] | None:
    """The row that a page ended with; anything unreadable starts from the newest."""
    at, _, sale_id = after.partition("_")
    try:
        return datetime.fromisoformat(at), UUID(sale_id)
    except ValueError:
        return None


def after_row(row: SaleRow) -> str:
    return f"{row.made_at.isoformat()}_{row.id}"


@get("/sales/{sale_id:uuid}", include_in_schema=False)
async def receipt_page(request: Asker, session: AsyncSession, sale_id: UUID) -> Template:
    """One receipt: what was charged, what each rule took off, and why others did not."""
    return page(
        request,
        "receipt.html",
        receipt=await receipt_of(session, sale_id),
        explanation=await explanation(session, sale_id),
        age_confirmed=await age_confirmed(session, sale_id),
        rule_names=await rule_names(session, language_of(request)),
        currency=await currency_of(session),
        fiscal=await records_of(session, sale_id),
    )


@get("/attention", include_in_schema=False)
async def attention(request: Asker, session: AsyncSession, now: datetime) -> Template:
    """Documents kept aside, bytes that differ, findings of the audit, what no fiscal register has."""
    return page(request, "attention.html", rows=await attention_list(session, at=now, limit=200))


@get("/live", include_in_schema=False)
async def live(state: State) -> ServerSentEvent:
    """One event whenever something was recorded."""

    async def events() -> AsyncGenerator[dict[str, str], None]:
        async for payload in state.live.messages():
            yield {"event": "recorded" if payload else "still", "data": "1"}

    return ServerSentEvent(events())


OFFICE = Router(
    path="/office",
    route_handlers=[
        sign_in_page,
        do_sign_in,
        do_sign_out,
        choose_language,
        today,
        today_figures,
        sales,
        receipt_page,
        attention,
        live,
        PEOPLE,
        REGISTERS,
        DEVICES,
        TIER_PAGES,
    ],
)
