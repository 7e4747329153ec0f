"""People who work in the shops, their sessions in the back office, and the tries of those who guess."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from pos.staff.rules import Role
from pos.storage.base import Base, Moment, changed_xid


class StaffMember(Base):
    """One person. `pin_verifier` is PBKDF2-HMAC-SHA256 of the PIN, which tills check offline."""

    __tablename__ = "staff_member"
    __table_args__ = (
        CheckConstraint("role IN ('cashier', 'manager', 'owner')", name="role"),
        Index("ix_staff_member_changed_xid", "changed_xid"),
        {"info": {"feed": True}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(String)
    language: Mapped[str] = mapped_column(server_default="en")
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    login: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    pin_salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    pin_iterations: Mapped[int | None]
    pin_verifier: Mapped[bytes | None] = mapped_column(LargeBinary)
    badge_digest: Mapped[str | None]
    changed_xid: Mapped[int] = changed_xid()


class OfficeSession(Base):
    """A signed-in browser of the back office. The cookie holds the token, the row only its SHA-256."""

    __tablename__ = "office_session"

    token_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"), index=True)
    signed_in_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class SignInTries(Base):
    """Wrong tries of one `subject`: a login from one address, or a login from anywhere."""

    __tablename__ = "sign_in_tries"

    subject: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    locked_until: Mapped[datetime | None] = mapped_column(Moment)
    last_at: Mapped[datetime] = mapped_column(Moment)
