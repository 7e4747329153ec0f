"""Two accounts of one client, merged and taken apart over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, post, put
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts import merge
from loyalty.accounts.merge_model import AccountMerge
from pos.staff.queries import SignedIn
from web.accounts.schemas import Body


class MergeBody(Body):
    """`from` is merged away, `into` stands for both."""

    from_account: Annotated[UUID, Field(alias="from")]
    into_account: Annotated[UUID, Field(alias="into")]


class MergeOut(BaseModel):
    id: UUID
    from_account: UUID
    into_account: UUID
    merged_at: datetime
    merged_by: UUID | None
    undone_at: datetime | None
    undone_by: UUID | None

    @classmethod
    def of(cls, row: AccountMerge) -> "MergeOut":
        return cls(
            id=row.id,
            from_account=row.from_account,
            into_account=row.into_account,
            merged_at=row.merged_at,
            merged_by=row.merged_by,
            undone_at=row.undone_at,
            undone_by=row.undone_by,
        )


class MergeController(Controller):
    path = "/merges"
    tags = ("accounts",)

    @put("/{merge_id:uuid}")
    async def merge_accounts(
        self, session: AsyncSession, person: SignedIn, now: datetime, merge_id: UUID, data: MergeBody
    ) -> MergeOut:
        """Make one account stand for two; the same once more changes nothing."""
        row = await merge.merge_accounts(session, merge_id, data.from_account, data.into_account, by=person.id, at=now)
        return MergeOut.of(row)

    @post("/{merge_id:uuid}/undo", status_code=200)
    async def undo_merge(self, session: AsyncSession, person: SignedIn, now: datetime, merge_id: UUID) -> MergeOut:
        """Take the two apart again."""
        return MergeOut.of(await merge.undo_merge(session, merge_id, by=person.id, at=now))
