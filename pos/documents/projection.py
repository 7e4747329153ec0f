"""The rows that a document turns into, in every table: one pure function, used by recording and by the check of it.

A row is a plain tuple in the order of its table's columns. Nothing here reads a database; what is not in the bytes
(the outlet of the register, the time of arrival) is told.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Table

from loyalty.coupons.model import CouponUse
from loyalty.debts.model import DebtEntry
from loyalty.giftcards.model import GiftCardEntry
from loyalty.limits.model import RuleUse
from loyalty.points.life import end_of, first_day, moved
from loyalty.points.model import PointsEntry
from loyalty.reservations.model import ReservationSettled
from loyalty.turnover.model import TurnoverEntry
from pos.core.money import rounded
from pos.documents import schema
from pos.documents.envelope import Envelope
from pos.documents.receipts import Receipt
from pos.documents.schema import Document
from pos.sales.model import LineDiscount, Sale, SaleLine, Tender
from pos.shifts.model import DrawerMovement, RegisterEvent, ShiftClosing, ShiftOpening
from pos.stock.model import StockMovement

Row = tuple[Any, ...]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Rows(NamedTuple):
    """Rows by table; the fields are in the order of `TABLES`."""

    sale: list[Row]
    sale_line: list[Row]
    line_discount: list[Row]
    tender: list[Row]
    stock_movement: list[Row]
    turnover_entry: list[Row]
    points_entry: list[Row]
    shift_opening: list[Row]
    shift_closing: list[Row]
    drawer_movement: list[Row]
    register_event: list[Row]
    rule_use: list[Row]
    coupon_use: list[Row]
    gift_card_entry: list[Row]
    debt_entry: list[Row]
    reservation_settled: list[Row]


def no_rows() -> Rows:
    return Rows(*([] for _ in Rows._fields))


def table_of(model: type) -> Table:
    """The table that a model describes."""
    table = model.__table__  # pyright: ignore[reportAttributeAccessIssue]  # set by the declarative base
    assert isinstance(table, Table)
    return table


TABLES: tuple[Table, ...] = tuple(
    table_of(model)
    for model in (
        Sale,
        SaleLine,
        LineDiscount,
        Tender,
        StockMovement,
        TurnoverEntry,
        PointsEntry,
        ShiftOpening,
        ShiftClosing,
        DrawerMovement,
        RegisterEvent,
        RuleUse,
        CouponUse,
        GiftCardEntry,
        DebtEntry,
        ReservationSettled,
    )
)


def moment(milliseconds: int) -> datetime:
    """Milliseconds since 1970 as a time in UTC."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def rows_of(document: Document, outlet_id: UUID, arrived_at: datetime) -> Rows:
    """Every row that `document` stands for. A training sale is an event only."""
    rows = no_rows()
    match document:
        case schema.Sale() | schema.Refund():
            if document.training:
                rows.register_event.append(event(document, basket=document.basket, amount=document.totals.total))
            else:
                receipt_rows(rows, document, outlet_id, arrived_at)
        case schema.ShiftOpening():
            rows.shift_opening.append(
                (
                    document.id,
                    document.register_id,
                    document.shift,
                    document.staff,
                    date.fromisoformat(document.business_date),
                    moment(document.made_at),
                    document.float_amount,
                )
            )
            rows.drawer_movement.append(drawer(document, "float", document.float_amount, ""))
        case schema.ShiftClosing():
            rows.shift_closing.append(closing_row(document))
        case schema.CashMovement():
            signed = document.amount if document.kind == "cash_in" else -document.amount
            rows.drawer_movement.append(drawer(document, document.kind, signed, document.reason))
        case schema.DebtPayment():
            made_at = moment(document.made_at)
            rows.debt_entry.append(
                (document.id, "payment", document.account, -document.amount, made_at, arrived_at, "", document.staff)
            )
            tender_rows(rows.tender, document)
            rows.register_event.append(event_row(document))
        case _:
            rows.register_event.append(event_row(document))
    return rows


def receipt_rows(rows: Rows, receipt: "schema.Sale | schema.Refund", outlet_id: UUID, arrived_at: datetime) -> None:
    """A sale or refund with its lines, discounts, tenders and ledger entries."""
    sale_id, made_at, totals = receipt.id, moment(receipt.made_at), receipt.totals
    account = receipt.inputs.terms.account if receipt.inputs.terms else None
    refund = receipt if isinstance(receipt, schema.Refund) else None
    rows.sale.append(
        (
            sale_id,
            receipt.kind,
            receipt.register_id,
            outlet_id,
            receipt.epoch,
            receipt.number,
            receipt.receipt,
            receipt.checkout,
            receipt.basket,
            receipt.shift,
            receipt.staff,
            receipt.seller,
            account,
            date.fromisoformat(receipt.business_date),
            made_at,
            receipt.inputs.rule_set,
            totals.gross,
            totals.discount,
            totals.net,
            totals.tax,
            totals.cash_rounding,
            totals.total,
            refund and refund.reason,
            refund and refund.approver,
        )
    )
    for line in receipt.lines:
        origin = line.origin
        rows.sale_line.append(
            (
                sale_id,
                line.line,
                line.product,
                line.name,
                line.goods_class[0] if line.goods_class else None,
                line.quantity,
                line.price,
                line.gross,
                line.net,
                line.tax_code,
                line.tax_rate,
                line.tax_base,
                line.tax_amount,
                line.seller_staff,
                origin and origin.document,
                origin and origin.line,
            )
        )
        for place, discount in enumerate(line.discounts, 1):
            rows.line_discount.append((sale_id, line.line, place, discount.rule, discount.source, discount.amount))
        if line.item == "goods":
            rows.stock_movement.append(
                (sale_id, line.line, outlet_id, line.product, -line.quantity, receipt.kind, made_at, arrived_at)
            )
    tender_rows(rows.tender, receipt)
    if account:
        charged = totals.total - totals.cash_rounding - gift_cards(receipt)
        rows.turnover_entry.append((sale_id, account, receipt.kind, charged, made_at, arrived_at))
        if receipt.points.earned or receipt.points.spent:
            points_rows(rows.points_entry, receipt, account, arrived_at)
    limit_rows(rows, receipt, account, made_at, arrived_at)
    advance_rows(rows, receipt, account, made_at, arrived_at)
    if receipt.inputs.reservation:
        rows.reservation_settled.append((sale_id, receipt.inputs.reservation))


def tender_rows(into: list[Row], paid: "schema.Sale | schema.Refund | schema.DebtPayment") -> None:
    """What the document was paid with, in its order."""
    for place, tender in enumerate(paid.tenders, 1):
        into.append((paid.id, place, tender.kind, tender.received, tender.applied, tender.change, tender.reference))


def points_rows(into: list[Row], receipt: "schema.Sale | schema.Refund", account: str, arrived_at: datetime) -> None:
    """Points earned and spent, with the days that the programme named in the document gives them.

    A refund's entries name the sale: what was earned goes back to the lot it made, what was spent returns to the lots it
    came from, or lives as long as the programme says where those have ended meanwhile.
    """
    settings = receipt.inputs.settings.points
    day = min(date.fromisoformat(receipt.business_date), arrived_at.date() + timedelta(days=1))
    made_at, earned, spent = moment(receipt.made_at), receipt.points.earned, receipt.points.spent
    programme = settings and settings.programme
    origin = next((line.origin.document for line in receipt.lines if line.origin), None)

    def add(kind: str, amount: int, available_on: date | None, expires_on: date | None) -> None:
        days = (day, made_at, arrived_at, available_on, expires_on)
        into.append((receipt.id, kind, 1, account, amount, *days, origin, None, "", None, programme))

    if earned > 0:
        available_on = first_day(day, settings.pending_days) if settings else day
        add("accrual", earned, available_on, settings and end_of(available_on, settings.life, settings.life_count))
    elif earned:
        add("accrual", earned, None, None)
    if spent < 0:
        restored = settings.restored_days if settings else None
        add("redemption", -spent, day, None if restored is None else moved(day, restored))
    elif spent:
        add("redemption", -spent, None, None)


def limit_rows(
    rows: Rows,
    receipt: "schema.Sale | schema.Refund",
    account: str | None,
    made_at: datetime,
    arrived_at: datetime,
) -> None:
    """What the receipt took of rules' limits, and the coupons that a sale used; a refund alone gives no coupon back."""
    taken: dict[str, tuple[int, int, int]] = {}
    for use in receipt.uses:
        times, money, pieces = taken.get(use.rule, (0, 0, 0))
        taken[use.rule] = times + use.times, money + use.sum, pieces + use.pieces
    day, of_sale = date.fromisoformat(receipt.business_date), sale_of(receipt)
    for rule, took in taken.items():
        if any(took):
            rows.rule_use.append(
                (
                    receipt.id,
                    rule,
                    receipt.kind,
                    receipt.inputs.rule_set,
                    account,
                    of_sale,
                    *took,
                    day,
                    made_at,
                    arrived_at,
                )
            )
    if receipt.kind == "sale":
        batches = {coupon.code: coupon.batch for coupon in receipt.inputs.coupons}
        for code, times in Counter(coupon.code for coupon in receipt.inputs.coupons).items():
            rows.coupon_use.append(
                (receipt.id, code, "sale", batches[code], account, receipt.id, times, made_at, arrived_at)
            )


def sale_of(receipt: "schema.Sale | schema.Refund") -> str | None:
    """The sale that a receipt belongs to: itself, or the one whose lines a refund gives back."""
    if receipt.kind == "sale":
        return receipt.id
    origins = {line.origin.document for line in receipt.lines if line.origin}
    return origins.pop() if len(origins) == 1 else None


def advance_rows(
    rows: Rows,
    receipt: "schema.Sale | schema.Refund",
    account: str | None,
    made_at: datetime,
    arrived_at: datetime,
) -> None:
    """Gift cards sold and given back, what they paid and got back, and what was bought on account."""

    def on_card(kind: str, place: int, card: str | None, amount: int) -> None:
        rows.gift_card_entry.append((receipt.id, kind, place, card, amount, made_at, arrived_at, "", receipt.staff))

    for line in receipt.lines:
        if line.item == "gift_card" and line.net:
            on_card("issue", line.line, line.code, line.net)
    owed = 0
    for place, tender in enumerate(receipt.tenders, 1):
        if tender.kind == "gift_card" and tender.applied:
            on_card("redemption" if tender.applied > 0 else "refund", place, tender.reference, -tender.applied)
        elif tender.kind == "on_account":
            owed += tender.applied
    if owed:
        rows.debt_entry.append((receipt.id, receipt.kind, account, owed, made_at, arrived_at, "", receipt.staff))


def gift_cards(receipt: "schema.Sale | schema.Refund") -> int:
    """What of the total is gift cards bought: an advance, which becomes turnover when it is spent."""
    return sum(line.tax_base + line.tax_amount for line in receipt.lines if line.item == "gift_card")


def closing_row(closing: schema.ShiftClosing) -> Row:
    totals = closing.totals
    return (
        closing.id,
        closing.register_id,
        closing.shift,
        closing.staff,
        date.fromisoformat(closing.business_date),
        moment(closing.made_at),
        closing.z_number,
        totals.sales,
        totals.refunds,
        totals.gross,
        totals.discount,
        totals.net,
        totals.tax,
        totals.cash,
        totals.card,
        totals.cash_in,
        totals.cash_out,
        totals.expected,
        closing.counted,
        closing.difference,
        closing.reason,
        closing.unsent,
        totals.gift_card,
        totals.on_account,
    )


def drawer(document: Envelope, kind: str, amount: int, reason: str) -> Row:
    made_at = moment(document.made_at)
    return (document.id, document.register_id, document.shift, document.staff, made_at, kind, amount, reason)


def event_row(document: Document) -> Row:
    """What happened besides sales, shifts and cash: who, in which basket, about how much money, why, agreed by whom."""
    match document:
        case schema.LineChanged():
            lost = rounded((document.after - document.before) * document.price, 1_000)
            reason = f"age:{document.age_refused}" if document.age_refused else ""
            return event(document, basket=document.basket, product=document.product, amount=lost, reason=reason)
        case schema.CardChanged():
            reason = "after_pay" if document.after_pay else ""
            return event(document, basket=document.basket, account=document.account, reason=reason)
        case schema.CategoryClaimed():
            return event(document, basket=document.basket, reason=document.category)
        case schema.BasketSetAside():
            return event(document, basket=document.basket, amount=document.gross, reason=document.reason)
        case schema.Override():
            manual, changed = document.manual, document.after - document.before
            return event(
                document,
                basket=document.basket,
                product=document.product,
                amount=changed,
                reason=manual.reason,
                approver=manual.approver,
            )
        case schema.LimitPassed():
            return event(
                document,
                basket=document.basket,
                account=document.account,
                reason=document.limit,
                approver=document.approver,
            )
        case schema.DebtPayment():
            return event(document, account=document.account, amount=document.amount)
        case schema.FiscalCorrection():
            return event(document, amount=document.amount, reason=document.reason, approver=document.approver)
        case schema.DrawerOpened():
            return event(document, reason=document.reason, approver=document.approver)
        case schema.XReport():
            return event(document, amount=document.totals.expected)
        case schema.Reprint():
            return event(document, reason=document.document)
        case _:
            return event(document)


def event(
    document: Document,
    *,
    basket: str | None = None,
    product: int | None = None,
    account: str | None = None,
    amount: int | None = None,
    reason: str = "",
    approver: str | None = None,
) -> Row:
    """One row of `register_event`; a training receipt is told apart by its kind."""
    kind = f"training_{document.kind}" if isinstance(document, Receipt) else document.kind
    return (
        document.id,
        document.register_id,
        document.shift,
        document.staff,
        moment(document.made_at),
        kind,
        basket,
        product,
        account,
        amount,
        reason,
        approver,
    )
