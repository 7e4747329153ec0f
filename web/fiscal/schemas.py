"""A fiscal record as a till brings it. Money in minor units, times in milliseconds since 1970 UTC."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pos.core.money import MAX_AMOUNT
from pos.fiscal.rules import Counters
from pos.fiscal.service import Fact

Whole = Annotated[int, Field(strict=True, ge=0, le=MAX_AMOUNT)]
Signed = Annotated[int, Field(strict=True, ge=-MAX_AMOUNT, le=MAX_AMOUNT)]
Short = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Long = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9_.-]+$")]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = 253_402_300_799_999
"""The last millisecond of the year 9999."""


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CountersBody(Body):
    """Sums of one shift: pieces of paper, and minor units."""

    sales: Whole
    sales_sum: Signed
    returns: Whole
    returns_sum: Signed
    cash_in: Signed
    cash_out: Signed

    def counters(self) -> Counters:
        return Counters(**self.model_dump())


class DeviceBody(Body):
    """What the register itself said of a document; `at` is its own word for the time."""

    number: Whole | None = None
    shift: Whole | None = None
    at: Short | None = None
    device: Short | None = None
    storage: Short | None = None
    sign: Short | None = None
    qr: Annotated[str, Field(max_length=700, pattern=r"^[^\x00]*$")] | None = None
    url: Long | None = None


class CountsBody(Body):
    """At Z: the register's own sums beside those of the till's registered facts."""

    device: CountersBody
    till: CountersBody


class FiscalRecordBody(Body):
    """What became known about registering a document. `attempt` is the device agent's job."""

    document: UUID
    place: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
    attempt: UUID | None = None
    kind: Literal["receipt", "correction", "cash_in", "cash_out", "open_shift", "z_report"]
    state: Literal["none", "pending", "registered", "uncertain", "refused"]
    cause: Code | None = None
    error: Signed | None = None
    error_text: Long | None = None
    result: DeviceBody | None = None
    decided_by: UUID | None = None
    counts: CountsBody | None = None
    made_at: Annotated[int, Field(strict=True, ge=0, le=LATEST)]

    @model_validator(mode="after")
    def hangs_together(self) -> Self:
        """What the table would refuse is refused here, in words."""
        if self.attempt is None and self.state != "none":
            raise ValueError("only a record of the state none has no attempt")
        if (
            self.state == "registered"
            and self.kind == "receipt"
            and (self.result is None or self.result.number is None)
        ):
            raise ValueError("a registered receipt has a number")
        if self.counts is not None and self.kind != "z_report":
            raise ValueError("counts are taken at Z")
        return self

    def fact(self, id: UUID) -> Fact:
        said = self.result or DeviceBody()
        return Fact(
            id=id,
            document=self.document,
            place=self.place,
            attempt=self.attempt,
            kind=self.kind,
            state=self.state,
            cause=self.cause,
            error=self.error,
            error_text=self.error_text,
            device=said.device,
            number=said.number,
            shift=said.shift,
            sign=said.sign,
            storage=said.storage,
            qr=said.qr,
            url=said.url,
            registered_at=said.at,
            decided_by=self.decided_by,
            made_at=EPOCH + timedelta(milliseconds=self.made_at),
            device_counters=self.counts.device.counters() if self.counts else None,
            till_counters=self.counts.till.counters() if self.counts else None,
        )


class FiscalRecordOut(Body):
    id: UUID
