"""The draft of the next rule set. There is one open draft at a time; closed ones stay, saying what became of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base, Moment


class RuleDraft(Base):
    """A rule set not yet in force: its `body` is the engine's form without `schema` and `version`.

    `based_on` is the version it was begun from, `seen` the newest version there was when its author last looked: a
    newer one means that somebody published meanwhile. `published` is the version it became, if it did.
    """

    __tablename__ = "rule_draft"
    __table_args__ = (
        Index(
            "ix_rule_draft_open",
            "closed_at",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    names: Mapped[dict[str, dict[str, str]]] = mapped_column(JSONB, server_default=text("'{}'"))
    based_on: Mapped[int] = mapped_column(ForeignKey("rule_set.version"))
    seen: Mapped[int]
    by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    published: Mapped[int | None]
