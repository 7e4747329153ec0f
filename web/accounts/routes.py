"""Accounts, cards and persons over HTTP. Ids come from the caller, so that any request may be repeated."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, Router, delete, get, post, put
from litestar.params import Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts import cards, categories, persons, queries, service
from loyalty.accounts.rules import Purpose
from loyalty.tiers.service import hold_opened, hold_tier, release_tier
from pos.sales.forget import forget_person
from pos.staff.queries import SignedIn, staff_member
from web.accounts.finding import FindingController
from web.accounts.merges import MergeController
from web.accounts.own_terms import OwnTermsController
from web.accounts.schemas import (
    AccountBody,
    AccountOut,
    AccountPage,
    AccountWholeOut,
    CardBody,
    CardIssued,
    CategoryBody,
    ConsentBody,
    FoundOut,
    NoteBody,
    PersonalBody,
    PersonBody,
    ReasonBody,
    StaffBody,
    TierBody,
)

After = Annotated[int, Parameter(ge=0, le=2_147_483_647, description="`next` of the page before")]
Limit = Annotated[int, Parameter(ge=1, le=500)]
Typed = Annotated[str, Parameter(max_length=100)]


class AccountController(Controller):
    path = "/accounts"
    tags = ("accounts",)

    @get("/")
    async def list_accounts(self, session: AsyncSession, after: After = 0, limit: Limit = 50) -> AccountPage:
        """Accounts in the order they were opened."""
        rows = await queries.account_page(session, after=after, limit=limit + 1)
        kept = rows[:limit]
        return AccountPage(
            accounts=[AccountOut.of(row) for row in kept], next=kept[-1].seq if len(rows) > limit else None
        )

    @get("/by-card")
    async def by_card(self, session: AsyncSession, number: Typed) -> list[UUID]:
        """The account of the card with this number, if any."""
        return await queries.accounts_by_card(session, number)

    @get("/by-phone")
    async def by_phone(self, session: AsyncSession, tail: Typed) -> list[UUID]:
        """Accounts with a person whose phone ends in these digits, at most 20."""
        return await queries.accounts_by_phone(session, tail)

    @get("/by-name")
    async def by_name(self, session: AsyncSession, name: Typed) -> list[FoundOut]:
        """Persons whose names begin like this, at most 20."""
        return [FoundOut.of(row) for row in await queries.persons_by_name(session, name)]

    @get("/{account_id:uuid}")
    async def get_account(self, session: AsyncSession, account_id: UUID) -> AccountWholeOut:
        """One account with cards, persons, categories and consents."""
        return await whole(session, account_id)

    @put("/{account_id:uuid}")
    async def open_account(
        self, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: AccountBody
    ) -> AccountWholeOut:
        """Open an account under the caller's id."""
        await service.open_account(
            session, account_id, outlet=data.outlet, by=person.id, at=now, tier=data.tier, personal=data.personal
        )
        await hold_opened(session, account_id, data.tier, by=person.id, at=now)
        return await whole(session, account_id)

    @put("/{account_id:uuid}/tier")
    async def set_tier(
        self, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: TierBody
    ) -> AccountWholeOut:
        """Hold it on a tier by hand, whatever it buys."""
        await hold_tier(session, account_id, data.tier, reason=data.reason, until=data.until, by=person.id, at=now)
        return await whole(session, account_id)

    @delete("/{account_id:uuid}/tier", status_code=200)
    async def release_tier(
        self, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID
    ) -> AccountWholeOut:
        """Let its turnover decide again."""
        await release_tier(session, account_id, by=person.id, at=now)
        return await whole(session, account_id)

    @put("/{account_id:uuid}/personal")
    async def set_personal(
        self, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: PersonalBody
    ) -> AccountWholeOut:
        """Its standing percent, in basis points: it holds where no percent for a period does."""
        await service.set_personal(session, account_id, data.personal, reason=data.reason, by=person.id, at=now)
        return await whole(session, account_id)

    @put("/{account_id:uuid}/note")
    async def set_note(
        self, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: NoteBody
    ) -> AccountWholeOut:
        """What the cashier sees."""
        await service.set_note(session, account_id, data.note, by=person.id, at=now)
        return await whole(session, account_id)

    @put("/{account_id:uuid}/staff")
    async def set_staff(
        self, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: StaffBody
    ) -> AccountWholeOut:
        """Whose own account it is of the staff: what they sell to it themselves is watched."""
        if data.staff is not None:
            await staff_member(session, data.staff)
        await service.set_staff(session, account_id, data.staff, by=person.id, at=now)
        return await whole(session, account_id)

    @post("/{account_id:uuid}/block", status_code=200)
    async def block_account(
        self, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: ReasonBody
    ) -> AccountWholeOut:
        """Stop all its discounts, whatever card is shown."""
        await service.block_account(session, account_id, data.reason, by=person.id, at=now)
        return await whole(session, account_id)

    @post("/{account_id:uuid}/unblock", status_code=200)
    async def unblock_account(
        self, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID
    ) -> AccountWholeOut:
        await service.unblock_account(session, account_id, by=person.id, at=now)
        return await whole(session, account_id)

    @put("/{account_id:uuid}/categories/{category:str}")
    async def grant_category(
        self,
        session: AsyncSession,
        person: SignedIn,
        now: datetime,
        account_id: UUID,
        category: str,
        data: CategoryBody,
    ) -> AccountWholeOut:
        """Let it hold a category; whoever is signed in has seen the proof."""
        await categories.grant_category(
            session, account_id, category, proved_on=data.proved_on, expires_on=data.expires_on, by=person.id, at=now
        )
        return await whole(session, account_id)

    @delete("/{account_id:uuid}/categories/{category:str}", status_code=200)
    async def end_category(
        self, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, category: str
    ) -> AccountWholeOut:
        await categories.end_category(session, account_id, category, by=person.id, at=now)
        return await whole(session, account_id)

    @put("/{account_id:uuid}/cards/{card_id:uuid}")
    async def issue_card(
        self, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, card_id: UUID, data: CardBody
    ) -> CardIssued:
        """Give it a card, a blank one of a batch by its number too; answers the number."""
        card = await cards.issue_card(session, card_id, account_id, number=data.number, by=person.id, at=now)
        return CardIssued.of(card)

    @put("/{account_id:uuid}/persons/{person_id:uuid}")
    async def add_person(
        self,
        session: AsyncSession,
        person: SignedIn,
        now: datetime,
        account_id: UUID,
        person_id: UUID,
        data: PersonBody,
    ) -> AccountWholeOut:
        """Say whom it belongs to."""
        await persons.add_person(session, person_id, account_id, data.draft(), by=person.id, at=now)
        return await whole(session, account_id)


class PersonController(Controller):
    path = "/persons"
    tags = ("accounts",)

    @post("/{person_id:uuid}/change", status_code=204)
    async def change_person(
        self, session: AsyncSession, person: SignedIn, now: datetime, person_id: UUID, data: PersonBody
    ) -> None:
        """Write what the person says now."""
        await persons.change_person(session, person_id, data.draft(), by=person.id, at=now)

    @delete("/{person_id:uuid}", status_code=204)
    async def erase_person(self, session: AsyncSession, person: SignedIn, now: datetime, person_id: UUID) -> None:
        """Delete everything the person told us, here and beside documents. It cannot be undone."""
        await forget_person(session, person_id, by=person.id, at=now)

    @put("/{person_id:uuid}/consents/{purpose:str}", status_code=204)
    async def set_consent(
        self,
        session: AsyncSession,
        person: SignedIn,
        now: datetime,
        person_id: UUID,
        purpose: Purpose,
        data: ConsentBody,
    ) -> None:
        """Note that the person allowed this purpose, or took it back."""
        if data.given:
            await persons.give_consent(
                session, person_id, purpose, text_version=data.text_version, how=data.how, by=person.id, at=now
            )
        else:
            await persons.withdraw_consent(session, person_id, purpose, how=data.how, by=person.id, at=now)


async def whole(session: AsyncSession, account_id: UUID) -> AccountWholeOut:
    """The account as it is after the change."""
    await session.flush()
    return AccountWholeOut.of(await queries.account_whole(session, account_id))


ACCOUNTS = Router(
    path="/api/v1",
    route_handlers=[AccountController, FindingController, OwnTermsController, PersonController, MergeController],
)
