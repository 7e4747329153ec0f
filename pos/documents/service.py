"""Personal parts beside documents: kept when their digest fits, deleted when the person is erased."""

import hashlib
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from pos.documents.errors import DocumentNotFound, PersonalPartUnwanted
from pos.documents.model import Document, PersonalPart
from pos.documents.schema import Receipt, documents


def personal_digest(salt: bytes, part: str) -> str:
    """What a document holds of its personal part: SHA-256 of the salt followed by the part in UTF-8, in hex."""
    return hashlib.sha256(salt + part.encode()).hexdigest()


async def keep_personal(session: AsyncSession, register_id: UUID, document_id: UUID, salt: bytes, part: str) -> None:
    """Store the personal part of a document of this register; a second time changes nothing.

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
    row = insert(PersonalPart).values(document_id=document_id, salt=salt, part=part)
    await session.execute(row.on_conflict_do_nothing())


async def erase_personal(session: AsyncSession, document_ids: Collection[UUID]) -> None:
    """Delete salt and part of these documents; their chains still verify."""
    await session.execute(delete(PersonalPart).where(PersonalPart.document_id.in_(document_ids)))
