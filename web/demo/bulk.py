"""Many rows into one table by one statement, inside the caller's transaction."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession


async def add_rows(session: AsyncSession, model: type, rows: Sequence[dict[str, Any]]) -> None:
    """Insert `rows`, in their order, all with the same columns; whatever has no JSON form is written as text."""
    if not rows:
        return
    table = model.__table__  # pyright: ignore[reportAttributeAccessIssue]  # set by the declarative base
    assert isinstance(table, Table)
    names = list(rows[0])
    types = [table.columns[name].type.compile(postgresql.dialect()) for name in names]
    typed = ", ".join(f"{name} {type_}" for name, type_ in zip(names, types, strict=True))
    columns = ", ".join(names)
    statement = (
        f"INSERT INTO {table.name} ({columns}) SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) r ({typed})"  # noqa: S608  # our own names
    )
    await session.execute(text(statement), {"rows": json.dumps(rows, default=_plain, ensure_ascii=False)})


def _plain(value: object) -> str:
    return "\\x" + value.hex() if isinstance(value, bytes) else str(value)
