"""What every document is made of: whole numbers within bounds, ids, moments, and the envelope around each."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pos.core.money import MAX_AMOUNT

Amount = Annotated[int, Field(strict=True, ge=-MAX_AMOUNT, le=MAX_AMOUNT)]
Count = Annotated[int, Field(strict=True, ge=0, le=MAX_AMOUNT)]
Number = Annotated[int, Field(strict=True, ge=1, le=2_147_483_647)]
"""A product's number, a line's place, an epoch: whole and positive, within four bytes."""
Years = Annotated[int, Field(strict=True, ge=1, le=120)]
BasisPoints = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", max_length=64)]
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")]
Text = Annotated[str, Field(max_length=500)]
ID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
Id = Annotated[str, Field(pattern=ID, min_length=36, max_length=36)]
"""A UUID in its one accepted spelling: lower-case hex with hyphens. Kept as text, which drivers take as it is."""
LocalDate = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", max_length=10)]
GENESIS = "0" * 64
"""`prev` of the first document of an epoch."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LocalTime(Part):
    """The shop's own wall clock: what rules are judged by."""

    date: LocalDate
    minute: Annotated[int, Field(strict=True, ge=0, le=1439)]
    weekday: Annotated[int, Field(strict=True, ge=1, le=7)]


class Envelope(Part):
    """What every document carries. `seq` counts the register's documents within the epoch from 1, without gaps."""

    schema_version: Annotated[int, Field(alias="schema", strict=True, ge=1, le=1)]
    id: Id
    register_id: Annotated[Id, Field(alias="register")]
    epoch: Number
    seq: Number
    prev: Digest
    made_at: Count
    """Corrected by the offset last learnt from the server."""
    device_at: Count
    """What the device's own clock said."""
    app: Code
    """Version of the till program."""
    staff: Id
    shift: Id | None
