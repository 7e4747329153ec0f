"""The verbs on an account's own percent and own prices for a period: set, take back, and everything there was."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.errors import BadPeriod, BadPrice, NoSuchProduct, OwnTermDiffers, OwnTermNotFound
from loyalty.accounts.log import note_event
from loyalty.accounts.personal_model import PersonalPercent, PersonalPrice
from loyalty.accounts.service import checked_personal, locked_account
from loyalty.accounts.survivor import merged_accounts
from pos.core.money import MAX_AMOUNT


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from `from_on` on, until `until_on` begins (None: without end)."""

    from_on: date
    until_on: date | None = None


async def set_personal_percent(
    session: AsyncSession,
    percent_id: UUID,
    account_id: UUID,
    percent: int,
    period: Period,
    *,
    reason: str,
    by: UUID | None,
    at: datetime,
) -> PersonalPercent:
    """Give the account a percent (basis points) of its own for a period; it covers those set before.

    The same once more answers the first. Raises `AccountNotFound`, `AccountMerged`, `BadPersonal`, `BadPeriod`,
    `OwnTermDiffers`.
    """
    account = await locked_account(session, account_id)
    values = {"account": account_id, "percent": checked_personal(percent), **_checked(period)}
    known = await session.get(PersonalPercent, percent_id)
    if known is not None:
        if any(getattr(known, name) != value for name, value in values.items()):
            raise OwnTermDiffers(id=str(percent_id))
        return known
    row = PersonalPercent(id=percent_id, reason=reason.strip()[:200], set_by=by, set_at=at, **values)
    session.add(row)
    account.terms_version += 1
    note_event(session, account_id, "personal_percent", by=by, at=at, id=str(percent_id), percent=percent)
    await session.flush()
    return row


async def set_personal_price(
    session: AsyncSession,
    price_id: UUID,
    account_id: UUID,
    product: int,
    price: int,
    period: Period,
    *,
    reason: str,
    by: UUID | None,
    at: datetime,
) -> PersonalPrice:
    """Give the account its own price (minor units) of one unit of a product for a period; it covers those set before.

    The same once more answers the first. Raises `AccountNotFound`, `AccountMerged`, `NoSuchProduct`, `BadPrice`,
    `BadPeriod`, `OwnTermDiffers`.
    """
    account = await locked_account(session, account_id)
    if await session.scalar(text("SELECT 1 FROM product WHERE seq = :seq"), {"seq": product}) is None:
        raise NoSuchProduct(product=product)
    if not 0 <= price <= MAX_AMOUNT:
        raise BadPrice(price=price)
    values = {"account": account_id, "product": product, "price": price, **_checked(period)}
    known = await session.get(PersonalPrice, price_id)
    if known is not None:
        if any(getattr(known, name) != value for name, value in values.items()):
            raise OwnTermDiffers(id=str(price_id))
        return known
    row = PersonalPrice(id=price_id, reason=reason.strip()[:200], set_by=by, set_at=at, **values)
    session.add(row)
    account.terms_version += 1
    note_event(session, account_id, "personal_price", by=by, at=at, id=str(price_id), product=product, price=price)
    await session.flush()
    return row


async def end_personal_percent(
    session: AsyncSession, percent_id: UUID, account_id: UUID, *, by: UUID | None, at: datetime
) -> None:
    """Take a percent back from now on; one already taken back is no error. Raises `OwnTermNotFound`, `AccountMerged`."""
    row = await session.get(PersonalPercent, percent_id)
    await _end(session, row, percent_id, account_id, "personal_percent_ended", by, at)


async def end_personal_price(
    session: AsyncSession, price_id: UUID, account_id: UUID, *, by: UUID | None, at: datetime
) -> None:
    """Take a price back from now on; one already taken back is no error. Raises `OwnTermNotFound`, `AccountMerged`."""
    row = await session.get(PersonalPrice, price_id)
    await _end(session, row, price_id, account_id, "personal_price_ended", by, at)


async def personal_percents(session: AsyncSession, account_id: UUID) -> list[PersonalPercent]:
    """Every percent the account ever had for a period, the one set last first."""
    accounts = await merged_accounts(session, account_id)
    query = select(PersonalPercent).where(PersonalPercent.account.in_(accounts))
    return list(await session.scalars(query.order_by(PersonalPercent.seq.desc())))


async def personal_prices(session: AsyncSession, account_id: UUID) -> list[PersonalPrice]:
    """Every price of its own that the account ever had, the one set last first."""
    accounts = await merged_accounts(session, account_id)
    query = select(PersonalPrice).where(PersonalPrice.account.in_(accounts))
    return list(await session.scalars(query.order_by(PersonalPrice.seq.desc())))


async def _end(
    session: AsyncSession,
    row: PersonalPercent | PersonalPrice | None,
    row_id: UUID,
    account_id: UUID,
    kind: str,
    by: UUID | None,
    at: datetime,
) -> None:
    if row is None or row.account != account_id:
        raise OwnTermNotFound(id=str(row_id))
    account = await locked_account(session, row.account)
    await session.refresh(row)
    if row.ended_at is None:
        row.ended_at = at
        account.terms_version += 1
        note_event(session, account.id, kind, by=by, at=at, id=str(row_id))


def _checked(period: Period) -> dict[str, date | None]:
    if period.until_on is not None and period.until_on <= period.from_on:
        raise BadPeriod()
    return {"from_on": period.from_on, "until_on": period.until_on}
