"""Where tills stand in the change feed, and what they are told of the shop beside the catalogue."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Identity, Integer, SmallInteger, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base, Moment, changed_xid


class DatabaseEpoch(Base):
    """One life of this database. A restore begins a new one, with a new `token`, and every till takes a full copy."""

    __tablename__ = "database_epoch"
    __table_args__ = ({"info": {"append_only": True}},)

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    token: Mapped[str] = mapped_column(String(16), unique=True)
    reason: Mapped[str] = mapped_column(String(40))
    began_at: Mapped[datetime] = mapped_column(Moment)


class TillSettings(Base):
    """What every till of the chain is told, the same in all outlets. One row.

    After `stale_hours` without the server a manager must agree to go on; `blind_close` hides the cash expected in
    the drawer until it is counted.
    """

    __tablename__ = "till_settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="one"),
        CheckConstraint("stale_hours BETWEEN 1 AND 8760", name="stale_hours"),
        {"info": {"feed": True}},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    languages: Mapped[list[str]] = mapped_column(ARRAY(String(2)))
    float_count: Mapped[bool] = mapped_column(server_default=text("false"))
    blind_close: Mapped[bool] = mapped_column(server_default=text("false"))
    stale_hours: Mapped[int] = mapped_column(SmallInteger, server_default=text("72"))
    changed_xid: Mapped[int] = changed_xid()
