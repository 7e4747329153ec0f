"""The report of discounts: what each rule, account and cashier gave or got, each figure leading to its receipts."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from litestar import Router, get
from litestar.params import Parameter
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.pricing.queries import currency_of, rule_names
from pos.reports.discounts import Period, costs_by_rule, takers_by_account, takers_by_cashier, whole_period
from pos.reports.rule_names import account_names, uuids
from web.office.pages import page
from web.rules.shop import Asker, outlets, shop_now
from web.texts import language_of

DAYS = 30


@get("/", include_in_schema=False)
async def discounts(
    request: Asker,
    session: AsyncSession,
    now: datetime,
    first: date | None = None,
    last: date | None = None,
    outlet: UUID | None = None,
    by: Annotated[str, Parameter(pattern=r"^(rule|account|cashier)$")] = "rule",
) -> Template:
    """Discounts of a period (the last 30 days unless another is asked for) by rule, account or cashier."""
    today = (await shop_now(session, now)).today
    last = last or today
    first = min(first or last - timedelta(days=DAYS - 1), last)
    period = Period(first, last + timedelta(days=1), outlet)
    language = language_of(request)
    rules = await costs_by_rule(session, period) if by == "rule" else []
    takers = []
    if by == "account":
        takers = await takers_by_account(session, period)
    elif by == "cashier":
        takers = await takers_by_cashier(session, period)
    return page(
        request,
        "discounts.html",
        whole=await whole_period(session, period),
        rules=rules,
        takers=takers,
        names=await account_names(session, uuids(taker.id for taker in takers)) if by == "account" else {},
        rule_names=await rule_names(session, language),
        by=by,
        first=first,
        last=last,
        outlet=outlet,
        outlets=await outlets(session),
        currency=await currency_of(session),
    )


DISCOUNTS = Router(path="/discounts", route_handlers=[discounts])
