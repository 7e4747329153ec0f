"""A client's page: what every tab of it shows, and how a verb that was refused is said in its place."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.response import Redirect, Template
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.errors import AccountNotFound
from loyalty.accounts.log import EventRow, account_log
from loyalty.accounts.merge import merges_of
from loyalty.accounts.personal import personal_percents, personal_prices
from loyalty.accounts.queries import AccountWhole, account_whole
from loyalty.accounts.survivor import merged_accounts
from loyalty.points.queries import points_of_account
from loyalty.pricing.model import ClientCategory
from loyalty.pricing.queries import currency_of, rule_names
from loyalty.tiers.ledger import chain_zone
from loyalty.tiers.queries import changes_of, standing_of, tier_names
from pos.catalog.model import Product
from pos.core.errors import TillError
from pos.core.ids import new_id
from pos.reports.clients import holdings_of
from pos.reports.discount_history import Asked, discount_history
from pos.reports.queries import sale_list
from pos.staff.queries import staff_list
from web.accounts.finding import cursor_of, place_of
from web.clients.forms import Typed
from web.errors import status_of
from web.office.pages import page
from web.office.routes import after_row, place
from web.texts import language_of, text

Asker = Request[Any, Any, Any]
Act = Callable[[Typed], Awaitable[object]]
TABS = ("summary", "purchases", "discounts", "points", "log")
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Wrong:
    """A verb that was refused: which form, which field of it where it is known, why, and what was typed."""

    form: str
    field: str
    said: str
    typed: Typed


async def shown(
    request: Asker,
    session: AsyncSession,
    now: datetime,
    account_id: UUID,
    tab: str = "summary",
    *,
    after: str = "",
    wrong: Wrong | None = None,
    status: int = 200,
    **more: Any,
) -> Template:
    """The page of an account with one of its tabs. Raises `AccountNotFound`."""
    language = language_of(request)
    whole = await account_whole(session, account_id)
    holdings = (await holdings_of(session, [account_id])).get(account_id)
    if holdings is None:
        raise AccountNotFound(account=str(account_id))
    context: dict[str, Any] = {
        "account": whole.account,
        "whole": whole,
        "holdings": holdings,
        "tiers": await tier_names(session, language),
        "staff": {member.id: member.name for member in await staff_list(session)},
        "currency": await currency_of(session),
        "zone": (zone := await chain_zone(session)).key,
        "today_zone": zone,
        "today": now.astimezone(zone).date(),
        "tab": tab,
        "tabs": TABS,
        "fresh": new_id(),
        "wrong": wrong,
        "here": f"/office/clients/{account_id}",
        "merges": await merges_of(session, account_id),
    }
    context |= await _TAB[tab](session, whole, context["today"], language, after, now)
    rows_alone = bool(after) and "hx-request" in request.headers
    return page(request, f"_client_{tab}_rows.html" if rows_alone else "client.html", status=status, **context, **more)


async def done(
    request: Asker,
    session: AsyncSession,
    now: datetime,
    account_id: UUID,
    form: str,
    typed: Mapping[str, str],
    act: Act,
    *,
    tab: str = "summary",
    to: UUID | None = None,
) -> Redirect | Template:
    """Do what a form asks for and show the page anew, of `to` where that is another's; refused, say so in the form's place.

    Nothing stays of a verb that was refused.
    """
    fields = Typed(typed)
    try:
        async with session.begin_nested():
            await act(fields)
    except TillError as error:
        wrong = Wrong(form, str(error.fields.get("field", "")), said(request, error), fields)
        return await shown(request, session, now, account_id, tab, wrong=wrong, status=refusal(error))
    return Redirect(address(to or account_id, tab), status_code=303)


def refusal(error: TillError) -> int:
    """The status of a page that says why its form was refused: what the form named and is not there does not make the
    page itself unknown, and only pages of 409 and 422 are shown by htmx."""
    return 422 if status_of(error) == 422 else 409


def said(request: Asker, error: TillError) -> str:
    """The sentence of an error in the asker's language."""
    return text(language_of(request), f"error.{error.code}", **error.fields)


def address(account_id: UUID, tab: str = "summary") -> str:
    return f"/office/clients/{account_id}" + ("" if tab == "summary" else f"/{tab}")


async def summary(
    session: AsyncSession, whole: AccountWhole, today: date, language: str, after: str, now: datetime
) -> dict[str, Any]:
    prices = await personal_prices(session, whole.account.id)
    return {
        "standing": await standing_of(session, whole.account.id),
        "tier_changes": await changes_of(session, whole.account.id),
        "categories": await category_names(session, language),
        "percents": await personal_percents(session, whole.account.id),
        "prices": prices,
        "products": await product_names(session, {row.product for row in prices}, language),
    }


async def purchases(
    session: AsyncSession, whole: AccountWhole, today: date, language: str, after: str, now: datetime
) -> dict[str, Any]:
    accounts = await merged_accounts(session, whole.account.id)
    rows = await sale_list(session, accounts=accounts, after=place(after), limit=PAGE_SIZE)
    return {"rows": rows, "next": after_row(rows[-1]) if len(rows) == PAGE_SIZE else ""}


async def discounts(
    session: AsyncSession, whole: AccountWhole, today: date, language: str, after: str, now: datetime
) -> dict[str, Any]:
    asked = Asked(accounts=await merged_accounts(session, whole.account.id))
    rows = await discount_history(session, asked, after=place_of(after or None), limit=PAGE_SIZE)
    return {
        "rows": rows,
        "next": cursor_of(rows[-1]) if len(rows) == PAGE_SIZE else "",
        "rule_names": await rule_names(session, language),
    }


async def points(
    session: AsyncSession, whole: AccountWhole, today: date, language: str, after: str, now: datetime
) -> dict[str, Any]:
    return {"points": await points_of_account(session, whole.account.id, at=now)}


async def log(
    session: AsyncSession, whole: AccountWhole, today: date, language: str, after: str, now: datetime
) -> dict[str, Any]:
    before = int(after) if after.isdecimal() and len(after) < 16 else None
    rows = await account_log(session, whole.account.id, before=before, limit=PAGE_SIZE)
    names = {**await category_names(session, language), **await tier_names(session, language)}
    return {
        "rows": [(row, told(row, names, language)) for row in rows],
        "next": rows[-1].id if len(rows) == PAGE_SIZE else "",
    }


_TAB = {"summary": summary, "purchases": purchases, "discounts": discounts, "points": points, "log": log}


def told(row: EventRow, names: Mapping[str, str], language: str) -> str:
    """What a line of the log says beside its kind; ids say nothing to people and are left out."""
    parts: list[str] = []
    detail = row.detail
    if "category" in detail:
        parts.append(names.get(detail["category"], detail["category"]))
    if "before" in detail and "after" in detail:
        ends = [_value(row.kind, detail[end], names, language) for end in ("before", "after")]
        parts.append(" → ".join(ends))
    if "percent" in detail:
        parts.append(_value("personal", detail["percent"], names, language))
    if detail.get("reason"):
        parts.append(str(detail["reason"]))
    return ", ".join(parts)


def _value(kind: str, value: Any, names: Mapping[str, str], language: str) -> str:
    if kind == "personal":
        return f"{value / 100:g} %"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return names.get(value, str(value)) if value else text(language, "tiers.no_tier") if kind == "tier" else "–"


async def category_names(session: AsyncSession, language: str) -> dict[str, str]:
    """What each category of clients is called in that language."""
    rows = await session.execute(
        select(ClientCategory.code, ClientCategory.names).order_by(ClientCategory.position, ClientCategory.code)
    )
    return {code: names.get(language) or next(iter(names.values()), code) for code, names in rows}


async def product_names(session: AsyncSession, products: set[int], language: str) -> dict[int, str]:
    """What each of these products is called in that language."""
    rows = await session.execute(select(Product.seq, Product.names).where(Product.seq.in_(products)))
    return {seq: names.get(language) or next(iter(names.values()), str(seq)) for seq, names in rows}
