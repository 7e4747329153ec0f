"""What pages show of prices: the shop's currency, and what rules are called."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

NAMES = """
SELECT rule ->> 'id', coalesce(rule_set.names -> (rule ->> 'name') ->> :language, rule ->> 'name')
FROM rule_set, jsonb_array_elements(rule_set.body -> 'rules') AS rule
ORDER BY rule_set.version
"""
CURRENCY = """
SELECT currency, exponent FROM price_settings JOIN price_list ON price_list.id = price_settings.price_list
"""


@dataclass(frozen=True, slots=True)
class Currency:
    """ISO 4217 code, and how many decimals its minor unit stands for."""

    code: str
    exponent: int


async def currency_of(session: AsyncSession) -> Currency:
    """The currency of the shop's price list; AMD before there is one."""
    row = (await session.execute(text(CURRENCY))).one_or_none()
    return Currency(row.currency, row.exponent) if row else Currency("AMD", 2)


async def rule_names(session: AsyncSession, language: str) -> dict[str, str]:
    """What each rule of any version is called in that language, by its id; the newest version's word wins."""
    rows = (await session.execute(text(NAMES), {"language": language})).all()
    return {row[0]: row[1] for row in rows}
