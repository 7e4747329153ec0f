"""Sales on account: who may owe how much, and the ledger of what is owed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base, changed_xid


class DebtAccount(Base):
    """An account that may buy on account; the row that is locked before more is promised to it.

    `most` is what it may owe in minor units, `due_days` when a sale is to be paid. `owed` is what the worker saw last:
    tills are told it; what is owed now is the sum of the ledger.
    """

    __tablename__ = "debt_account"
    __table_args__ = (
        CheckConstraint("most >= 0", name="most"),
        CheckConstraint("due_days BETWEEN 0 AND 3650", name="due_days"),
        Index("ix_debt_account_changed_xid", "changed_xid"),
        {"info": {"feed": True}},
    )

    account: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    most: Mapped[int] = mapped_column(server_default=text("0"))
    due_days: Mapped[int] = mapped_column(Integer, server_default=text("30"))
    owed: Mapped[int] = mapped_column(server_default=text("0"))
    changed_xid: Mapped[int] = changed_xid()


class DebtEntry(Base):
    """One signed change of what an account owes: more where positive.

    From documents: `sale`, `refund`, `payment`. From people: `opening`, `correction`, with a reason.
    """

    __tablename__ = "debt_entry"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_debt_entry_account_id", "account_id", "occurred_at"),
        {"info": {"append_only": True}},
    )

    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    account_id: Mapped[UUID]
    amount: Mapped[int]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    reason: Mapped[str]
    staff_id: Mapped[UUID | None]
