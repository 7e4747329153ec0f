"""Pages of the back office: who owes since when, one account's statement and limit."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.errors import AccountNotFound
from loyalty.debts import queries, service
from loyalty.pricing.queries import currency_of
from pos.core.money import MAX_AMOUNT
from web.office.pages import page
from web.office.schemas import Form

FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
Asker = Request[Any, Any, Any]


class LimitForm(Form):
    """`limit` in whole units of the currency."""

    limit: Annotated[int, Field(ge=0, le=MAX_AMOUNT // 1000)]
    due_days: Annotated[int, Field(ge=0, le=3650)]


@get("/", include_in_schema=False)
async def debtors(request: Asker, session: AsyncSession, now: datetime) -> Template:
    """Accounts that owe, the oldest debt first."""
    return page(
        request,
        "debts.html",
        debtors=await queries.debtors(session),
        now=now,
        currency=await currency_of(session),
    )


@get("/{account_id:uuid}", include_in_schema=False)
async def statement(request: Asker, session: AsyncSession, account_id: UUID) -> Template:
    """What one account owes and how it came about."""
    standing = await queries.debt_standing(session, account_id)
    if standing is None:
        raise AccountNotFound(account=str(account_id))
    currency = await currency_of(session)
    return page(
        request,
        "debt.html",
        standing=standing,
        whole_limit=standing.most // 10**currency.exponent,
        entries=await queries.statement(session, account_id),
        currency=currency,
    )


@post("/{account_id:uuid}/limit", status_code=303, include_in_schema=False)
async def set_limit(session: AsyncSession, account_id: UUID, data: Annotated[LimitForm, FORM]) -> Redirect:
    """Let the account owe up to a limit. Raises `AccountNotFound`, `BadDebt`."""
    currency = await currency_of(session)
    await service.set_debt_limit(session, account_id, data.limit * 10**currency.exponent, data.due_days)
    return Redirect(f"/office/debts/{account_id}", status_code=303)


DEBT_PAGES = Router(path="/office/debts", route_handlers=[debtors, statement, set_limit])
