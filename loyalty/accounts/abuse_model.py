"""Limits against the misuse of cards: what tills count, and what they do about it."""

from typing import Literal, TypeAlias

from sqlalchemy import BigInteger, CheckConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base, changed_xid

Mode: TypeAlias = Literal["off", "flag", "pin"]
"""Not watched; marked on the receipt; a manager's PIN is needed."""


class AbuseLimits(Base):
    """One row. Receipts and sum (minor units) of one account on one day, minutes between two of its receipts.

    `own_card`: the cashier's own account; `staff_card`: any staff member's; `after_pay`: a card that came after the
    total was shown.
    """

    __tablename__ = "abuse_limits"
    __table_args__ = (
        CheckConstraint("id = 1", name="one"),
        *(
            CheckConstraint(f"{name} IN ('off', 'flag', 'pin')", name=name)
            for name in ("receipts_mode", "sum_mode", "interval_mode", "own_card", "staff_card", "after_pay")
        ),
        CheckConstraint("receipts > 0 AND sum > 0 AND interval_minutes BETWEEN 1 AND 1440", name="amounts"),
        {"info": {"feed": True}},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    receipts: Mapped[int | None] = mapped_column(Integer)
    receipts_mode: Mapped[Mode] = mapped_column(String(4), server_default="off")
    sum: Mapped[int | None] = mapped_column(BigInteger)
    sum_mode: Mapped[Mode] = mapped_column(String(4), server_default="off")
    interval_minutes: Mapped[int | None] = mapped_column(Integer)
    interval_mode: Mapped[Mode] = mapped_column(String(4), server_default="off")
    own_card: Mapped[Mode] = mapped_column(String(4), server_default="flag")
    staff_card: Mapped[Mode] = mapped_column(String(4), server_default="off")
    after_pay: Mapped[Mode] = mapped_column(String(4), server_default="flag")
    changed_xid: Mapped[int] = changed_xid()
