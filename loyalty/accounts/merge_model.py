"""Which accounts became one, what was moved for it, and which entries of ledgers stand for it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base, Moment


class AccountMerge(Base):
    """One merge. `moved` names what went over by ids and codes, so that undoing it restores exactly that."""

    __tablename__ = "account_merge"
    __table_args__ = (
        CheckConstraint("from_account <> into_account", name="two"),
        Index("ix_account_merge_from_account", "from_account"),
        Index("ix_account_merge_into_account", "into_account"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    from_account: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    into_account: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    moved: Mapped[dict[str, Any]] = mapped_column(JSONB)
    merged_at: Mapped[datetime] = mapped_column(Moment)
    merged_by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[UUID | None]


class MergeEntry(Base):
    """An entry of the turnover ledger (`source_id`) that a merge wrote, or its undoing."""

    __tablename__ = "merge_entry"
    __table_args__ = (Index("ix_merge_entry_merge", "merge"), {"info": {"append_only": True}})

    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    merge: Mapped[UUID] = mapped_column(ForeignKey("account_merge.id"))
