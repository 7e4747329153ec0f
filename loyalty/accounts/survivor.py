"""Accounts that are one by now: which took another's place, and which ones it stands for."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MERGED = text("""
WITH RECURSIVE family AS (
    SELECT CAST(:account AS uuid) AS id
    UNION SELECT account.id FROM account JOIN family ON account.merged_into = family.id
)
SELECT id FROM family
""")

SURVIVORS = text("""
WITH RECURSIVE way AS (
    SELECT id AS start, id, merged_into FROM account WHERE id = ANY(:accounts)
    UNION ALL SELECT way.start, account.id, account.merged_into FROM way JOIN account ON account.id = way.merged_into
)
SELECT start, id FROM way WHERE merged_into IS NULL
""")


async def merged_accounts(session: AsyncSession, account_id: UUID) -> list[UUID]:
    """The account itself and every account merged into it, directly or through others."""
    return list(await session.scalars(MERGED, {"account": account_id}))


async def survivors(session: AsyncSession, accounts: Collection[UUID]) -> dict[UUID, UUID]:
    """For each of these accounts that is there, the one that stands for it now: most stand for themselves."""
    rows = await session.execute(SURVIVORS, {"accounts": list(accounts)})
    return {row.start: row.id for row in rows}
