"""Who the shop knows: accounts, their categories, cards and persons, consents, and which shop saw whom when.

Personal data lives in `person` and `account.note` alone; everything else knows an account by its id. `terms_version`
counts the changes of what a price depends on: tier, categories, tags, personal percent and prices, being blocked.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.accounts.rules import CardState, Purpose, UnknownCards
from pos.storage.base import Base, Moment, changed_xid

FEED = {"info": {"feed": True}}


class Account(Base):
    """What carries tier, categories, personal percent (basis points), points, turnover and debt.

    `personal` holds on the days that no `personal_percent` covers. `staff`: the staff member whose own account it is.
    `merged_into`: the account that took its place. `erased_at`: when a person of it was erased last; documents made
    before keep no personal part.
    """

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("personal BETWEEN 0 AND 10000", name="personal"),
        CheckConstraint("merged_into <> id", name="merged_into"),
        Index("ix_account_changed_xid", "changed_xid"),
        Index("ix_account_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        FEED,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, Identity(always=True), unique=True)
    tier: Mapped[str | None] = mapped_column(ForeignKey("tier.code"))
    personal: Mapped[int] = mapped_column(server_default=text("0"))
    terms_version: Mapped[int] = mapped_column(server_default=text("1"))
    blocked: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(500), server_default="")
    opened_at: Mapped[datetime] = mapped_column(Moment)
    opened_by: Mapped[UUID | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(String(64)), server_default=text("'{}'"))
    staff: Mapped[UUID | None] = mapped_column(unique=True)
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    erased_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_xid: Mapped[int] = changed_xid()


class AccountEvent(Base):
    """Who changed what about an account, and when. Never holds personal data: no name, phone, note or card number."""

    __tablename__ = "account_event"
    __table_args__ = (Index("ix_account_event_account", "account", "id"), {"info": {"append_only": True}})

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(String(40))
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))


class AccountCategory(Base):
    """An account's right to a category: proof seen on `proved_on` by `checked_by`, until the day before `expires_on`.

    `ended_at` is set where it was taken away sooner; rows are never removed, so that tills learn of it.
    """

    __tablename__ = "account_category"
    __table_args__ = (
        CheckConstraint("expires_on > proved_on", name="period"),
        Index("ix_account_category_changed_xid", "changed_xid"),
        Index("ix_account_category_expires_on", "expires_on", postgresql_where=text("ended_at IS NULL")),
        FEED,
    )

    account: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    category: Mapped[str] = mapped_column(ForeignKey("client_category.code"), primary_key=True)
    proved_on: Mapped[date] = mapped_column(Date)
    checked_by: Mapped[UUID | None]
    expires_on: Mapped[date | None] = mapped_column(Date)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_xid: Mapped[int] = changed_xid()


class Card(Base):
    """What is shown at the till. Tills know only `digest`: the first 16 bytes of SHA-256(card salt, number).

    `number` is there to print and to show masked, its reversed copy finds a card by its last digits. A card of a
    `batch` is blank until it is handed out; a replaced card names the one that came after it.
    """

    __tablename__ = "card"
    __table_args__ = (
        CheckConstraint("state IN ('blank', 'active', 'blocked', 'replaced')", name="state"),
        CheckConstraint("octet_length(digest) = 16", name="digest"),
        CheckConstraint("(state IN ('blank', 'active')) = (reason IS NULL)", name="reason"),
        CheckConstraint("CASE WHEN account IS NULL THEN state <> 'active' ELSE state <> 'blank' END", name="account"),
        Index("ix_card_account", "account"),
        Index(
            "ix_card_replaced_by", "replaced_by", postgresql_where=text("replaced_by IS NOT NULL")
        ),  # removing a card
        Index("ix_card_batch", "batch", "number", postgresql_where=text("batch IS NOT NULL")),
        Index("ix_card_number_reversed", "number_reversed", postgresql_ops={"number_reversed": "text_pattern_ops"}),
        Index("ix_card_changed_xid", "changed_xid"),
        FEED,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    batch: Mapped[UUID | None] = mapped_column(ForeignKey("card_batch.id"))
    number: Mapped[str] = mapped_column(String(40), unique=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    state: Mapped[CardState] = mapped_column(String(16), server_default="active")
    reason: Mapped[str | None] = mapped_column(String(200))
    replaced_by: Mapped[UUID | None] = mapped_column(ForeignKey("card.id"))
    issued_at: Mapped[datetime] = mapped_column(Moment)
    """When it was handed out; of a blank card, when it was made."""
    number_reversed: Mapped[str] = mapped_column(String(40), Computed("reverse(number)", persisted=True))
    changed_xid: Mapped[int] = changed_xid()


class CardBatch(Base):
    """Cards printed in advance and handed out before anyone fills in a form."""

    __tablename__ = "card_batch"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    count: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[UUID | None]


class Person(Base):
    """Whom an account belongs to. Deleted when erased: nothing else holds what stands here.

    `phone` is E.164 ("+374..."); the reversed copy finds a phone by its last digits. Names are searched by their
    beginning in `family_key` and `given_key`: one spelling for all scripts (`fold_name`), in code point order.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(r"phone ~ '^\+[1-9][0-9]{5,14}$'", name="phone"),
        Index("ix_person_account", "account"),
        Index("ix_person_phone", "phone", postgresql_ops={"phone": "text_pattern_ops"}),
        Index("ix_person_phone_reversed", "phone_reversed", postgresql_ops={"phone_reversed": "text_pattern_ops"}),
        Index("ix_person_family", "family_key", "given_key", "id"),
        Index("ix_person_given", "given_key", "id"),
        Index("ix_person_changed_xid", "changed_xid"),
        FEED,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    given: Mapped[str] = mapped_column(String(100))
    family: Mapped[str] = mapped_column(String(100), server_default="")
    phone: Mapped[str | None] = mapped_column(String(16))
    born_on: Mapped[date | None] = mapped_column(Date)
    language: Mapped[str] = mapped_column(String(2), server_default="hy")
    phone_reversed: Mapped[str | None] = mapped_column(String(16), Computed("reverse(phone)", persisted=True))
    family_key: Mapped[str] = mapped_column(String(300, collation="C"), Computed("fold_name(family)", persisted=True))
    given_key: Mapped[str] = mapped_column(String(300, collation="C"), Computed("fold_name(given)", persisted=True))
    changed_xid: Mapped[int] = changed_xid()


class Consent(Base):
    """One thing a person allowed or took back: which purpose, which text, how, before whom, when.

    The last row of a person and purpose says what holds. It names the person by id only, so it outlives erasure.
    """

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("purpose IN ('data', 'sms', 'email')", name="purpose"),
        Index("ix_consent_person", "person", "purpose", "id"),
        {"info": {"append_only": True}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person: Mapped[UUID]
    account: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    purpose: Mapped[Purpose] = mapped_column(String(8))
    given: Mapped[bool]
    text_version: Mapped[str] = mapped_column(String(40))
    how: Mapped[str] = mapped_column(String(40))
    taken_by: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(Moment)


class Visit(Base):
    """The day an outlet last saw an account, kept to within 30 days: which tills hold its terms."""

    __tablename__ = "account_visit"
    __table_args__ = (
        Index("ix_account_visit_day", "outlet", "last_on"),
        Index("ix_account_visit_account", "account"),
        Index("ix_account_visit_changed_xid", "changed_xid"),
        FEED,
    )

    outlet: Mapped[UUID] = mapped_column(primary_key=True)
    account: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    last_on: Mapped[date] = mapped_column(Date)
    changed_xid: Mapped[int] = changed_xid()


class CardScheme(Base):
    """How this chain's card numbers look, and the salt of their digests. One row; the salt never changes.

    `unknown_cards` says what becomes of a number of this form that is in no batch: `refuse`, or `open` an account.
    """

    __tablename__ = "card_scheme"
    __table_args__ = (
        CheckConstraint("id = 1", name="one"),
        CheckConstraint("prefix ~ '^[0-9]{1,8}$' AND length BETWEEN 12 AND 19", name="form"),
        CheckConstraint("unknown_cards IN ('refuse', 'open')", name="unknown_cards"),
        FEED,
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    prefix: Mapped[str] = mapped_column(String(8))
    length: Mapped[int]
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    unknown_cards: Mapped[UnknownCards] = mapped_column(String(8), server_default="refuse")
    changed_xid: Mapped[int] = changed_xid()
