"""The points ledger. An account's points are the sum of its entries."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base


class PointsEntry(Base):
    """One signed change of an account's points. `accrual` adds in a sale and takes back in a refund."""

    __tablename__ = "points_entry"
    __table_args__ = (
        Index("ix_points_entry_account_id_occurred_at", "account_id", "occurred_at"),  # balance, history
        {"info": {"append_only": True}},
    )

    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    amount: Mapped[int]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
