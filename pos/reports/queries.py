"""What the owner reads: a day's figures, the list of sales, one receipt. Each figure has one definition, here.

Takings are `total`: what the tenders add up to, refunds subtracted, cash rounding included. The average is takings over
sales, rounded to the minor unit. Discounts are what came off list prices, refunds subtracted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Integer, cast, extract, func, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from pos.core.money import rounded
from pos.registers.model import Outlet, Register
from pos.reports.errors import ReceiptNotFound
from pos.sales.model import LineDiscount, Sale, SaleLine, Tender
from pos.shifts.model import RegisterEvent, ShiftOpening
from pos.staff.model import StaffMember


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One business date over all outlets, amounts in minor units."""

    takings: int
    sales: int
    refunds: int
    average: int
    gross: int
    discount: int
    tax: int

    @property
    def discount_share(self) -> int:
        """Discounts in list prices, basis points; 0 where nothing was sold."""
        return rounded(self.discount * 10_000, self.gross) if self.gross > 0 else 0


@dataclass(frozen=True, slots=True)
class RuleDiscount:
    """What one rule took off in the period, in how many receipts."""

    rule: str
    source: str
    amount: int
    receipts: int


@dataclass(frozen=True, slots=True)
class HourTakings:
    hour: int
    takings: int


@dataclass(frozen=True, slots=True)
class TenderSum:
    kind: str
    amount: int


@dataclass(frozen=True, slots=True)
class SaleRow:
    """A sale or refund in a list. `zone` is the outlet's, to show `made_at` by."""

    id: UUID
    kind: str
    receipt: str
    made_at: datetime
    zone: str
    register: str
    staff: str
    account_id: UUID | None
    gross: int
    discount: int
    total: int


@dataclass(frozen=True, slots=True)
class DiscountShare:
    rule: str
    source: str
    amount: int


@dataclass(frozen=True, slots=True)
class LineRow:
    line: int
    product: int
    name: str
    quantity: int
    price: int
    gross: int
    net: int
    tax_rate: int
    tax_amount: int
    discounts: tuple[DiscountShare, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything about one sale or refund that its document says."""

    head: SaleRow
    outlet: str
    rule_set: int
    net: int
    tax: int
    cash_rounding: int
    reason: str | None
    approver: str | None
    lines: tuple[LineRow, ...]
    tenders: tuple[TenderSum, ...]
    refunds: tuple[SaleRow, ...]


async def latest_business_date(session: AsyncSession) -> date | None:
    """The newest business date that has a sale."""
    return await session.scalar(select(func.max(Sale.business_date)))


async def day_figures(session: AsyncSession, day: date) -> DayFigures:
    """The figures of one business date; zeros where nothing was sold."""
    query = select(
        func.coalesce(func.sum(Sale.total), 0),
        func.count().filter(Sale.kind == "sale"),
        func.count().filter(Sale.kind == "refund"),
        func.coalesce(func.sum(Sale.gross), 0),
        func.coalesce(func.sum(Sale.discount), 0),
        func.coalesce(func.sum(Sale.tax), 0),
    ).where(Sale.business_date == day)
    takings, sales, refunds, gross, discount, tax = (await session.execute(query)).one()
    average = rounded(int(takings), sales) if sales else 0
    return DayFigures(int(takings), sales, refunds, average, int(gross), int(discount), int(tax))


async def discounts_by_rule(session: AsyncSession, day: date) -> list[RuleDiscount]:
    """What each rule took off on one business date, the largest first."""
    amount = func.sum(LineDiscount.amount)
    query = (
        select(LineDiscount.rule, LineDiscount.source, amount, func.count(LineDiscount.sale_id.distinct()))
        .join(Sale, Sale.id == LineDiscount.sale_id)
        .where(Sale.business_date == day)
        .group_by(LineDiscount.rule, LineDiscount.source)
        .order_by(amount.desc(), LineDiscount.rule)
    )
    return [
        RuleDiscount(rule, source, int(total), count) for rule, source, total, count in await session.execute(query)
    ]


async def takings_by_hour(session: AsyncSession, day: date) -> list[HourTakings]:
    """Takings by the hour of each outlet's own clock, hours without any left out."""
    hour = cast(extract("hour", func.timezone(Outlet.zone, Sale.made_at)), Integer)
    query = (
        select(hour, func.sum(Sale.total))
        .join(Outlet, Outlet.id == Sale.outlet_id)
        .where(Sale.business_date == day)
        .group_by(hour)
        .order_by(hour)
    )
    return [HourTakings(at, int(total)) for at, total in await session.execute(query)]


async def takings_by_tender(session: AsyncSession, day: date) -> list[TenderSum]:
    """What was applied by each kind of tender on one business date, debts paid included: the sums of that day's Z reports."""
    sold = select(Tender.kind, Tender.applied).join(Sale, Sale.id == Tender.sale_id).where(Sale.business_date == day)
    shifts = select(ShiftOpening.shift_id).where(ShiftOpening.business_date == day)
    debts = (
        select(Tender.kind, Tender.applied)
        .join(RegisterEvent, RegisterEvent.id == Tender.sale_id)
        .where(RegisterEvent.kind == "debt_payment", RegisterEvent.shift_id.in_(shifts))
        .where(RegisterEvent.made_at >= _about(day, -2), RegisterEvent.made_at < _about(day, 3))
    )
    paid = union_all(sold, debts).subquery()
    query = select(paid.c.kind, func.sum(paid.c.applied)).group_by(paid.c.kind).order_by(paid.c.kind)
    return [TenderSum(kind, int(total)) for kind, total in await session.execute(query)]


async def sale_list(
    session: AsyncSession,
    *,
    day: date | None = None,
    first: date | None = None,
    last: date | None = None,
    outlet: UUID | None = None,
    staff: UUID | None = None,
    receipt: str = "",
    rule: str = "",
    accounts: Sequence[UUID] | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[SaleRow]:
    """Sales and refunds of these accounts, the newest first; `after` is the last row of the page before, `last` a last day."""
    query = sale_rows().order_by(Sale.made_at.desc(), Sale.id.desc()).limit(limit)
    if day is not None:
        query = query.where(Sale.business_date == day)
    if first is not None:
        query = query.where(Sale.business_date >= first, Sale.made_at >= _about(first, -2))
    if last is not None:
        query = query.where(Sale.business_date <= last, Sale.made_at < _about(last, 3))
    for column, wanted in ((Sale.outlet_id, outlet), (Sale.staff_id, staff)):
        if wanted is not None:
            query = query.where(column == wanted)
    if receipt:
        query = query.where(Sale.receipt.startswith(receipt.strip().upper(), autoescape=True))
    if rule:
        query = query.where(Sale.id.in_(select(LineDiscount.sale_id).where(LineDiscount.rule == rule)))
    if accounts is not None:
        query = query.where(Sale.account_id.in_(accounts))
    if after is not None:
        query = query.where(tuple_(Sale.made_at, Sale.id) < after)
    return [SaleRow(*row) for row in await session.execute(query)]


def _about(day: date, days: int) -> datetime:
    """A moment surely before or after all sales of a business date, so that the index by time serves."""
    return datetime.combine(day, datetime.min.time(), UTC) + timedelta(days=days)


async def receipt_of(session: AsyncSession, sale_id: UUID) -> Receipt:
    """One receipt with its lines, discounts, tenders and what was given back of it. Raises `ReceiptNotFound`."""
    head = (await session.execute(sale_rows().where(Sale.id == sale_id))).one_or_none()
    if head is None:
        raise ReceiptNotFound(id=str(sale_id))
    sale, outlet, approver = (
        await session.execute(
            select(Sale, Outlet.name, StaffMember.name)
            .join(Outlet, Outlet.id == Sale.outlet_id)
            .outerjoin(StaffMember, StaffMember.id == Sale.approver_id)
            .where(Sale.id == sale_id)
        )
    ).one()
    lines = await session.scalars(select(SaleLine).where(SaleLine.sale_id == sale_id).order_by(SaleLine.line))
    shares = await session.scalars(
        select(LineDiscount).where(LineDiscount.sale_id == sale_id).order_by(LineDiscount.line, LineDiscount.place)
    )
    tenders = await session.execute(
        select(Tender.kind, Tender.applied).where(Tender.sale_id == sale_id).order_by(Tender.place)
    )
    refunds = await session.execute(
        sale_rows()
        .where(Sale.id.in_(select(SaleLine.sale_id).where(SaleLine.origin_id == sale_id)))
        .order_by(Sale.made_at)
    )
    return Receipt(
        head=SaleRow(*head),
        outlet=outlet,
        rule_set=sale.rule_set,
        net=sale.net,
        tax=sale.tax,
        cash_rounding=sale.cash_rounding,
        reason=sale.reason,
        approver=approver,
        lines=tuple(line_rows(lines.all(), shares.all())),
        tenders=tuple(TenderSum(kind, applied) for kind, applied in tenders),
        refunds=tuple(SaleRow(*row) for row in refunds),
    )


def line_rows(lines: Sequence[SaleLine], shares: Sequence[LineDiscount]) -> list[LineRow]:
    """Lines with the discounts that belong to each."""
    return [
        LineRow(
            line=line.line,
            product=line.product,
            name=line.name,
            quantity=line.quantity,
            price=line.price,
            gross=line.gross,
            net=line.net,
            tax_rate=line.tax_rate,
            tax_amount=line.tax_amount,
            discounts=tuple(
                DiscountShare(share.rule, share.source, share.amount) for share in shares if share.line == line.line
            ),
        )
        for line in lines
    ]


def sale_rows():
    """The columns of `SaleRow`, joined."""
    return (
        select(
            Sale.id,
            Sale.kind,
            Sale.receipt,
            Sale.made_at,
            Outlet.zone,
            func.coalesce(Register.name, ""),
            func.coalesce(StaffMember.name, ""),
            Sale.account_id,
            Sale.gross,
            Sale.discount,
            Sale.total,
        )
        .join(Outlet, Outlet.id == Sale.outlet_id)
        .outerjoin(Register, Register.id == Sale.register_id)
        .outerjoin(StaffMember, StaffMember.id == Sale.staff_id)
    )
