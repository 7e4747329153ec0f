"""The rows that a document turns into, in every table: one pure function, used by recording and by the check of it.

A row is a plain tuple in the order of its table's columns. Nothing here reads a database; what is not in the bytes
(the outlet of the register, the time of arrival) is told.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Table

from loyalty.points.model import PointsEntry
from loyalty.turnover.model import TurnoverEntry
from pos.core.money import rounded
from pos.documents import schema
from pos.documents.schema import Document, Receipt
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


def no_rows() -> Rows:
    return Rows([], [], [], [], [], [], [], [], [], [], [])


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
    for place, tender in enumerate(receipt.tenders, 1):
        rows.tender.append(
            (sale_id, place, tender.kind, tender.received, tender.applied, tender.change, tender.reference)
        )
    if account:
        charged = totals.total - totals.cash_rounding
        rows.turnover_entry.append((sale_id, account, receipt.kind, charged, made_at, arrived_at))
        if receipt.points.earned:
            rows.points_entry.append((sale_id, "accrual", account, receipt.points.earned, made_at, arrived_at))
        if receipt.points.spent:
            rows.points_entry.append((sale_id, "redemption", account, -receipt.points.spent, made_at, arrived_at))


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
    )


def drawer(document: schema.Envelope, kind: str, amount: int, reason: str) -> Row:
    made_at = moment(document.made_at)
    return (document.id, document.register_id, document.shift, document.staff, made_at, kind, amount, reason)


def event_row(document: Document) -> Row:
    """What happened besides sales, shifts and cash: who, in which basket, about how much money, why, agreed by whom."""
    match document:
        case schema.LineChanged():
            lost = rounded((document.after - document.before) * document.price, 1_000)
            return event(document, basket=document.basket, product=document.product, amount=lost)
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
