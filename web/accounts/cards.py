"""Cards over HTTP: block, unblock, replace; batches printed in advance."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, Router, get, post, put
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts import blank_cards, cards
from pos.staff.queries import SignedIn
from web.accounts.schemas import Body, CardBody, CardIssued, ReasonBody


class BatchBody(Body):
    name: Annotated[str, Field(min_length=1, max_length=100, examples=["Autumn 2026"])]
    count: Annotated[int, Field(strict=True, ge=1, le=blank_cards.MOST)]


class BatchOut(BaseModel):
    """`blank` are still to be handed out, `blocked` were stopped before anyone had them."""

    id: UUID
    name: str
    count: int
    made_at: datetime
    made_by: UUID | None
    blank: int
    handed_out: int
    blocked: int

    @classmethod
    def of(cls, row: blank_cards.BatchRow) -> "BatchOut":
        return cls(
            id=row.id,
            name=row.name,
            count=row.count,
            made_at=row.made_at,
            made_by=row.made_by,
            blank=row.blank,
            handed_out=row.handed_out,
            blocked=row.blocked,
        )


class Stopped(BaseModel):
    """How many cards were stopped."""

    count: int


class CardController(Controller):
    path = "/cards"
    tags = ("accounts",)

    @post("/{card_id:uuid}/block", status_code=204)
    async def block_card(
        self, session: AsyncSession, person: SignedIn, now: datetime, card_id: UUID, data: ReasonBody
    ) -> None:
        """Stop one card; the till shows the reason."""
        await cards.block_card(session, card_id, data.reason, by=person.id, at=now)

    @post("/{card_id:uuid}/unblock", status_code=204)
    async def unblock_card(self, session: AsyncSession, person: SignedIn, now: datetime, card_id: UUID) -> None:
        """A found card works again."""
        await cards.unblock_card(session, card_id, by=person.id, at=now)

    @put("/{card_id:uuid}/replacement/{new_id:uuid}")
    async def replace_card(
        self, session: AsyncSession, person: SignedIn, now: datetime, card_id: UUID, new_id: UUID, data: CardBody
    ) -> CardIssued:
        """Give the account a new card in place of this one, which never works again."""
        new = await cards.replace_card(session, card_id, new_id, number=data.number, by=person.id, at=now)
        return CardIssued.of(new)


class BatchController(Controller):
    path = "/card-batches"
    tags = ("accounts",)

    @get("/")
    async def list_batches(self, session: AsyncSession) -> list[BatchOut]:
        """Cards printed in advance, and what became of them."""
        return [BatchOut.of(row) for row in await blank_cards.batches(session)]

    @put("/{batch_id:uuid}", status_code=204)
    async def make_batch(
        self, session: AsyncSession, person: SignedIn, now: datetime, batch_id: UUID, data: BatchBody
    ) -> None:
        """Draw the numbers of new blank cards; the same once more draws none."""
        await blank_cards.make_batch(session, batch_id, data.name, data.count, by=person.id, at=now)

    @get("/{batch_id:uuid}/numbers")
    async def blank_numbers(self, session: AsyncSession, batch_id: UUID) -> list[str]:
        """The numbers still blank, for the printing house."""
        return await blank_cards.blank_numbers(session, batch_id)

    @post("/{batch_id:uuid}/block", status_code=200)
    async def block_batch(self, session: AsyncSession, batch_id: UUID, data: ReasonBody) -> Stopped:
        """Stop the cards of the batch that nobody has yet."""
        return Stopped(count=await blank_cards.block_batch(session, batch_id, data.reason))


CARDS = Router(path="/api/v1", route_handlers=[CardController, BatchController])
