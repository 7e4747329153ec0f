"""A new shop's first day: what must be there before a till can be joined. Goods and people come afterwards."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.model import CardScheme
from loyalty.pricing.model import PriceSettings
from loyalty.pricing.store import publish_rule_set
from pos.catalog.model import PriceList, TaxRate
from pos.catalog.routing import save_scan_route
from pos.catalog.rules import Route
from pos.core.errors import Malformed
from pos.core.ids import new_id
from pos.exchange.cursor import begin_epoch
from pos.exchange.model import DatabaseEpoch, TillSettings
from pos.registers.model import Outlet, Register
from pos.registers.service import add_register, open_outlet

CARD_PREFIX, CARD_LENGTH = "29", 13


class CurrencyUnknown(Malformed):
    """Tillcard knows no price and cash steps for this currency; `known` lists those it does."""

    code = "shop.currency_unknown"


@dataclass(frozen=True, slots=True)
class CurrencySteps:
    """Minor units: decimals, the step of a price, the smallest cash amount."""

    exponent: int
    price_step: int
    cash_step: int


CURRENCIES = {
    "AMD": CurrencySteps(2, 100, 1_000),
    "RUB": CurrencySteps(2, 1, 1),
    "EUR": CurrencySteps(2, 1, 1),
    "USD": CurrencySteps(2, 1, 1),
}


async def set_up_shop(
    session: AsyncSession, *, name: str, zone: str, currency: str, language: str, at: datetime
) -> Outlet:
    """The shop's outlet; made with its settings and a first register where there is none yet.

    Prices include tax; tax rates, goods and rules are the owner's. Raises `CurrencyUnknown`.
    """
    outlet = await session.scalar(select(Outlet).limit(1))
    if outlet is not None:
        return outlet
    if currency not in CURRENCIES:
        raise CurrencyUnknown(currency=currency, known=", ".join(CURRENCIES))
    steps = CURRENCIES[currency]
    if await session.scalar(select(DatabaseEpoch.id).limit(1)) is None:
        begin_epoch(session, "made", at=at)
    price_list = PriceList(
        names={"en": "Retail", "ru": "Розница", "hy": "Մանրածախ"},
        currency=currency,
        exponent=steps.exponent,
        prices_include_tax=True,
        price_step=steps.price_step,
    )
    session.add(price_list)
    await session.flush()
    session.add_all(
        [
            TaxRate(code="none", names={"en": "No tax", "ru": "Без налога", "hy": "Առանց հարկի"}, rate=0),
            CardScheme(id=1, prefix=CARD_PREFIX, length=CARD_LENGTH, salt=secrets.token_bytes(32)),
            TillSettings(id=1, languages=["en", "ru", "hy"]),
            PriceSettings(
                id=1, price_list=price_list.id, cash_step=steps.cash_step, cash_rounding="nearest", grace_minutes=15
            ),
        ]
    )
    await session.flush()
    await save_scan_route(session, Route(0, "product", ""))
    await save_scan_route(session, Route(0, "card", CARD_PREFIX, CARD_LENGTH))
    await publish_rule_set(session, {"groups": [], "regulations": [], "rules": []}, active_from=at, by=None, at=at)
    outlet = await open_outlet(session, new_id(), name=name, zone=zone, language=language)
    await new_register(session, outlet, name="Till 1", prefix="A")
    return outlet


async def new_register(session: AsyncSession, outlet: Outlet, *, name: str, prefix: str) -> Register:
    """A register, and the route by which its receipts are scanned. Raises `PrefixTaken`."""
    register = await add_register(session, new_id(), outlet_id=outlet.id, name=name, prefix=prefix)
    await save_scan_route(session, Route(0, "receipt", f"{prefix}-", pattern=rf"{prefix}-\d+-\d+"))
    return register
