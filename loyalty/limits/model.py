"""What rules with limits took: the ledger of their uses, and what of it tills are told."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base, changed_xid


class RuleUse(Base):
    """What one receipt took of a rule's limits: times, money (minor units), pieces (thousandths); negative gives back.

    `kind` is `sale`, `refund`, or `release`: what was still taken of a sale when all of it had come back. `sale_id` is
    the sale that a row belongs to, where it is one.
    """

    __tablename__ = "rule_use"
    __table_args__ = (
        Index(
            "ix_rule_use_rule_recorded_at", "rule", "recorded_at", postgresql_include=["times", "sum", "pieces"]
        ),  # what is left of a budget
        Index(
            "ix_rule_use_account_id_rule",
            "account_id",
            "rule",
            "business_date",
            postgresql_where=text("account_id IS NOT NULL"),
        ),  # what is left for an account
        Index("ix_rule_use_sale_id", "sale_id"),  # given back once the sale is fully returned
        {"info": {"append_only": True}},
    )

    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    rule_set: Mapped[int]
    account_id: Mapped[UUID | None]
    sale_id: Mapped[UUID | None]
    times: Mapped[int]
    sum: Mapped[int]
    pieces: Mapped[int]
    business_date: Mapped[date]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class RuleLeft(Base):
    """The row that is locked before anything is promised of a rule, and what tills are told is used of it.

    `closed_...` are the sums of all uses recorded before `closed_until`, a day that no transaction is open for any more:
    what is used now is they and the uses since. `times`, `sum`, `pieces` are what the worker saw last.
    """

    __tablename__ = "rule_left"
    __table_args__ = (Index("ix_rule_left_changed_xid", "changed_xid"), {"info": {"feed": True}})

    rule: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int] = mapped_column(server_default=text("0"))
    sum: Mapped[int] = mapped_column(server_default=text("0"))
    pieces: Mapped[int] = mapped_column(server_default=text("0"))
    closed_times: Mapped[int] = mapped_column(server_default=text("0"))
    closed_sum: Mapped[int] = mapped_column(server_default=text("0"))
    closed_pieces: Mapped[int] = mapped_column(server_default=text("0"))
    closed_until: Mapped[datetime] = mapped_column(server_default=text("'1970-01-01 00:00:00+00'"))
    changed_xid: Mapped[int] = changed_xid()


class AccountUse(Base):
    """Says that what an account has used of rules changed, so that its row comes to tills again."""

    __tablename__ = "account_use"
    __table_args__ = (Index("ix_account_use_changed_xid", "changed_xid"), {"info": {"feed": True}})

    account: Mapped[UUID] = mapped_column(primary_key=True)
    changed_xid: Mapped[int] = changed_xid()
