"""Tax rates of a shop: a code's rate never changes, for receipts were made with it; a new rate is a new code."""

import re
from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from pos.catalog.errors import TaxCodeMalformed, TaxRateNotFound, TaxRateTaken
from pos.catalog.model import TaxRate
from pos.catalog.rules import checked_names

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


async def add_tax_rate(session: AsyncSession, code: str, names: Mapping[str, str], *, rate: int) -> None:
    """`rate` in basis points. Raises `TaxCodeMalformed`, `TaxRateTaken`, `NoName`."""
    if not CODE.fullmatch(code):
        raise TaxCodeMalformed(field="code")
    if await session.get(TaxRate, code) is not None:
        raise TaxRateTaken(field="code", tax_code=code)
    session.add(TaxRate(code=code, names=checked_names(names), rate=rate))
    await session.flush()


async def rename_tax_rate(session: AsyncSession, code: str, names: Mapping[str, str]) -> None:
    """Raises `TaxRateNotFound`, `NoName`."""
    row = await session.get(TaxRate, code, with_for_update=True)
    if row is None:
        raise TaxRateNotFound(tax_code=code)
    row.names = checked_names(names)
    await session.flush()
