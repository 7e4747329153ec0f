"""Rule sets as they were put in force, the names rules use, and the settings a price depends on."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base, Moment, changed_xid

FEED = {"info": {"feed": True}}


class RuleSetVersion(Base):
    """All rules of a moment as the engine's rule set, its number inside. Never edited: a change is the next number.

    From `active_from` on it holds, until the next one's. Of two with the same start the higher number holds.
    """

    __tablename__ = "rule_set"
    __table_args__ = (
        CheckConstraint("version > 0", name="version"),
        Index("ix_rule_set_active_from", "active_from", "version"),
        Index("ix_rule_set_changed_xid", "changed_xid"),
        {"info": {"append_only": True}},
    )

    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    names: Mapped[dict[str, dict[str, str]]] = mapped_column(JSONB, server_default=text("'{}'"))
    """What each rule's `name` reads in each language."""
    active_from: Mapped[datetime] = mapped_column(Moment)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[UUID | None]
    changed_xid: Mapped[int] = changed_xid()


class Tier(Base):
    """A rung of the ladder; `rank` counts from the lowest."""

    __tablename__ = "tier"
    __table_args__ = (Index("ix_tier_changed_xid", "changed_xid"), FEED)

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    names: Mapped[dict[str, str]] = mapped_column(JSONB)
    rank: Mapped[int] = mapped_column(SmallInteger, unique=True)
    changed_xid: Mapped[int] = changed_xid()


class ClientCategory(Base):
    """A kind of client: pensioner, mother with children. `claimable`: by one tap at the till, the proof seen."""

    __tablename__ = "client_category"
    __table_args__ = (Index("ix_client_category_changed_xid", "changed_xid"), FEED)

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    names: Mapped[dict[str, str]] = mapped_column(JSONB)
    claimable: Mapped[bool] = mapped_column(server_default=text("false"))
    position: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    changed_xid: Mapped[int] = changed_xid()


class PriceSettings(Base):
    """The chain's settings that a price depends on, beside those of the price list. One row.

    `cash_step` is the smallest cash amount, in minor units; caps limit the whole discount of a receipt (R4).
    """

    __tablename__ = "price_settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="one"),
        CheckConstraint("cash_step >= 1", name="cash_step"),
        CheckConstraint("cash_rounding IN ('nearest', 'down', 'up')", name="cash_rounding"),
        CheckConstraint("grace_minutes BETWEEN 0 AND 1440", name="grace_minutes"),
        CheckConstraint("cap_percent BETWEEN 0 AND 10000 AND cap_amount >= 0", name="caps"),
        CheckConstraint("min_margin BETWEEN 0 AND 9999", name="min_margin"),
        FEED,
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    price_list: Mapped[int] = mapped_column(ForeignKey("price_list.id"))
    cash_step: Mapped[int] = mapped_column(BigInteger)
    cash_rounding: Mapped[Literal["nearest", "down", "up"]] = mapped_column(String(8))
    grace_minutes: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    cap_percent: Mapped[int | None]
    cap_amount: Mapped[int | None] = mapped_column(BigInteger)
    min_margin: Mapped[int | None]
    """Basis points of the price without tax that no discount may eat into, where the cost is known."""
    changed_xid: Mapped[int] = changed_xid()
