"""Two accounts of one client: the other one is looked for, what moves is shown, then they are merged; and taken apart."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import Parameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts import merge
from loyalty.accounts.errors import AccountNotFound, MergeWithItself
from loyalty.pricing.queries import currency_of
from loyalty.tiers.ledger import chain_zone
from loyalty.tiers.queries import tier_names
from pos.core.errors import TillError
from pos.core.ids import new_id
from pos.reports.clients import find_clients, holdings_of
from pos.staff.queries import SignedIn
from web.clients.card import address, done, refusal, said
from web.clients.forms import Typed
from web.clients.verbs import Answer, Fields
from web.office.pages import page
from web.texts import language_of

Asker = Request[Any, Any, Any]
Query = Annotated[str, Parameter(max_length=100)]


@get("/{account_id:uuid}/merge", include_in_schema=False)
async def merge_page(
    request: Asker, session: AsyncSession, account_id: UUID, q: Query = "", other: UUID | None = None
) -> Template:
    """Look for the other account; with `other` chosen, what would move."""
    return await preview(request, session, account_id, q, other)


async def preview(
    request: Asker,
    session: AsyncSession,
    account_id: UUID,
    q: str = "",
    other: UUID | None = None,
    *,
    refused: str = "",
    status: int = 200,
) -> Template:
    """The page; with what was `refused` where a merge was. Raises `AccountNotFound`."""
    held = await holdings_of(session, [account_id] if other is None else [account_id, other])
    for wanted in (account_id, other):
        if wanted is not None and wanted not in held:
            raise AccountNotFound(account=str(wanted))
    rows = [row for row in await find_clients(session, q) if row.id != account_id] if q else []
    return page(
        request,
        "_merge_found.html" if request.headers.get("hx-target") == "found" else "client_merge.html",
        status=status,
        into=held[account_id],
        gone=held[other] if other else None,
        q=q,
        rows=rows,
        zone=(await chain_zone(session)).key,
        tiers=await tier_names(session, language_of(request)),
        currency=await currency_of(session),
        fresh=new_id(),
        refused=refused,
    )


@post("/{account_id:uuid}/merge", status_code=200, include_in_schema=False)
async def merge_with(
    request: Asker, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: Fields
) -> Answer:
    """Make this account stand for the other one too."""
    typed = Typed(data)
    other = typed.id("other")
    try:
        async with session.begin_nested():
            if other == account_id:
                raise MergeWithItself()
            await merge.merge_accounts(session, typed.fresh(), other, account_id, by=person.id, at=now)
    except TillError as error:
        return await preview(
            request, session, account_id, other=other, refused=said(request, error), status=refusal(error)
        )
    return Redirect(address(account_id), status_code=303)


@post("/{account_id:uuid}/merges/{merge_id:uuid}/undo", status_code=200, include_in_schema=False)
async def undo(
    request: Asker,
    session: AsyncSession,
    person: SignedIn,
    now: datetime,
    account_id: UUID,
    merge_id: UUID,
    data: Fields,
) -> Answer:
    async def act(typed: Typed) -> None:
        await merge.undo_merge(session, merge_id, by=person.id, at=now)

    return await done(request, session, now, account_id, f"undo-{merge_id}", data, act)
