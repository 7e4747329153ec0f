"""Personal parts beside documents: kept when their digest fits; `pos.sales.forget` deletes them."""

import hashlib
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.model import Account
from pos.documents.errors import DocumentNotFound, PersonalPartUnwanted
from pos.documents.model import Document, PersonalPart
from pos.documents.receipts import Receipt
from pos.documents.schema import documents


def personal_digest(salt: bytes, part: str) -> str:
    """What a document holds of its personal part: SHA-256 of the salt followed by the part in UTF-8, in hex."""
    return hashlib.sha256(salt + part.encode()).hexdigest()


async def keep_personal(session: AsyncSession, register_id: UUID, document_id: UUID, salt: bytes, part: str) -> None:
    """Store the personal part of a document of this register; a second time changes nothing, nor does one that comes
    after its person was erased.

    Raises `DocumentNotFound`, `PersonalPartUnwanted`.
    """
    query = select(Document.body).where(Document.id == document_id, Document.register_id == register_id)
    body = await session.scalar(query)
    if body is None:
        raise DocumentNotFound(document=str(document_id))
    try:
        document = documents.validate_json(body)
    except ValueError as error:
        raise PersonalPartUnwanted(document=str(document_id)) from error
    if not isinstance(document, Receipt) or document.personal != personal_digest(salt, part):
        raise PersonalPartUnwanted(document=str(document_id))
    if await _erased(session, document):
        return
    row = insert(PersonalPart).values(document_id=document_id, salt=salt, part=part)
    await session.execute(row.on_conflict_do_nothing())


async def _erased(session: AsyncSession, receipt: Receipt) -> bool:
    """Whether a person of the receipt's account was erased since; waits for an erasure that is on its way."""
    if receipt.inputs.terms is None:
        return False
    query = select(Account.erased_at).where(Account.id == UUID(receipt.inputs.terms.account)).with_for_update(read=True)
    erased_at = await session.scalar(query)
    return erased_at is not None and receipt.made_at <= erased_at.timestamp() * 1000
