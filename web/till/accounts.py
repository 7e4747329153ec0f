"""What a till tells of accounts: a card handed out before anyone filled in a form, and the form, filled in later.

Both may be repeated, and both may come long after they happened, from a till that had no network.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, put
from litestar.params import Parameter
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts import persons, search
from loyalty.accounts.blank_cards import open_by_card
from loyalty.accounts.rules import Purpose
from loyalty.accounts.survivor import survivors
from pos.exchange import feed
from pos.registers.queries import RegisterKey
from web.accounts.finding import SamePhoneOut
from web.accounts.schemas import Body, PersonBody
from web.till.feed import as_is

Typed = Annotated[str, Parameter(max_length=100)]


class OpenBody(Body):
    """The card that was handed out, and by whom."""

    card: Annotated[str, Field(min_length=8, max_length=40)]
    staff: UUID | None = None


class Allowed(Body):
    purpose: Purpose
    text_version: Annotated[str, Field(min_length=1, max_length=40, examples=["2026-1"])]


class FormBody(PersonBody):
    """Who the account belongs to; `consents` are what the person allowed, each for itself."""

    account: UUID
    staff: UUID | None = None
    consents: Annotated[list[Allowed], Field(max_length=3, default_factory=list)]


class TillAccountController(Controller):
    path = "/api/till"
    tags = ("till",)

    @put("/new-accounts/{account_id:uuid}", status_code=200)
    async def open_by_card(
        self, session: AsyncSession, register: RegisterKey, now: datetime, account_id: UUID, data: OpenBody
    ) -> Response[bytes]:
        """Settle an account that this till opened for a card it did not know; answers the row of the account that the
        card belongs to: this one, or another that stands for it from now on."""
        account = await open_by_card(session, account_id, data.card, outlet=register.outlet_id, by=data.staff, at=now)
        return as_is(await feed.rows_of(session, register.outlet_id, [account], at=now))

    @put("/persons/{person_id:uuid}", status_code=200)
    async def fill_in(
        self, session: AsyncSession, register: RegisterKey, now: datetime, person_id: UUID, data: FormBody
    ) -> Response[bytes]:
        """Say whom an account belongs to; answers its row."""
        account = (await survivors(session, [data.account])).get(data.account, data.account)
        await persons.add_person(session, person_id, account, data.draft(), by=data.staff, at=now)
        await session.flush()
        for allowed in data.consents:
            await persons.give_consent(
                session,
                person_id,
                allowed.purpose,
                text_version=allowed.text_version,
                how="till",
                by=data.staff,
                at=now,
            )
        return as_is(await feed.rows_of(session, register.outlet_id, [account], at=now))

    @get("/accounts/same-phone")
    async def same_phone(self, session: AsyncSession, register: RegisterKey, phone: Typed) -> list[SamePhoneOut]:
        """Who has the phone that is being typed already; none under six digits."""
        return [SamePhoneOut.of(row) for row in await search.same_phone(session, phone)]
