"""The stock ledger. What is on hand is the sum of its movements; a wrong one is countered by another."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base


class StockMovement(Base):
    """One signed change of one product at one outlet, in thousandths of its unit; `source_id` is what caused it."""

    __tablename__ = "stock_movement"
    __table_args__ = {"info": {"append_only": True}}  # noqa: RUF012

    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True)
    outlet_id: Mapped[UUID]
    product: Mapped[int] = mapped_column(Integer)
    quantity: Mapped[int]
    reason: Mapped[str]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
