"""Who claims categories at the till, where limits against misuse were broken, and what these limits are."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.params import Parameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.abuse import Limits, abuse_limits, set_abuse_limits
from loyalty.accounts.abuse_model import Mode
from loyalty.pricing.queries import currency_of
from loyalty.tiers.ledger import chain_zone
from pos.core.errors import TillError
from pos.reports.claims import claims_by_cashier
from pos.reports.misuse import broken_limits, misuse_by_cashier
from pos.staff.queries import staff_list
from web.clients.card import Wrong, category_names, refusal, said
from web.clients.forms import ClientFormMalformed, Typed
from web.clients.verbs import Fields
from web.office.pages import page
from web.points.pages import decimal
from web.texts import language_of

Asker = Request[Any, Any, Any]
DAYS = 30
MOST_ROWS = 200
MODES: dict[str, Mode] = {"off": "off", "flag": "flag", "pin": "pin"}
COUNTED = ("receipts", "sum", "interval")
ALONE = ("own_card", "staff_card", "after_pay")


@get("/misuse", include_in_schema=False)
async def misuse(
    request: Asker,
    session: AsyncSession,
    now: datetime,
    since: Annotated[str, Parameter(max_length=10)] = "",
    until: Annotated[str, Parameter(max_length=10)] = "",
) -> Template:
    """Both reports over some days, the last thirty unless others are asked for; and the limits."""
    return await shown(request, session, now, since, until)


async def shown(
    request: Asker,
    session: AsyncSession,
    now: datetime,
    since: str = "",
    until: str = "",
    *,
    wrong: Wrong | None = None,
    status: int = 200,
) -> Template:
    zone = await chain_zone(session)
    today = now.astimezone(zone).date()
    last = min(day_of(until, today), today + timedelta(days=1))
    first = min(day_of(since, last - timedelta(days=DAYS - 1)), last)
    period = {
        "since": datetime.combine(first, time(), zone),
        "until": datetime.combine(last + timedelta(days=1), time(), zone),
    }
    currency = await currency_of(session)
    limits = await abuse_limits(session)
    return page(
        request,
        "misuse.html",
        status=status,
        first=first,
        last=last,
        claims=await claims_by_cashier(session, **period),
        sums=await misuse_by_cashier(session, **period),
        broken=await broken_limits(session, **period, limit=MOST_ROWS),
        staff={member.id: member.name for member in await staff_list(session)},
        categories=await category_names(session, language_of(request)),
        limits=limits,
        limit_sum="" if limits.sum is None else decimal(limits.sum, currency.exponent),
        modes=MODES,
        alone=ALONE,
        zone=zone.key,
        currency=currency,
        wrong=wrong,
    )


def day_of(given: str, usual: date) -> date:
    """The day asked for, if it is one that clocks can show."""
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return usual
    return day if 2000 <= day.year <= 2200 else usual


@post("/misuse/limits", status_code=200, include_in_schema=False)
async def set_limits(request: Asker, session: AsyncSession, now: datetime, data: Fields) -> Redirect | Template:
    """Put other limits in force; tills hear of them with their next look."""
    typed = Typed(data)
    try:
        async with session.begin_nested():
            await set_abuse_limits(session, limits_of(typed, (await currency_of(session)).exponent))
    except TillError as error:
        wrong = Wrong("limits", str(error.fields.get("field", "")), said(request, error), typed)
        return await shown(request, session, now, wrong=wrong, status=refusal(error))
    return Redirect("/office/clients/misuse", status_code=303)


def limits_of(typed: Typed, exponent: int) -> Limits:
    """The limits in the form; an empty count is no limit. Raises `ClientFormMalformed`."""
    given: dict[str, Mode] = {}
    for name in (*(f"{name}_mode" for name in COUNTED), *ALONE):
        mode = MODES.get(typed.get(name))
        if mode is None:
            raise ClientFormMalformed(field=name)
        given[name] = mode
    return Limits(
        receipts=typed.whole("receipts") if typed.get("receipts") else None,
        sum=typed.scaled("sum", exponent) if typed.get("sum") else None,
        interval_minutes=typed.whole("interval_minutes") if typed.get("interval_minutes") else None,
        receipts_mode=given["receipts_mode"],
        sum_mode=given["sum_mode"],
        interval_mode=given["interval_mode"],
        own_card=given["own_card"],
        staff_card=given["staff_card"],
        after_pay=given["after_pay"],
    )
