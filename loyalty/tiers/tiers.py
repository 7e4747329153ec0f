"""The tiers themselves: their codes never change, their names and their order may. None is ever removed."""

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.errors import TierNotFound
from loyalty.pricing.model import Tier
from loyalty.tiers.errors import TierCodeMalformed, TierNameMissing, TierOrderIncomplete, TierTaken

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
LONGEST_NAME = 60
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('tier'))")


async def add_tier(session: AsyncSession, code: str, names: Mapping[str, str]) -> None:
    """A new tier above all others; it is on no ladder yet. Raises `TierCodeMalformed`, `TierTaken`, `TierNameMissing`."""
    if not CODE.fullmatch(code):
        raise TierCodeMalformed(field="code")
    await session.execute(ONE_AT_A_TIME)
    if await session.get(Tier, code) is not None:
        raise TierTaken(field="code", tier=code)
    rank = int(await session.scalar(select(func.coalesce(func.max(Tier.rank), 0))) or 0) + 1
    session.add(Tier(code=code, names=checked_names(names), rank=rank))
    await session.flush()


async def rename_tier(session: AsyncSession, code: str, names: Mapping[str, str]) -> None:
    """Raises `TierNotFound`, `TierNameMissing`."""
    tier = await session.get(Tier, code)
    if tier is None:
        raise TierNotFound(tier=code)
    tier.names = checked_names(names)
    await session.flush()


async def order_tiers(session: AsyncSession, codes: Sequence[str]) -> None:
    """From the lowest. Ladders in force keep their own order. Raises `TierOrderIncomplete`."""
    await session.execute(ONE_AT_A_TIME)
    tiers = {tier.code: tier for tier in await session.scalars(select(Tier))}
    if sorted(codes) != sorted(tiers):
        raise TierOrderIncomplete(field="order")
    for place, code in enumerate(codes, 1):  # two steps: a rank is never held twice
        tiers[code].rank = -place
    await session.flush()
    for place, code in enumerate(codes, 1):
        tiers[code].rank = place
    await session.flush()


async def raise_tier(session: AsyncSession, code: str) -> None:
    """Put the tier above the one that is above it now. Raises `TierNotFound`."""
    await session.execute(ONE_AT_A_TIME)
    codes = list(await session.scalars(select(Tier.code).order_by(Tier.rank)))
    if code not in codes:
        raise TierNotFound(tier=code)
    at = codes.index(code)
    codes[at : at + 2] = reversed(codes[at : at + 2])
    await order_tiers(session, codes)


def checked_names(names: Mapping[str, str]) -> dict[str, str]:
    """Names by language, blank ones left out. Raises `TierNameMissing` where none is left."""
    kept = {language: name.strip()[:LONGEST_NAME] for language, name in names.items() if name.strip()}
    if not kept:
        raise TierNameMissing(field="names")
    return kept
