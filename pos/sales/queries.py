"""What a till asks about a receipt that it did not make itself."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from pos.documents.errors import ReceiptNotFound
from pos.documents.model import Document
from pos.sales.model import Sale, SaleLine, Tender


@dataclass(frozen=True, slots=True)
class RefundedLine:
    """What was given back of one sold line so far; amounts are positive."""

    line: int
    quantity: int
    gross: int
    net: int
    tax_base: int
    tax_amount: int


@dataclass(frozen=True, slots=True)
class PaidBack:
    """What went back by one kind of tender so far, in all; `reference` names a gift card. Positive."""

    kind: str
    reference: str | None
    amount: int


@dataclass(frozen=True, slots=True)
class SoldReceipt:
    """A sale's exact bytes, what was already refunded of it, by which tenders, and which documents did it."""

    body: bytes
    refunded: list[RefundedLine]
    tenders: list[PaidBack]
    refunds: list[UUID]


async def sold_receipt(session: AsyncSession, receipt: str) -> SoldReceipt:
    """The sale printed as `receipt` (prefix-epoch-number). Raises `ReceiptNotFound`, for a bare sale too: it has no bytes."""
    query = select(Sale.id, Document.body).join(Document, Document.id == Sale.id)
    row = (
        await session.execute(query.where(Sale.receipt == receipt, Sale.kind == "sale", Document.body != b""))
    ).first()
    if row is None:
        raise ReceiptNotFound(receipt=receipt)
    sums = [func.sum(column) for column in (SaleLine.quantity, SaleLine.gross, SaleLine.net)]
    taxes = [func.sum(column) for column in (SaleLine.tax_base, SaleLine.tax_amount)]
    given_back = (
        select(SaleLine.origin_line, *sums, *taxes)
        .where(SaleLine.origin_id == row.id)
        .group_by(SaleLine.origin_line)
        .order_by(SaleLine.origin_line)
    )
    lines = [
        RefundedLine(line or 0, *(-int(amount) for amount in amounts))
        for line, *amounts in await session.execute(given_back)
    ]
    refunds = list(
        await session.scalars(
            select(SaleLine.sale_id).where(SaleLine.origin_id == row.id).distinct().order_by(SaleLine.sale_id)
        )
    )
    return SoldReceipt(row.body, lines, await _paid_back(session, refunds), refunds)


async def _paid_back(session: AsyncSession, refunds: list[UUID]) -> list[PaidBack]:
    """By kind, gift cards each for itself. Cash is as given, after rounding."""
    named = case((Tender.kind == "gift_card", Tender.reference))
    query = (
        select(Tender.kind, named.label("reference"), func.sum(Tender.applied))
        .where(Tender.sale_id.in_(refunds))
        .group_by(Tender.kind, named)
        .order_by(Tender.kind, named)
    )
    return [PaidBack(kind, reference, -int(amount)) for kind, reference, amount in await session.execute(query)]
