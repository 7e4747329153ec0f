"""The page of the points programme: what holds, in plain words with an example, and the form that changes it."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.points.errors import ProgrammeMalformed
from loyalty.points.life import end_of, first_day
from loyalty.points.programme import (
    ProgrammeDraft,
    local_day,
    programme_in_force,
    programme_versions,
    publish_programme,
)
from loyalty.points.queries import liability
from loyalty.pricing.queries import Currency, currency_of
from pos.registers.model import Outlet
from pos.staff.queries import SignedIn
from web.office.pages import page
from web.points.schemas import ProgrammeForm

FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
Asker = Request[Any, Any, Any]
EXAMPLE_TOTAL = 10_000
"""The receipt of the example, in whole units of the currency."""


@get("/", include_in_schema=False)
async def programme_page(request: Asker, session: AsyncSession, now: datetime) -> Template:
    return await shown(request, session, now)


@post("/", status_code=303, include_in_schema=False)
async def publish(
    request: Asker, session: AsyncSession, now: datetime, person: SignedIn, data: Annotated[ProgrammeForm, FORM]
) -> Redirect | Template:
    """Put the form in force; where it cannot be, the page again with the field that is wrong."""
    currency = await currency_of(session)
    try:
        await publish_programme(session, data.draft(currency.exponent), by=person.id, at=now)
    except ProgrammeMalformed as wrong:
        return await shown(request, session, now, wrong=str(wrong.fields["field"]), typed=data)
    return Redirect("/office/points", status_code=303)


async def shown(
    request: Asker,
    session: AsyncSession,
    now: datetime,
    *,
    wrong: str | None = None,
    typed: ProgrammeForm | None = None,
) -> Template:
    """The page; with what was `typed` where that was refused."""
    programme = await programme_in_force(session)
    currency = await currency_of(session)
    zone = await session.scalar(select(Outlet.zone).order_by(Outlet.id).limit(1)) or "UTC"
    draft = programme or ProgrammeDraft(
        zone=zone, value=10**currency.exponent, share=3_000, life="year_end", life_count=1
    )
    earned_on = local_day(programme, now)
    available_on = first_day(earned_on, draft.pending_days)
    return page(
        request,
        "points_programme.html",
        status=200 if wrong is None else 422,
        programme=programme,
        values=typed or draft,
        value=typed.value if typed else decimal(draft.value, currency.exponent),
        share=typed.share if typed else decimal(draft.share, 2),
        wrong=wrong,
        currency=currency,
        versions=await programme_versions(session, limit=20),
        liability=await liability(session),
        example=example(draft, currency),
        available_on=available_on,
        expires_on=end_of(available_on, draft.life, draft.life_count),
        earned_on=earned_on,
    )


def example(draft: Any, currency: Currency) -> dict[str, int]:
    """How many points may pay a receipt of `EXAMPLE_TOTAL`, and what they pay."""
    total = EXAMPLE_TOTAL * 10**currency.exponent
    most = total * draft.share // 10_000 // draft.value
    return {"total": total, "most": most, "amount": most * draft.value}


def decimal(counted: int, places: int) -> str:
    """`counted` smallest parts as one writes it: 100 of two places are "1", 150 are "1.5"."""
    whole, rest = divmod(counted, 10**places)
    tail = f"{rest:0{places}d}".rstrip("0") if places else ""
    return f"{whole}.{tail}" if tail else str(whole)


PROGRAMME_PAGES = Router(path="/office/points", route_handlers=[programme_page, publish])
