"""An import from its file to what it wrote: personal data is wiped from its rows as soon as it stands where it belongs."""

from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from pos.storage.base import Base, Moment, Xid8

State: TypeAlias = Literal[
    "reading", "checking", "checked", "refused", "writing", "written", "undoing", "undone", "forgotten"
]
RowState: TypeAlias = Literal["above", "read", "good", "bad", "written", "undone", "stays"]
STATES = "'reading', 'checking', 'checked', 'refused', 'writing', 'written', 'undoing', 'undone', 'forgotten'"
ROW_STATES = "'above', 'read', 'good', 'bad', 'written', 'undone', 'stays'"


class AccountImport(Base):
    """One file and how far it is. `done` counts rows of the state it is in, out of `total`; `run` its dry runs.

    `layout` is `loyalty.imports.forms`; `problem` is why a file was refused, an error's code with its `problem_fields`.
    """

    __tablename__ = "account_import"
    __table_args__ = (
        CheckConstraint(f"state IN ({STATES})", name="state"),
        Index("ix_account_import_made_at", "made_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[State] = mapped_column(String(16), server_default="reading")
    layout: Mapped[dict[str, Any] | None]
    run: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    total: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    done: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    problem: Mapped[str | None] = mapped_column(String(64))
    problem_fields: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[UUID | None]
    changed_at: Mapped[datetime] = mapped_column(Moment)


class AccountImportFile(Base):
    """The bytes of a file until its rows are read."""

    __tablename__ = "account_import_file"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("account_import.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class AccountImportRow(Base):
    """One row: its cells, what would be written (`draft`) or why not (`problems`), then what was written (`made`, ids alone).

    `made_xid` is the transaction that wrote it: a person or card that names another one was changed since.
    """

    __tablename__ = "account_import_row"
    __table_args__ = (
        CheckConstraint(f"state IN ({ROW_STATES})", name="state"),
        Index("ix_account_import_row_state", "import_id", "state", "line"),
    )

    import_id: Mapped[UUID] = mapped_column(ForeignKey("account_import.id"), primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[RowState] = mapped_column(String(8), server_default="read")
    cells: Mapped[list[Any]]
    draft: Mapped[dict[str, Any] | None]
    problems: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    made: Mapped[dict[str, Any] | None]
    made_xid: Mapped[int | None] = mapped_column(Xid8)
