"""The base of every table, and the column types that have one meaning everywhere."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import UserDefinedType

Moment = DateTime(timezone=True)
"""A point in time, `timestamptz`; always aware and in UTC in Python."""


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id: it only rises, and comes to Python as an int."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


class Base(DeclarativeBase):
    """Amounts, quantities and counts are BIGINT, text has no length limit, times are `timestamptz`."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        int: BigInteger,
        str: Text,
        UUID: PgUUID(as_uuid=True),
        datetime: Moment,
        dict[str, str]: JSONB,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }
