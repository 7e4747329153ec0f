"""What every table shares: names of constraints, column types, the base of the models."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    FetchedValue,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from pos.core.money import checked

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class _Whole(TypeDecorator[int]):
    """A BIGINT within +-(2^53 - 1), what JSON and JavaScript carry exactly. Raises `AmountTooLarge` beyond."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        return None if value is None else checked(value)


class AmountColumn(_Whole):
    """Minor units of one currency."""

    cache_ok = True


class QuantityColumn(_Whole):
    """Thousandths of a unit."""

    cache_ok = True


class AwareDateTime(TypeDecorator[datetime]):
    """`timestamptz`. Raises `ValueError` for a time that does not say its zone: it would be stored as another time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value}")
        return value


Amount = Annotated[int, mapped_column(AmountColumn)]
"""A column of minor units."""
Quantity = Annotated[int, mapped_column(QuantityColumn)]
"""A column of thousandths of a unit."""


Moment = AwareDateTime()
"""The type of a column that holds a point in time."""


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id: it only rises, and comes to Python as an int."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


class Base(DeclarativeBase):
    """Base of every model. Plain `int` is BIGINT, `datetime` is timestamptz, `dict` and `list` are JSONB."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger,
        str: Text,
        bytes: LargeBinary,
        datetime: AwareDateTime,
        UUID: Uuid,
        dict[str, str]: JSONB,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


def changed_xid() -> Mapped[int]:
    """The transaction that wrote a row last: where it stands in the change feed."""
    return mapped_column(Xid8, server_default=text("pg_current_xact_id()"), server_onupdate=FetchedValue())
