"""Forgetting a person everywhere: what they told us, and the personal parts beside their account's documents."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.persons import erase_person
from pos.documents.model import PersonalPart
from pos.sales.model import Sale


async def forget_person(session: AsyncSession, person_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Erase the person; of the account's documents the salt and personal part go, the bytes and their chain stay.

    A personal part that a till sends later is not kept (`pos.documents.service.keep_personal`). The account's log says
    when and by whom. Raises `PersonNotFound`.
    """
    accounts = await erase_person(session, person_id, by=by, at=at)
    theirs = select(Sale.id).where(Sale.account_id.in_(accounts))
    await session.execute(
        delete(PersonalPart).where(PersonalPart.document_id.in_(theirs)),
        execution_options={"synchronize_session": False},
    )
