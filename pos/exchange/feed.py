"""What a till is told: a full copy by sections and chunks, then what changed since its cursor.

The law: between two answers nothing that was committed is ever left out. Every row carries the transaction that wrote
it last, and only rows of transactions below the oldest one still open are told (`pos.exchange.cursor.horizon`).
Bodies are JSON texts, put together by the database and passed on as they are.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.queries import accounts_by_digest, accounts_by_phone, blank_state
from loyalty.pricing.model import PriceSettings
from pos.exchange.cursor import Cursor, database_epoch, horizon, read_cursor
from pos.exchange.errors import NotSetUp, StartAgain
from pos.exchange.rows import CHUNK, account_chunk, product_chunk, these_accounts, these_products
from pos.exchange.sections import changed_sections, section_texts
from pos.registers.model import Outlet, Register

__all__ = ["accounts", "changes", "database_epoch", "lookup", "products", "snapshot", "viewpoint"]

MOST_ACCOUNTS = 100_000
"""A till holds the terms of at most this many accounts: those its outlet saw last."""
MEMORY = timedelta(days=365)
PAGE = 5_000
"""Rows of one answer, as near as whole transactions allow."""
MOST_CHANGES = 20_000
"""Beyond this a full copy is quicker."""

CHANGED_PRODUCTS = """
SELECT touched.changed_xid, touched.seq FROM (
    SELECT changed_xid, seq FROM product
    UNION ALL SELECT changed_xid, product FROM price
    UNION ALL SELECT changed_xid, product FROM barcode
) touched
WHERE touched.changed_xid >= CAST(:since AS xid8) AND touched.changed_xid < CAST(:until AS xid8)
"""
CHANGED_ACCOUNTS = """
SELECT touched.changed_xid, touched.account FROM (
    SELECT changed_xid, id AS account FROM account
    UNION ALL SELECT changed_xid, account FROM account_category
    UNION ALL SELECT changed_xid, account FROM card
    UNION ALL SELECT changed_xid, account FROM person
    UNION ALL SELECT changed_xid, account FROM tier_standing
    UNION ALL SELECT changed_xid, account FROM personal_percent
    UNION ALL SELECT changed_xid, account FROM personal_price
    UNION ALL SELECT changed_xid, account FROM debt_account
    UNION ALL SELECT changed_xid, account FROM account_use
    UNION ALL SELECT changed_xid, account_id FROM points_account
    UNION ALL SELECT changed_xid, account FROM account_visit WHERE outlet = :outlet
) touched
JOIN account_visit seen ON seen.account = touched.account AND seen.outlet = :outlet AND seen.last_on >= :held_since
WHERE touched.changed_xid >= CAST(:since AS xid8) AND touched.changed_xid < CAST(:until AS xid8)
"""
COUNTED = """
SELECT changed_xid::text AS xid, count(*) FROM ({rows}) change GROUP BY changed_xid ORDER BY changed_xid LIMIT :most
"""
OLDEST_HELD = """
SELECT last_on FROM account_visit WHERE outlet = :outlet AND last_on >= :since
ORDER BY last_on DESC OFFSET :most LIMIT 1
"""
PRODUCT_CHUNKS = """
SELECT coalesce(json_agg(json_build_array(chunk, count) ORDER BY chunk), '[]')::text
FROM (SELECT seq / :size AS chunk, count(*) FROM product WHERE NOT archived GROUP BY 1) counted
"""
ACCOUNT_CHUNKS = """
SELECT coalesce(json_agg(json_build_array(chunk, count) ORDER BY chunk), '[]')::text
FROM (
    SELECT account.seq / :size AS chunk, count(*)
    FROM account_visit seen JOIN account ON account.id = seen.account
    WHERE seen.outlet = :outlet AND seen.last_on >= :since GROUP BY 1
) counted
"""


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """For whom the feed is read: an outlet, its price list, its local day."""

    outlet: UUID
    price_list: int
    today: date
    at: datetime


async def viewpoint(session: AsyncSession, outlet: UUID, *, at: datetime) -> Viewpoint:
    """Raises `NotSetUp` where the outlet or its price list is missing."""
    zone = await session.scalar(select(Outlet.zone).where(Outlet.id == outlet))
    price_list = await session.scalar(select(PriceSettings.price_list))
    if zone is None or price_list is None:
        raise NotSetUp(what="outlet" if zone is None else "price_settings")
    today = at.astimezone(ZoneInfo(zone)).date()
    return Viewpoint(outlet, price_list, today, at)


async def held_since(session: AsyncSession, view: Viewpoint, *, most: int = MOST_ACCOUNTS) -> date:
    """Since which day a full copy holds the outlet's visitors: a year, or as many days as fit into the `most` last ones."""
    since = view.today - MEMORY
    values = {"outlet": view.outlet, "since": since, "most": most}
    too_old = await session.scalar(text(OLDEST_HELD), values)
    return since if too_old is None else too_old + timedelta(days=1)


async def snapshot(session: AsyncSession, outlet: UUID, register: UUID, *, at: datetime) -> str:
    """The start of a full copy: the cursor, every section, and which chunks to fetch.

    Chunks fetched later may hold later changes; the changes since the cursor bring those again.
    """
    cursor = await horizon(session)
    view = await viewpoint(session, outlet, at=at)
    parts = {"cursor": json.dumps(str(cursor)), **await section_texts(session, None, outlet, at=at)}
    parts["register"] = await _register(session, register)
    parts["product_chunks"] = str(await session.scalar(text(PRODUCT_CHUNKS), {"size": CHUNK}))
    seen = {"size": CHUNK, "outlet": outlet, "since": await held_since(session, view)}
    parts["account_chunks"] = str(await session.scalar(text(ACCOUNT_CHUNKS), seen))
    return _object(parts)


async def _register(session: AsyncSession, register: UUID) -> str:
    row = (
        await session.execute(select(Register.id, Register.name, Register.prefix).where(Register.id == register))
    ).one_or_none()
    if row is None:
        raise NotSetUp(what="register")
    return json.dumps({"id": str(row.id), "name": row.name, "prefix": row.prefix}, ensure_ascii=False)


async def products(session: AsyncSession, outlet: UUID, chunk: int, *, at: datetime) -> str:
    """One chunk of products on sale."""
    view = await viewpoint(session, outlet, at=at)
    rows = await product_chunk(session, chunk, view.price_list, at=at)
    return _object({"chunk": str(chunk), "products": rows})


async def accounts(session: AsyncSession, outlet: UUID, chunk: int, *, at: datetime) -> str:
    """One chunk of the terms of accounts the outlet knows."""
    view = await viewpoint(session, outlet, at=at)
    rows = await account_chunk(session, chunk, outlet, await held_since(session, view), today=view.today)
    return _object({"chunk": str(chunk), "accounts": rows})


async def lookup(
    session: AsyncSession, outlet: UUID, *, card: str | None = None, phone: str | None = None, at: datetime
) -> str:
    """The terms of accounts the till does not hold: by a card's digest (32 hex digits), or by a phone's last digits.

    At most 20; none where nothing fits. `card` tells of a card that is nobody's yet: its state and reason. Raises
    `BadPhone` under four digits, `BadDigest`.
    """
    view = await viewpoint(session, outlet, at=at)
    ids: list[UUID] = []
    if card is not None:
        ids = await accounts_by_digest(session, card)
    elif phone is not None:
        ids = await accounts_by_phone(session, phone)
    rows = await these_accounts(session, ids, today=view.today) if ids else "[]"
    blank = await blank_state(session, card) if card is not None and not ids else None
    told = None if blank is None else {"state": blank[0], "reason": blank[1]}
    return _object({"accounts": rows, "card": json.dumps(told, ensure_ascii=False)})


async def rows_of(session: AsyncSession, outlet: UUID, accounts: list[UUID], *, at: datetime) -> str:
    """The rows of exactly these accounts."""
    view = await viewpoint(session, outlet, at=at)
    return _object({"accounts": await these_accounts(session, accounts, today=view.today)})


async def changes(session: AsyncSession, outlet: UUID, written: str, *, at: datetime, page: int = PAGE) -> str:
    """What changed since the cursor: whole rows, whole sections, the next cursor; `more` asks to come again at once.

    Archived products are among the rows. Raises `BadCursor`, `StartAgain`.
    """
    since = read_cursor(written)
    now = await horizon(session)
    if since.epoch != now.epoch or since.xid > now.xid:
        raise StartAgain()
    view = await viewpoint(session, outlet, at=at)
    until = await _page_end(session, view, since, now, page)
    parts = {"cursor": json.dumps(str(until))}
    parts["products"] = await _changed_products(session, view, since, until)
    parts["accounts"] = await _changed_accounts(session, view, since, until)
    sections = await changed_sections(session, since, until)
    parts.update(await section_texts(session, sections, outlet, at=at))
    parts["more"] = "true" if until != now else "false"
    return _object(parts)


def _between(view: Viewpoint, since: Cursor, until: Cursor) -> dict[str, object]:
    return {"since": since.xid, "until": until.xid, "outlet": view.outlet, "held_since": view.today - MEMORY}


async def _page_end(session: AsyncSession, view: Viewpoint, since: Cursor, now: Cursor, page: int) -> Cursor:
    """Where this answer ends: as many whole transactions as fit in a page, one at least."""
    both = f"SELECT changed_xid FROM ({CHANGED_PRODUCTS}) p UNION ALL SELECT changed_xid FROM ({CHANGED_ACCOUNTS}) a"  # noqa: S608
    values = {**_between(view, since, now), "most": MOST_CHANGES}
    rows = 0
    for xid, count in await session.execute(text(COUNTED.format(rows=both)), values):
        if rows and rows + count > page:
            return Cursor(now.epoch, int(xid))
        rows += count
        if rows > MOST_CHANGES:
            raise StartAgain()
    return now


async def _changed_products(session: AsyncSession, view: Viewpoint, since: Cursor, until: Cursor) -> str:
    found = await session.execute(text(CHANGED_PRODUCTS), {"since": since.xid, "until": until.xid})
    seqs = sorted({seq for _, seq in found})
    return await these_products(session, seqs, view.price_list, at=view.at) if seqs else "[]"


async def _changed_accounts(session: AsyncSession, view: Viewpoint, since: Cursor, until: Cursor) -> str:
    found = await session.execute(text(CHANGED_ACCOUNTS), _between(view, since, until))
    ids = list({account for _, account in found})
    return await these_accounts(session, ids, today=view.today) if ids else "[]"


def _object(parts: dict[str, str]) -> str:
    """One JSON object of members that are JSON texts already."""
    return "{" + ",".join(f'"{name}":{body}' for name, body in parts.items()) + "}"
