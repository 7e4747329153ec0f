"""Holding points, uses, coupons, gift cards and debt for a checkout, and letting go of them.

Locks are taken in one order everywhere, each kind by its own ids: the account's row of uses, rules, coupons, gift cards,
debt, points, then the sale whose goods come back (`pos.sales.refundable`). What is promised is decided while the rows are
locked, by one statement for each kind that sees the ledger and the other holds of the same moment.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.coupons.queries import standings
from loyalty.coupons.rules import plain_code
from loyalty.debts.service import lock_debt, may_owe
from loyalty.giftcards.queries import available, gift_cards
from loyalty.giftcards.rules import may_pay
from loyalty.giftcards.service import lock_gift_cards
from loyalty.limits.rules import Amounts, granted
from loyalty.limits.service import limits_at, lock_account, lock_rules, rules_left
from loyalty.points.service import lock_points
from loyalty.reservations.errors import ReservationNotFound
from loyalty.reservations.errors import ReservationSettled as AlreadySettled
from loyalty.reservations.model import Reservation, ReservationItem, ReservationSettled
from loyalty.reservations.points import points_left
from loyalty.reservations.rules import LONGEST, Asked, CouponHeld, Held

LOCK_COUPONS = "SELECT FROM coupon WHERE code = ANY(:codes) ORDER BY code FOR UPDATE"
KEPT = timedelta(days=2)
"""How long a reservation that holds nothing any more is remembered."""

Item = dict[str, object]


async def reserve(
    session: AsyncSession, reservation_id: UUID, register: UUID, asked: Asked, *, today: date, at: datetime
) -> tuple[Held, bool]:
    """Hold what is asked and there, in place of what this id held before; and whether the id is new.

    `today` is the outlet's day. Raises `ReservationNotFound` where another register made the id, and
    `loyalty.reservations.errors.ReservationSettled`.
    """
    expires_at = at + timedelta(seconds=max(1, min(asked.ttl_s, LONGEST)))
    new = await _begin(session, reservation_id, register, asked.account, expires_at, at)
    rules, rule_items = await _rules(session, reservation_id, asked, today, at)
    coupons, coupon_items = await _coupons(session, reservation_id, asked, today, at)
    cards, card_items = await _gift_cards(session, reservation_id, asked, today, at)
    points = on_account = 0
    items = [*rule_items, *coupon_items, *card_items]
    if asked.account is not None and asked.on_account > 0:
        await lock_debt(session, asked.account)
        on_account = min(asked.on_account, await may_owe(session, asked.account, at=at, own=reservation_id))
        items.append({"kind": "debt", "subject": str(asked.account), "amount": on_account})
    if asked.account is not None and asked.points > 0:
        await lock_points(session, asked.account)
        points = min(asked.points, await points_left(session, asked.account, at=at, own=reservation_id))
        items.append({"kind": "points", "subject": str(asked.account), "amount": points})
    if items:
        blank: Item = {"reservation": reservation_id, "place": 0, "amount": 0, "times": 0, "pieces": 0}
        await session.execute(insert(ReservationItem), [{**blank, **item} for item in items])
    return Held(expires_at, points, coupons, cards, rules, on_account), new


async def _begin(
    session: AsyncSession,
    reservation_id: UUID,
    register: UUID,
    account: UUID | None,
    expires_at: datetime,
    at: datetime,
) -> bool:
    """Lock or make the reservation, empty; whether it was made. The account's row of uses is locked with it."""
    values = {"account": account, "expires_at": expires_at, "released_at": None}
    made = upsert(Reservation).values(id=reservation_id, register_id=register, made_at=at, **values)
    new = await session.scalar(made.on_conflict_do_nothing().returning(Reservation.id)) is not None
    if not new:
        await _own(session, reservation_id, register)
        await _change(session, reservation_id, values)
        await session.execute(delete(ReservationItem).where(ReservationItem.reservation == reservation_id))
    settled = select(ReservationSettled.document_id).where(ReservationSettled.reservation_id == reservation_id)
    if await session.scalar(settled.limit(1)) is not None:
        raise AlreadySettled()
    if account is not None:
        await lock_account(session, account)
    return new


async def _change(session: AsyncSession, reservation_id: UUID, values: dict[str, object]) -> None:
    reservation = await session.get_one(Reservation, reservation_id, populate_existing=True)
    for name, value in values.items():
        setattr(reservation, name, value)
    await session.flush()


async def _own(session: AsyncSession, reservation_id: UUID, register: UUID) -> None:
    """Lock the reservation. Raises `ReservationNotFound` unless this register made it."""
    query = select(Reservation.register_id).where(Reservation.id == reservation_id).with_for_update()
    if await session.scalar(query) != register:
        raise ReservationNotFound()


async def _rules(
    session: AsyncSession, own: UUID, asked: Asked, today: date, at: datetime
) -> tuple[tuple[tuple[str, Amounts], ...], list[Item]]:
    """What rules give; one that nothing limits gives what is asked and holds nothing."""
    wanted = dict(asked.rules)
    if not wanted:
        return (), []
    limits = {rule: one for rule, one in (await limits_at(session, at)).items() if rule in wanted}
    left = {}
    if limits:
        await lock_rules(session, limits)
        left = await rules_left(session, limits, account=asked.account, today=today, at=at, own=own)
    given: list[tuple[str, Amounts]] = []
    items: list[Item] = []
    for rule, amounts in wanted.items():
        if rule not in limits:
            given.append((rule, amounts))
            continue
        got = granted(amounts, left[rule], limits[rule].short)
        given.append((rule, got))
        items.append({"kind": "rule", "subject": rule, "times": got.times, "amount": got.sum, "pieces": got.pieces})
    return tuple(given), items


async def _coupons(
    session: AsyncSession, own: UUID, asked: Asked, today: date, at: datetime
) -> tuple[tuple[CouponHeld, ...], list[Item]]:
    codes = list(dict.fromkeys(plain_code(code) for code in asked.coupons))
    if not codes:
        return (), []
    await session.execute(text(LOCK_COUPONS), {"codes": codes})
    found = await standings(session, codes, account=asked.account, today=today, at=at, own=own)
    items: list[Item] = [
        {"kind": "coupon", "subject": coupon.code, "amount": 1} for coupon in found if coupon.reason is None
    ]
    return tuple(CouponHeld(one.code, one.batch, one.reason) for one in found), items


async def _gift_cards(
    session: AsyncSession, own: UUID, asked: Asked, today: date, at: datetime
) -> tuple[tuple[tuple[UUID, int], ...], list[Item]]:
    wanted = dict(asked.gift_cards)
    if not wanted:
        return (), []
    await lock_gift_cards(session, list(wanted))
    known = await gift_cards(session, list(wanted))
    left = await available(session, list(wanted), at=at, own=own)
    given: list[tuple[UUID, int]] = []
    for card, amount in wanted.items():
        usable = card in known and known[card].may_pay_on(today)
        given.append((card, may_pay(left[card], 0, amount) if usable else 0))
    items: list[Item] = [
        {"kind": "gift_card", "subject": str(card), "amount": amount} for card, amount in given if amount
    ]
    return tuple(given), items


async def release(session: AsyncSession, reservation_id: UUID, register: UUID, *, at: datetime) -> None:
    """Let go of what is held; one never made, or released before, is no error. Raises `ReservationNotFound`."""
    query = select(Reservation).where(Reservation.id == reservation_id).with_for_update()
    reservation = await session.scalar(query)
    if reservation is None:
        return
    if reservation.register_id != register:
        raise ReservationNotFound()
    reservation.released_at = reservation.released_at or at


async def forget_old(session: AsyncSession, *, at: datetime) -> None:
    """Remove reservations that have held nothing for two days."""
    old = delete(Reservation).where(Reservation.expires_at < at - KEPT)
    await session.execute(old, execution_options={"synchronize_session": False})
