"""Documents on their way in from tills, and receipts on their way out to them."""

import json
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, put
from litestar.datastructures import State
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from pos.documents.errors import DocumentDiffers
from pos.documents.service import keep_personal
from pos.fiscal.queries import fiscal_receipt
from pos.registers.queries import RegisterKey
from pos.sales.queries import sold_receipt
from pos.sales.record import Already, Differs, Quarantined, Recorder, Stored

LARGEST_DOCUMENT = 4_000_000
"""Bytes: a receipt of 2,000 lines with every text at its longest."""


class PersonalBody(BaseModel):
    salt: Annotated[str, Field(pattern="^([0-9a-f]{2}){16,64}$")]
    part: Annotated[str, Field(max_length=20_000)]


class Refunded(BaseModel):
    """What was given back of one sold line; positive."""

    line: int
    quantity: int
    gross: int
    net: int
    tax_base: int
    tax_amount: int


class PaidBack(BaseModel):
    """What went back by one kind of tender; `reference` names a gift card; positive."""

    kind: str
    reference: str | None
    amount: int


class FiscalProof(BaseModel):
    """The sale's fiscal receipt, which a fiscal return names."""

    number: int
    device: str | None
    at: str | None


class ReceiptAnswer(BaseModel):
    document: str
    refunded: list[Refunded]
    tenders: list[PaidBack]
    refunds: list[UUID]
    fiscal: FiscalProof | None


class DocumentController(Controller):
    path = "/api/till"
    tags = ["till"]  # noqa: RUF012

    @put("/documents/{document_id:uuid}", status_code=201, request_max_body_size=LARGEST_DOCUMENT)
    async def deliver(self, state: State, register: RegisterKey, document_id: UUID, body: bytes) -> Response[bytes]:
        """Store a document: the body's bytes as they are. Answered only when they are committed."""
        recorder: Recorder = state.recorder
        given = await recorder.record(register, document_id, body)
        if isinstance(given, Differs):
            raise DocumentDiffers(document=str(document_id))
        status, content = told(document_id, given)
        return Response(content, status_code=status, media_type="application/json")

    @put("/documents/{document_id:uuid}/personal", status_code=204)
    async def deliver_personal(
        self, session: AsyncSession, register: RegisterKey, document_id: UUID, data: PersonalBody
    ) -> None:
        """Store the personal part whose digest the document holds."""
        await keep_personal(session, register.register_id, document_id, bytes.fromhex(data.salt), data.part)

    @get("/receipts/{receipt:str}")
    async def receipt(self, session: AsyncSession, register: RegisterKey, receipt: str) -> ReceiptAnswer:
        """A sale of any register, for a refund, and what was refunded of it already."""
        sold = await sold_receipt(session, receipt)
        refunded = [Refunded.model_validate(line, from_attributes=True) for line in sold.refunded]
        tenders = [PaidBack.model_validate(tender, from_attributes=True) for tender in sold.tenders]
        proof = await fiscal_receipt(session, UUID(json.loads(sold.body)["id"]))
        fiscal = None if proof is None else FiscalProof.model_validate(proof, from_attributes=True)
        return ReceiptAnswer(
            document=sold.body.decode(), refunded=refunded, tenders=tenders, refunds=sold.refunds, fiscal=fiscal
        )


def told(document_id: UUID, given: Stored | Already | Quarantined) -> tuple[int, bytes]:
    """Status and body of an answer; its words hold nothing that JSON must escape."""
    if isinstance(given, Quarantined):
        return 202, b'{"code":"%b","detail":"%b"}' % (given.code.encode(), given.detail.encode())
    content = b'{"document":"%b","digest":"%b"}' % (str(document_id).encode(), given.digest.hex().encode())
    return 201 if isinstance(given, Stored) else 200, content
