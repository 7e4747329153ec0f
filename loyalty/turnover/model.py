"""The turnover ledger: what an account has bought. Tiers are climbed by its sums."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base


class TurnoverEntry(Base):
    """One signed change of an account's turnover: `opening`, `sale`, `refund`, `correction` or of a merge.

    A sale counts with what was charged, tax included, before cash rounding; gift cards bought do not count.
    """

    __tablename__ = "turnover_entry"
    __table_args__ = (
        Index("ix_turnover_entry_account_id_occurred_at", "account_id", "occurred_at"),  # sums over a window
        {"info": {"append_only": True}},
    )

    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    kind: Mapped[str]
    amount: Mapped[int]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
