"""The kinds of clients a shop knows: pensioner, mother with children. A code never changes, and none is ever removed."""

import re
from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.errors import (
    ClientCategoryCodeMalformed,
    ClientCategoryNameMissing,
    ClientCategoryNotFound,
    ClientCategoryTaken,
)
from loyalty.pricing.model import ClientCategory

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
LONGEST_NAME = 60


async def add_client_category(session: AsyncSession, code: str, names: Mapping[str, str], *, claimable: bool) -> None:
    """A new one, behind all others. `claimable`: a cashier may give it at the till, the proof seen.

    Raises `ClientCategoryCodeMalformed`, `ClientCategoryTaken`, `ClientCategoryNameMissing`.
    """
    if not CODE.fullmatch(code):
        raise ClientCategoryCodeMalformed(field="code")
    if await session.get(ClientCategory, code) is not None:
        raise ClientCategoryTaken(field="code", category=code)
    last = await session.scalar(select(func.coalesce(func.max(ClientCategory.position), 0))) or 0
    session.add(
        ClientCategory(code=code, names=checked_names(names), claimable=claimable, position=min(last + 1, 32_767))
    )
    await session.flush()


async def change_client_category(
    session: AsyncSession, code: str, names: Mapping[str, str], *, claimable: bool
) -> None:
    """Its names, and whether it may be claimed. Raises `ClientCategoryNotFound`, `ClientCategoryNameMissing`."""
    category = await session.get(ClientCategory, code, with_for_update=True)
    if category is None:
        raise ClientCategoryNotFound(category=code)
    category.names, category.claimable = checked_names(names), claimable
    await session.flush()


def checked_names(names: Mapping[str, str]) -> dict[str, str]:
    """Names by language, blank ones left out. Raises `ClientCategoryNameMissing` where none is left."""
    kept = {language: name.strip()[:LONGEST_NAME] for language, name in names.items() if name.strip()}
    if not kept:
        raise ClientCategoryNameMissing(field="names")
    return kept
